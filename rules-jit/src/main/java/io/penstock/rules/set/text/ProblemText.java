package io.penstock.rules.set.text;

import io.penstock.rules.set.SetProblem;

/** What ipset says when a store refuses a command. */
final class ProblemText {

    /** The first number of ipset's own codes ({@code IPSET_ERR_PRIVATE}). */
    private static final int PRIVATE = 4096;

    private ProblemText() {
    }

    static String of(final CommandWord command, final SetProblem.Code code) {
        return switch (code) {
            case ENOENT -> "The set with the given name does not exist";
            case EEXIST -> command == CommandWord.CREATE ? "Set cannot be created: set with the same name already exists"
                    : system("File exists");
            case EINVAL -> system("Invalid argument");
            case ERANGE -> "The specified range is too large, split it up into smaller ranges";
            case ENOMEM -> system("Cannot allocate memory");
            case ENODEV -> system("No such device");
            case PROTOCOL -> system("ipset protocol error");
            case FIND_TYPE -> system("set type not supported");
            case MAX_SETS -> system("maximal number of sets reached, cannot create more.");
            case BUSY -> command == CommandWord.DESTROY ? "Set cannot be destroyed: it is in use by a kernel component" : undecoded(4);
            case EXIST_SETNAME2 -> switch (command) {
                case RENAME -> "Set cannot be renamed: a set with the new name already exists";
                case SWAP -> "Sets cannot be swapped: the second set does not exist";
                default -> undecoded(5);
            };
            case TYPE_MISMATCH -> command == CommandWord.SWAP ? "The sets cannot be swapped: their type does not match" : undecoded(6);
            case EXIST -> switch (command) {
                case ADD -> "Element cannot be added to the set: it's already added";
                case DELETE -> "Element cannot be deleted from the set: it's not added";
                default -> undecoded(7);
            };
            case REFERENCED -> command == CommandWord.RENAME ? "Set cannot be renamed: it is in use by another system" : undecoded(12);
            case BITMAP_RANGE_SIZE -> command == CommandWord.CREATE ? "The range you specified exceeds the size limit of the set type"
                    : undecoded(257);
            default -> value(code);
        };
    }

    /** Those that are the same for every command. */
    private static String value(final SetProblem.Code code) {
        return switch (code) {
            case INVALID_CIDR -> "The value of the CIDR parameter of the IP address is invalid";
            case INVALID_NETMASK -> "The value of the netmask parameter is invalid";
            case INVALID_MARKMASK -> "The value of the markmask parameter is invalid";
            case INVALID_FAMILY -> "Protocol family not supported by the set type";
            case BITMASK_NETMASK_EXCL -> "netmask and bitmask options are mutually exclusive, provide only one";
            case TIMEOUT -> "Timeout cannot be used: set was created without timeout support";
            case IPADDR_IPV4 -> "An IPv4 address is expected, but not received";
            case IPADDR_IPV6 -> "An IPv6 address is expected, but not received";
            case COUNTER -> "Packet/byte counters cannot be used: set was created without counter support";
            case COMMENT -> "Comment cannot be used: set was created without comment support";
            case SKBINFO -> "Skbinfo mapping cannot be used: set was created without skbinfo support";
            case BITMAP_RANGE -> "Element is out of the range of the set";
            case HASH_FULL -> "Hash is full, cannot add more elements";
            case HASH_ELEM -> "Null-valued element, cannot be stored in a hash type of set";
            case INVALID_PROTO -> "Invalid protocol specified";
            case MISSING_PROTO -> "Protocol missing, but must be specified";
            case HASH_RANGE_UNSUPPORTED -> "Range is not supported in the \"net\" component of the element";
            case HASH_RANGE -> "Invalid range, covers the whole address space";
            case NAME -> "Set to be added/deleted/tested as element does not exist.";
            case LOOP -> "Sets with list:set type cannot be added to the set.";
            case BEFORE -> "No reference set specified.";
            case NAMEREF -> "The set to which you referred with 'before' or 'after' does not exist.";
            case LIST_FULL -> "The set is full, more elements cannot be added.";
            case REF_EXIST -> "The set to which you referred with 'before' or 'after' is not added to the set.";
            default -> throw new IllegalArgumentException("no text: code=" + code);
        };
    }

    private static String system(final String reason) {
        return "Kernel error received: " + reason;
    }

    private static String undecoded(final int number) {
        return "Undecoded error " + (PRIVATE + number) + " received from kernel";
    }
}
