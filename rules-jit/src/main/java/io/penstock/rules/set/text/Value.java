package io.penstock.rules.set.text;

import io.penstock.rules.set.SetElement;

/** What a line can say of a set or of an element. */
enum Value {
    SETNAME(1, 0),
    FAMILY(3, 0),
    IP(4, SetElement.IP),
    IP_TO(5, SetElement.IP_TO),
    CIDR(6, SetElement.CIDR),
    MARK(7, SetElement.MARK),
    PORT(8, SetElement.PORT),
    PORT_TO(9, SetElement.PORT_TO),
    TIMEOUT(10, SetElement.TIMEOUT),
    GC(11, 0),
    HASHSIZE(12, 0),
    MAXELEM(13, 0),
    MARKMASK(14, 0),
    NETMASK(15, 0),
    PROBES(16, 0),
    RESIZE(17, 0),
    SIZE(18, 0),
    FORCEADD(19, 0),
    BITMASK(20, 0),
    ETHER(24, SetElement.MAC),
    NAME(25, SetElement.NAME),
    NAMEREF(26, SetElement.NAMEREF),
    IP2(27, SetElement.IP2),
    CIDR2(28, SetElement.CIDR2),
    IP2_TO(29, SetElement.IP2_TO),
    PROTO(30, SetElement.PROTO),
    IFACE(31, SetElement.IFACE),
    NOMATCH(36, 0),
    COUNTERS(37, 0),
    PACKETS(38, SetElement.PACKETS),
    BYTES(39, SetElement.BYTES),
    WITH_COMMENT(40, 0),
    COMMENT(41, SetElement.COMMENT),
    SKBINFO(42, 0),
    SKBMARK(43, SetElement.SKBMARK),
    SKBPRIO(44, SetElement.SKBPRIO),
    SKBQUEUE(45, SetElement.SKBQUEUE),
    WILDCARD(46, 0),
    BUCKETSIZE(47, 0),
    INITVAL(48, 0);

    private final int number;
    private final int elementBit;

    Value(final int number, final int elementBit) {
        this.number = number;
        this.elementBit = elementBit;
    }

    /** The number that ipset's own messages have for it. */
    int number() {
        return number;
    }

    /** Its bit among values. */
    long bit() {
        return 1L << number;
    }

    /** Its bit of {@link SetElement#said}; 0 if it is none of an element's. */
    int elementBit() {
        return elementBit;
    }
}
