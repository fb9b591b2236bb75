package io.penstock.rules.set;

import static io.penstock.rules.set.SetContent.check;

import io.penstock.rules.hot.set.SetValues;
import io.penstock.rules.set.SetProblem.Code;
import java.util.function.LongSupplier;

/**
 * What is asked of a new set, checked and completed in the kernel's order: the {@code create} functions of the types. What a set does not have is
 * {@link SetSpec#UNSET} in the result.
 */
final class SpecCheck {

    private static final int UNSET = SetSpec.UNSET;
    private static final long DEFAULT_HASHSIZE = 1024;
    private static final long MIN_HASHSIZE = 64;
    /** A table of more buckets than this needs more bytes than an int counts. */
    private static final long MAX_HASHSIZE = 1L << 27;
    private static final long DEFAULT_MAXELEM = 65_536;
    private static final int MIN_BUCKET = 2;
    private static final int MAX_BUCKET = 12;
    private static final long DEFAULT_LIST_SIZE = 8;
    private static final long MIN_LIST_SIZE = 4;
    private static final long ALL_MARKS = 0xFFFF_FFFFL;
    private static final long ALL4 = 0xFFFF_FFFFL;
    private static final int HOST4 = 32;
    private static final int HOST6 = 128;
    /** The most elements of a bitmap. */
    private static final long MAX_RANGE = 65_536;

    private SpecCheck() {
    }

    /** What a set will be made with. */
    static SetSpec complete(final SetSpec wanted, final LongSupplier random) throws SetProblem {
        if (wanted.type().isHash()) {
            return hash(wanted, random);
        }
        return switch (wanted.type()) {
            case BITMAP_PORT -> ports(wanted);
            case BITMAP_IP, BITMAP_IP_MAC -> addresses(wanted);
            default -> list(wanted);
        };
    }

    private static SetSpec hash(final SetSpec wanted, final LongSupplier random) throws SetProblem {
        final SetType type = wanted.type();
        final boolean any = type == SetType.HASH_MAC;
        final int family = wanted.family() == UNSET ? any ? 0 : 4 : wanted.family();
        check(any ? family == 0 : family == 4 || family == 6, Code.INVALID_FAMILY);
        long markmask = UNSET;
        if (type == SetType.HASH_IP_MARK) {
            markmask = wanted.markmask() == UNSET ? ALL_MARKS : wanted.markmask() & ALL_MARKS;
            check(markmask != 0, Code.INVALID_MARKMASK);
        }
        final int host = family == 6 ? HOST6 : HOST4;
        int netmask = UNSET;
        boolean masked = false;
        if (hasMask(type)) {
            netmask = wanted.netmask();
            check(netmask == UNSET || netmask > 0 && netmask <= host, Code.INVALID_NETMASK);
            masked = wanted.hasMask();
            check(!masked || netmask == UNSET, Code.BITMASK_NETMASK_EXCL);
            check(!masked || (family == 6 && wanted.maskHigh() != 0) || (family == 6 ? wanted.maskLow() : wanted.maskLow() & ALL4) != 0,
                    Code.INVALID_NETMASK);
            netmask = netmask == host ? UNSET : netmask;
            masked = masked && !(family == 6 ? wanted.maskHigh() == -1 && wanted.maskLow() == -1 : (wanted.maskLow() & ALL4) == ALL4);
        }
        final long hashsize = Math.max(wanted.hashsize() == UNSET ? DEFAULT_HASHSIZE : wanted.hashsize(), MIN_HASHSIZE);
        final long buckets = Long.highestOneBit(hashsize - 1) << 1;
        check(buckets <= MAX_HASHSIZE, Code.ENOMEM);
        return new SetSpec(wanted.name(), type, family, UNSET, UNSET, UNSET, netmask, masked && family == 6 ? wanted.maskHigh() : 0,
                masked ? family == 6 ? wanted.maskLow() : wanted.maskLow() & ALL4 : 0, masked, markmask, buckets,
                wanted.maxelem() == UNSET ? DEFAULT_MAXELEM : wanted.maxelem(), bucketsize(wanted.bucketsize()),
                wanted.initval() == UNSET ? random.getAsLong() & ALL4 : wanted.initval() & ALL4, UNSET, timeout(wanted), wanted.counters(),
                wanted.comment(), wanted.skbinfo(), wanted.forceadd());
    }

    private static boolean hasMask(final SetType type) {
        return type == SetType.HASH_IP || type == SetType.HASH_IP_PORT || type == SetType.HASH_NET_NET;
    }

    private static int bucketsize(final int wanted) {
        if (wanted == UNSET) {
            return MAX_BUCKET;
        }
        final int bounded = Math.clamp(wanted, MIN_BUCKET, MAX_BUCKET);
        return bounded + bounded % 2;
    }

    private static long timeout(final SetSpec wanted) {
        return wanted.timeout() == UNSET ? UNSET : Math.min(wanted.timeout(), SetValues.MAX_TIMEOUT);
    }

    private static SetSpec ports(final SetSpec wanted) throws SetProblem {
        check(wanted.rangeFrom() != UNSET && wanted.rangeTo() != UNSET, Code.PROTOCOL);
        return bitmap(wanted, 0, Math.min(wanted.rangeFrom(), wanted.rangeTo()), Math.max(wanted.rangeFrom(), wanted.rangeTo()), UNSET);
    }

    private static SetSpec addresses(final SetSpec wanted) throws SetProblem {
        check(wanted.family() == UNSET || wanted.family() == 4, Code.FIND_TYPE);
        check(wanted.rangeFrom() != UNSET, Code.PROTOCOL);
        long from = wanted.rangeFrom();
        long to = wanted.rangeTo();
        if (to != UNSET) {
            if (from > to) {
                final long other = from;
                from = to;
                to = other;
            }
        } else {
            check(wanted.cidr() != UNSET, Code.PROTOCOL);
            check(wanted.cidr() < HOST4, Code.INVALID_CIDR);
            from = AddressRange.first(from, wanted.cidr());
            to = AddressRange.last(from, wanted.cidr());
        }
        if (wanted.type() == SetType.BITMAP_IP_MAC || wanted.netmask() == UNSET) {
            check(to - from < MAX_RANGE, Code.BITMAP_RANGE_SIZE);
            return bitmap(wanted, 4, from, to, UNSET);
        }
        final int netmask = wanted.netmask();
        check(netmask <= HOST4, Code.INVALID_NETMASK);
        from = AddressRange.first(from, netmask);
        to = AddressRange.last(to, netmask);
        if (netmask == HOST4) {
            check(to - from < MAX_RANGE, Code.BITMAP_RANGE_SIZE);
            return bitmap(wanted, 4, from, to, UNSET);
        }
        final int length = lengthOf(from, to);
        check(length >= 0 && netmask > length, Code.BITMAP_RANGE);
        check(1L << netmask - length <= MAX_RANGE, Code.BITMAP_RANGE_SIZE);
        return bitmap(wanted, 4, from, to, netmask);
    }

    /**
     * The length of the network that a range is, -1 for none ({@code range_to_mask}: one that begins as a network and ends within one is taken for
     * the smallest such).
     */
    private static int lengthOf(final long from, final long to) {
        for (int length = HOST4 - 1; length > 0; length--) {
            if (AddressRange.first(to, length) == from) {
                return length;
            }
        }
        return from == 0 && to == ALL4 ? 0 : -1;
    }

    private static SetSpec bitmap(final SetSpec wanted, final int family, final long from, final long to, final int netmask) {
        return new SetSpec(wanted.name(), wanted.type(), family, from, to, UNSET, netmask, 0, 0, false, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET,
                timeout(wanted), wanted.counters(), wanted.comment(), wanted.skbinfo(), false);
    }

    private static SetSpec list(final SetSpec wanted) {
        final long size = Math.max(wanted.size() == UNSET ? DEFAULT_LIST_SIZE : wanted.size(), MIN_LIST_SIZE);
        return new SetSpec(wanted.name(), wanted.type(), 0, UNSET, UNSET, UNSET, UNSET, 0, 0, false, UNSET, UNSET, UNSET, UNSET, UNSET, size,
                timeout(wanted), wanted.counters(), wanted.comment(), wanted.skbinfo(), false);
    }
}
