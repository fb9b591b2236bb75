package io.penstock.dataplane.hot.ipvs.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;

/**
 * At POST_ROUTING, puts every packet into a tunnel, and sends it from this host by a way that the test chooses.
 *
 * @param adjacency the way to the server
 * @param source    the outer packets' source
 */
public record WrapHook(TunnelWriter writer, Tunnel tunnel, int adjacency, IpAddress source, boolean pmtuDisc) implements HookFunction {

    /** GUE's port at servers. */
    public static final int PORT = 6080;

    @Override
    public int hook(final Packet packet, final HookState state) {
        return wrap((PacketView) packet) ? Verdict.ACCEPT : Verdict.DROP;
    }

    /** As whoever sends a packet on does. */
    public boolean wrap(final PacketView view) {
        final Batch b = view.batch();
        final int slot = view.slot();
        b.inPort[slot] = Batch.FROM_HOST;
        b.adjacency[slot] = adjacency;
        final int bytes = b.length[slot] - b.network[slot] + TunnelWriter.overhead(b, slot, tunnel);
        if (!writer.wrap(view.lane(), b, slot, tunnel, source.high(), source.low(), pmtuDisc)) {
            return false;
        }
        assertEquals(bytes, b.length[slot] - b.network[slot]);
        if (bytes > AdjacencyLayout.mtu(view.lane().fib.adjacency(adjacency))) {
            b.flags[slot] |= Batch.TOO_LARGE;
        }
        return true;
    }

    /** A tunnel from words: kind, checksum, version outside, version inside. */
    public static Tunnel tunnel(final String words, final String server4, final String server6) {
        final String[] word = words.trim().split(" +");
        final boolean isIpv4 = word[2].equals("4");
        final IpAddress server = IpAddress.parse(isIpv4 ? server4 : server6);
        final TunnelSpec.Kind kind = TunnelSpec.Kind.valueOf(word[0]);
        return new Tunnel(kind.ordinal(), kind == TunnelSpec.Kind.GUE ? PORT : 0, TunnelSpec.Checksum.valueOf(word[1]).ordinal(), isIpv4,
                server.high(), server.low());
    }

    /** Of the same words: the version inside. */
    public static int innerVersion(final String words) {
        return words.charAt(words.length() - 1) - '0';
    }
}
