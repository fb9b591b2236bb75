package io.penstock.conntrack.hot.nat;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * A rule of the test files: {@code rule src|dst DEVICE FLAGS LEAST MOST PORT PORT BASE [to ADDRESS]} or {@code rule src|dst DEVICE netmap
 * NETWORK/LENGTH}; {@code -} for no address.
 *
 * @param source  which half
 * @param device  where packets come from, of the destination's half, or go to
 * @param range   what to choose from
 * @param to      the one address, of MASQUERADE and REDIRECT; null for the range's
 * @param network the network of NETMAP; null for none
 * @param prefix  its length
 */
record NatRule(boolean source, int device, NatRange range, long[] to, long[] network, int prefix) {

    static NatRule parse(final String line) {
        final String[] words = line.split(" ");
        final boolean source = words[1].equals("src");
        final int device = Integer.parseInt(words[2]);
        if (words[3].equals("netmap")) {
            final String[] parts = words[4].split("/");
            final NatRange none = new NatRange(0, 0, 0, 0, 0, 0, 0, 0);
            return new NatRule(source, device, none, null, TestAddress.parse(parts[0]), Integer.parseInt(parts[1]));
        }
        final long[] least = TestAddress.parse(words[4]);
        final long[] most = TestAddress.parse(words[5]);
        final NatRange range = new NatRange(Integer.parseInt(words[3]), least[0], least[1], most[0], most[1], Integer.parseInt(words[6]),
                Integer.parseInt(words[7]), Integer.parseInt(words[8]));
        return new NatRule(source, device, range, words.length > 9 ? TestAddress.parse(words[10]) : null, null, 0);
    }

    /** Rules with ports are for protocols that have some. */
    boolean isFor(final int protocol) {
        return !range.has(NatRange.MAP_PORTS) || protocol == IpProtocol.TCP || protocol == IpProtocol.UDP || protocol == IpProtocol.SCTP
                || protocol == IpProtocol.ICMP;
    }

    boolean apply(final NatWorker nat, final long entry, final long[] address) {
        if (network != null) {
            final int bits = ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4 ? prefix + 96 : prefix;
            final long high = bits >= 64 ? -1 : -1L << 64 - bits;
            final long low = bits <= 64 ? 0 : -1L << 128 - bits;
            return nat.setupTo(entry, range, network[0] & high | address[0] & ~high, network[1] & low | address[1] & ~low, source);
        }
        return to == null ? nat.setup(entry, range, source) : nat.setupTo(entry, range, to[0], to[1], source);
    }
}
