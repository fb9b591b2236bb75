package io.penstock.dataplane.hot.connections;

import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.rules.hot.ConnectionServices;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/**
 * What a lane's connections do for its rules.
 *
 * <p>Threads: the lane's worker, inside of a packet's judgement.
 */
public final class RuleConnections implements ConnectionServices {

    private static final int VERSION_4 = 4;

    private final LaneConnections connections;

    /** A lane's. */
    public RuleConnections(final LaneConnections connections) {
        this.connections = connections;
    }

    @Override
    public void untrack(final RulePacket packet) {
        final Batch b = (Batch) packet.batch;
        if (b.connectionInfo[packet.slot] == ConnInfo.NONE) {
            b.connectionInfo[packet.slot] = ConnInfo.UNTRACKED;
            packet.connectionInfo = ConnInfo.UNTRACKED;
        }
    }

    @Override
    public void track(final RulePacket packet, final long template) {
        final Batch b = (Batch) packet.batch;
        if (b.connectionInfo[packet.slot] == ConnInfo.NONE) {
            b.connectionInfo[packet.slot] = ConnInfo.TEMPLATE;
            b.connection[packet.slot] = template;
            packet.connectionInfo = ConnInfo.TEMPLATE;
        }
    }

    @Override
    public int translate(final RulePacket packet, final NatRange range, final boolean source) {
        return verdict(connections.nat.translate(packet.connection, range, source));
    }

    @Override
    public int translateTo(final RulePacket packet, final NatRange range, final long high, final long low, final boolean source) {
        return verdict(connections.nat.translateTo(packet.connection, range, high, low, source));
    }

    @Override
    public int masquerade(final RulePacket packet, final NatRange range) {
        return verdict(connections.nat.masquerade((Batch) packet.batch, packet.slot, range));
    }

    @Override
    public int redirect(final RulePacket packet, final NatRange range) {
        return verdict(connections.nat.redirect((Batch) packet.batch, packet.slot, range));
    }

    @Override
    public int enterCone(final RulePacket packet) {
        return connections.nat.worker().setupFromCone(packet.connection) ? RuleVerdict.ACCEPT : RuleVerdict.CONTINUE;
    }

    @Override
    public void close(final RulePacket packet) {
        if (packet.connection != 0) {
            connections.tracker.close(packet.connection, packet.version == VERSION_4, packet.nowNs);
        }
    }

    @Override
    public void changed(final RulePacket packet, final int events) {
        connections.happened(packet.connection, events);
    }

    @Override
    public int number(final RulePacket packet) {
        return connections.numberOf(packet.connection);
    }

    @Override
    public long entry(final RulePacket packet, final int number, final int generation) {
        return connections.entryOf(packet.version == VERSION_4, number, generation);
    }

    private static int verdict(final boolean settled) {
        return settled ? RuleVerdict.ACCEPT : RuleVerdict.DROP;
    }
}
