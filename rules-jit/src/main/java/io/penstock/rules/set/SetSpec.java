package io.penstock.rules.set;

/**
 * What a set is made with. A request to make one has {@link #UNSET} where nothing was said; what a store tells has what is in force.
 *
 * @param name       its name, 1 to 31 bytes
 * @param type       its type
 * @param family     4, 6, or 0 where the type has none (bitmap:port, hash:mac, list:set; bitmaps of addresses have 4)
 * @param rangeFrom  bitmaps: the first address or port
 * @param rangeTo    bitmaps: the last one
 * @param cidr       bitmaps of addresses, asked for as a network: its length, then {@code rangeTo} is unset
 * @param netmask    length of the networks that addresses are taken to
 * @param maskHigh   first half of {@code bitmask} (IPv6), 0 with IPv4
 * @param maskLow    {@code bitmask}: with IPv4 its 32 bits
 * @param hasMask    whether there is a {@code bitmask}
 * @param markmask   hash:ip,mark: which bits of the mark count
 * @param hashsize   how many buckets, a power of two
 * @param maxelem    the most elements
 * @param bucketsize the most elements in a bucket
 * @param initval    what the hash begins with; listings tell it
 * @param size       list:set: kept for its name's sake
 * @param timeout    seconds that an element stays when nothing else is said; 0 for ever; {@link #UNSET} for a set without timeouts
 * @param counters   whether elements count packets and bytes
 * @param comment    whether elements have comments
 * @param skbinfo    whether elements have marks, priorities and queues
 * @param forceadd   whether a full set gives up an element for a new one
 */
public record SetSpec(String name, SetType type, int family, long rangeFrom, long rangeTo, int cidr, int netmask, long maskHigh, long maskLow,
        boolean hasMask, long markmask, long hashsize, long maxelem, int bucketsize, long initval, long size, long timeout, boolean counters,
        boolean comment, boolean skbinfo, boolean forceadd) {

    /** Nothing was said of it. */
    public static final int UNSET = -1;

    /** With another name. */
    public SetSpec named(final String other) {
        return new SetSpec(other, type, family, rangeFrom, rangeTo, cidr, netmask, maskHigh, maskLow, hasMask, markmask, hashsize, maxelem,
                bucketsize, initval, size, timeout, counters, comment, skbinfo, forceadd);
    }
}
