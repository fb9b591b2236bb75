package io.penstock.rules.set;

import java.util.Objects;

/** A command about sets was refused. Which words tell of it depends on the command, as in ipset(8). */
public final class SetProblem extends Exception {

    private static final long serialVersionUID = 1;

    /** Why: ipset's codes of errors, and the kernel's general ones. */
    public enum Code {
        /** No such set. */
        ENOENT,
        /** There is such a set already; of SWAP and RENAME see {@link #EXIST_SETNAME2}. */
        EEXIST,
        /** A value is not possible here. */
        EINVAL,
        /** Too many elements in one range. */
        ERANGE,
        /** No memory. */
        ENOMEM,
        /** The device, or what else was named, does not exist. */
        ENODEV,
        /** What was asked contradicts itself. */
        PROTOCOL,
        /** No such type. */
        FIND_TYPE,
        /** Too many sets. */
        MAX_SETS,
        /** The set is in use. */
        BUSY,
        /** The second name: there is such a set (RENAME), there is none (SWAP). */
        EXIST_SETNAME2,
        /** The types of two sets differ. */
        TYPE_MISMATCH,
        /** The element is there already (ADD), is not there (DEL). */
        EXIST,
        /** A prefix length is not possible. */
        INVALID_CIDR,
        /** A netmask is not possible. */
        INVALID_NETMASK,
        /** The type has no such family. */
        INVALID_FAMILY,
        /** The set has no timeouts. */
        TIMEOUT,
        /** The set is in use, and cannot have another name. */
        REFERENCED,
        /** An IPv4 address is needed. */
        IPADDR_IPV4,
        /** An IPv6 address is needed. */
        IPADDR_IPV6,
        /** The set has no counters. */
        COUNTER,
        /** The set has no comments. */
        COMMENT,
        /** A mask of marks is not possible. */
        INVALID_MARKMASK,
        /** The set has no skbinfo. */
        SKBINFO,
        /** Netmask and bitmask at once. */
        BITMASK_NETMASK_EXCL,
        /** Bitmaps: out of the set's range. */
        BITMAP_RANGE,
        /** Bitmaps: more than the type can have. */
        BITMAP_RANGE_SIZE,
        /** Hashes: full. */
        HASH_FULL,
        /** Hashes: an element of zeros. */
        HASH_ELEM,
        /** Hashes: no such protocol, or one that has no ports. */
        INVALID_PROTO,
        /** Hashes: no protocol. */
        MISSING_PROTO,
        /** Hashes: no ranges here. */
        HASH_RANGE_UNSUPPORTED,
        /** Hashes: a range of everything. */
        HASH_RANGE,
        /** Lists: no such set to be an element. */
        NAME,
        /** Lists: a list within a list. */
        LOOP,
        /** Lists: before or after, but not of which. */
        BEFORE,
        /** Lists: no such set to stand before or after. */
        NAMEREF,
        /** Lists: full. */
        LIST_FULL,
        /** Lists: that set is not in the list. */
        REF_EXIST
    }

    private final Code code;
    private final String set;
    private final String users;

    /** A refusal. */
    public SetProblem(final Code code) {
        this(code, "", "");
    }

    /** A refusal of what is in use: which set it is, and who uses it. */
    public SetProblem(final Code code, final String set, final String users) {
        super(code + (users.isEmpty() ? "" : ": " + users), null, false, false);
        this.code = Objects.requireNonNull(code);
        this.set = set;
        this.users = users;
    }

    /** Why. */
    public Code code() {
        return code;
    }

    /** The set that is in use; empty if none is, or it is not known. */
    public String set() {
        return set;
    }

    /** Who uses it, in words for the operator ("table filter: 2 rules"); empty if nobody, or not known. */
    public String users() {
        return users;
    }
}
