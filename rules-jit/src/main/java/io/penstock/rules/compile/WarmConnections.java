package io.penstock.rules.compile;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.ConnectionServices;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import java.util.SplittableRandom;

/**
 * Connections that there are not, for {@link WarmPackets}: one entry, of which anything may be true, and surroundings that do nothing.
 *
 * <p>Threads: one.
 */
final class WarmConnections implements ConnectionServices, AutoCloseable {

    /** Kinds of packets there are as often, so that all of them are seen. */
    private static final int[] INFOS = {ConnInfo.NEW, ConnInfo.ESTABLISHED, ConnInfo.ESTABLISHED_REPLY, ConnInfo.RELATED,
        ConnInfo.RELATED_REPLY, ConnInfo.UNTRACKED, ConnInfo.NONE, ConnInfo.TEMPLATE};
    private static final int FLAGS = ConnLayout.FLAG_ACCOUNTING | ConnLayout.FLAG_LABELS;
    /** Carried at the most: a few packets, or more than most rules ask for. */
    private static final int CARRIED_BITS = 24;

    private final MappedMemory memory = MappedMemory.reserve(ConnLayout.IPV6_BYTES, MappedMemory.Pages.NORMAL);
    private final SplittableRandom random;
    private final IpFamily family;

    WarmConnections(final IpFamily family, final SplittableRandom random) {
        this.family = family;
        this.random = random;
    }

    /** A packet gets some connection, or none; its other fields are filled. */
    void fill(final RulePacket packet) {
        final long entry = memory.address();
        packet.connections = this;
        packet.connectionInfo = INFOS[random.nextInt(INFOS.length)];
        packet.connection = ConnInfo.hasConnection(packet.connectionInfo) ? entry : 0;
        Memory.fill(entry, ConnLayout.IPV6_BYTES, (byte) 0);
        ConnLayout.setStatus(entry, random.nextInt() & (ConnStatus.CONFIRMED | ConnStatus.ASSURED | ConnStatus.SEEN_REPLY
                | ConnStatus.NAT_MASK | ConnStatus.EXPECTED));
        ConnLayout.setProtocol(entry, packet.protocol);
        ConnLayout.setMark(entry, random.nextBoolean() ? packet.mark : random.nextInt(4));
        ConnLayout.setFlags(entry, random.nextInt(4) == 0 ? 0 : FLAGS);
        ConnLayout.setLabels(entry, 0, random.nextLong());
        ConnLayout.setLabels(entry, 1, random.nextLong());
        for (int direction = ConnDirection.ORIGINAL; direction <= ConnDirection.REPLY; direction++) {
            tuple(packet, entry, direction);
            final int packets = random.nextInt(1 << random.nextInt(CARRIED_BITS));
            ConnLayout.account(entry, direction, packets, (long) packets * packet.length);
        }
    }

    /** Both tuples are as the packet: which way it goes is not to matter. */
    private void tuple(final RulePacket packet, final long entry, final int direction) {
        final long ip = packet.network;
        final int keys = ConnLayout.keys(TcpLayout.sourcePort(packet.transport), TcpLayout.destinationPort(packet.transport));
        if (family == IpFamily.IPV4) {
            ConnLayout.setTuple4(entry, direction, Ipv4Layout.source(ip), Ipv4Layout.destination(ip), keys);
        } else {
            ConnLayout.setTuple6(entry, direction, Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip),
                    Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip), keys);
        }
    }

    @Override
    public void untrack(final RulePacket packet) {
    }

    @Override
    public void track(final RulePacket packet, final long template) {
    }

    @Override
    public int translate(final RulePacket packet, final NatRange range, final boolean source) {
        return RuleVerdict.ACCEPT;
    }

    @Override
    public int translateTo(final RulePacket packet, final NatRange range, final long high, final long low, final boolean source) {
        return RuleVerdict.ACCEPT;
    }

    @Override
    public int masquerade(final RulePacket packet, final NatRange range) {
        return RuleVerdict.ACCEPT;
    }

    @Override
    public int redirect(final RulePacket packet, final NatRange range) {
        return RuleVerdict.ACCEPT;
    }

    @Override
    public int enterCone(final RulePacket packet) {
        return RuleVerdict.CONTINUE;
    }

    @Override
    public void close(final RulePacket packet) {
    }

    @Override
    public void changed(final RulePacket packet, final int events) {
    }

    @Override
    public int number(final RulePacket packet) {
        return 1;
    }

    @Override
    public long entry(final RulePacket packet, final int number, final int generation) {
        return 0;
    }

    @Override
    public void close() {
        memory.close();
    }
}
