package io.penstock.rules.set.text;

import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetSpec;
import io.penstock.rules.set.SetType;

/** What a line has said until now. One object for all lines of a run. */
final class Said {

    private static final long IPV4_ONES = 0xFFFF_FFFFL;

    private long values;
    private long ignored;

    String set;
    String other;
    SetType type;
    int family;
    SetElement element = new SetElement();

    long hashsize;
    long maxelem;
    long markmask;
    int netmask;
    long maskHigh;
    long maskLow;
    int bucketsize;
    long initval;
    long size;
    boolean counters;
    boolean comment;
    boolean skbinfo;
    boolean forceadd;

    /** Forgets all, as after each command and each error. */
    void forget() {
        values = 0;
        ignored = 0;
        set = null;
        other = null;
        type = null;
        family = 0;
        element.clear();
        counters = false;
        comment = false;
        skbinfo = false;
        forceadd = false;
    }

    boolean has(final Value value) {
        return (values & value.bit()) != 0;
    }

    /** All that has been said. */
    long values() {
        return values;
    }

    void say(final Value value) {
        values |= value.bit();
        element.said |= value.elementBit();
    }

    /** Takes back that something was said. */
    void unsay(final Value value) {
        values &= ~value.bit();
        element.said &= ~value.elementBit();
    }

    /** Notes that what was said of a value does not count; whether that was noted before. */
    boolean ignore(final Value value) {
        final boolean before = isIgnored(value);
        ignored |= value.bit();
        return before;
    }

    boolean isIgnored(final Value value) {
        return (ignored & value.bit()) != 0;
    }

    void family(final int number) {
        family = number;
        ignored &= ~Value.FAMILY.bit();
        say(Value.FAMILY);
    }

    /** An address, at the place that it is for. */
    void address(final Value value, final long high, final long low) {
        switch (value) {
            case IP -> {
                element.ipHigh = high;
                element.ipLow = low;
            }
            case IP_TO -> {
                element.ipToHigh = high;
                element.ipToLow = low;
            }
            case IP2 -> {
                element.ip2High = high;
                element.ip2Low = low;
            }
            case IP2_TO -> {
                element.ip2ToHigh = high;
                element.ip2ToLow = low;
            }
            case BITMASK -> {
                maskHigh = high;
                maskLow = low;
            }
            default -> throw new IllegalArgumentException("not an address: value=" + value);
        }
        say(value);
    }

    /** A prefix length, at the place that it is for. */
    void cidr(final Value value, final int length) {
        if (value == Value.CIDR) {
            element.cidr = length;
        } else {
            element.cidr2 = length;
        }
        say(value);
    }

    /** A port, at the place that it is for. */
    void port(final Value value, final int number) {
        if (value == Value.PORT) {
            element.port = number;
        } else {
            element.portTo = number;
        }
        say(value);
    }

    /** The set that was asked for. */
    SetSpec spec() {
        final boolean isPorts = type == SetType.BITMAP_PORT;
        final long from = isPorts ? number(Value.PORT, element.port) : number(Value.IP, element.ipLow);
        final long to = isPorts ? number(Value.PORT_TO, element.portTo) : number(Value.IP_TO, element.ipToLow);
        final boolean isBitmap = type.isBitmap();
        final boolean hasMask = has(Value.BITMASK);
        return new SetSpec(set, type, has(Value.FAMILY) ? family : 0, isBitmap ? from : SetSpec.UNSET, isBitmap ? to : SetSpec.UNSET,
                isBitmap && to == SetSpec.UNSET ? (int) number(Value.CIDR, element.cidr) : SetSpec.UNSET,
                (int) number(Value.NETMASK, netmask), hasMask && family != 4 ? maskHigh : 0,
                !hasMask ? 0 : family == 4 ? maskLow & IPV4_ONES : maskLow, hasMask, number(Value.MARKMASK, markmask),
                number(Value.HASHSIZE, hashsize), number(Value.MAXELEM, maxelem), (int) number(Value.BUCKETSIZE, bucketsize),
                number(Value.INITVAL, initval), number(Value.SIZE, size), number(Value.TIMEOUT, element.timeout), counters, comment,
                skbinfo, forceadd);
    }

    private long number(final Value value, final long number) {
        return has(value) ? number : SetSpec.UNSET;
    }
}
