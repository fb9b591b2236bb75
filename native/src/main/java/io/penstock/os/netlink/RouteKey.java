package io.penstock.os.netlink;

/**
 * What a route matches and where it stands among others. Several routes may share a key: IPv4's appended and prepended
 * ones, of which the first is used, and IPv6's that do not form one multipath route, such as fe80::/64 of each device.
 *
 * @param destination  the first address of the destinations
 * @param prefixLength how many bits of it count
 * @param source       the first address of the sources (IPv6 source routing), all zeros otherwise
 * @param sourceLength how many bits of it count, 0 otherwise
 * @param table        254 main, 255 local, 253 default, or another
 * @param tos          the type of service (IPv4), 0 for any
 * @param metric       the priority, unsigned; the least is used
 */
public record RouteKey(
        IpAddress destination,
        int prefixLength,
        IpAddress source,
        int sourceLength,
        int table,
        int tos,
        int metric) {

    /** {@link IpAddress#V4} or {@link IpAddress#V6}. */
    public int family() {
        return destination.family();
    }

    // Explicit, because maps of a million routes ask for both all the time.

    @Override
    public boolean equals(final Object other) {
        return other instanceof RouteKey key && prefixLength == key.prefixLength && metric == key.metric && table == key.table
                && tos == key.tos && sourceLength == key.sourceLength && destination.equals(key.destination)
                && source.equals(key.source);
    }

    @Override
    public int hashCode() {
        // The others rarely differ between routes to one destination.
        return destination.hashCode() * 31 + (prefixLength << 16 ^ table ^ metric);
    }
}
