package io.penstock.dataplane.hot.pipeline;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.PacketServices;
import io.penstock.rules.hot.RulePacket;

/**
 * What a lane does for the matches and targets of its rules.
 *
 * <p>Threads: the lane's worker, inside of a packet's judgement.
 */
public final class RuleServices implements PacketServices {

    /** In place of an ICMP type: a TCP reset. */
    private static final int TCP_RESET = -1;
    /** Any odd number makes different lanes begin at different places. */
    private static final long LANE_STEP = 0x9E37_79B9_7F4A_7C15L;

    private final Lane lane;
    private final RuleRoutes routes;
    private final Rejection rejection;
    private final RuleCopies copies;
    private final RuleLog log;
    private long random;

    /** A lane's. Random in the surroundings of a kernel, the same each time in those of a capture, as the lane's settings are. */
    public RuleServices(final Lane lane) {
        this.lane = lane;
        this.routes = new RuleRoutes(lane);
        this.rejection = new Rejection(lane);
        this.copies = new RuleCopies(lane);
        this.log = new RuleLog(lane);
        this.random = lane.settings.identificationKey ^ (lane.index() + 1) * LANE_STEP;
    }

    @Override
    public int addressType(final RulePacket packet, final long address, final int device) {
        return routes.addressType(packet, address, device);
    }

    @Override
    public boolean reversePath(
            final RulePacket packet, final boolean loose, final boolean useMark, final boolean acceptLocal) {
        return routes.reversePath(packet, loose, acceptLocal);
    }

    @Override
    public int pathMtu(final RulePacket packet) {
        return routes.pathMtu(packet);
    }

    @Override
    public void reject(final RulePacket packet, final int type, final int code) {
        packet.rejected = true;
        if (lane.originator.isBusy()) {
            lane.counters.answersToAnswers++;
        } else if (type == TCP_RESET) {
            rejection.reset(packet);
        } else {
            rejection.unreachable(packet, type, code);
        }
    }

    @Override
    public void log(final RulePacket packet, final int level, final String prefix, final int flags) {
        log.log(packet, level, prefix, flags);
    }

    @Override
    public void traceRule(
            final RulePacket packet, final String table, final String chain, final int what, final int number) {
        log.trace(packet, table, chain, what, number);
    }

    @Override
    public void tee(final RulePacket packet, final long gatewayHigh, final long gatewayLow, final String device) {
        copies.send(packet, gatewayHigh, gatewayLow, device);
    }

    /** SplitMix64 (Steele, Lea, Flood 2014), its upper half. */
    @Override
    public int random() {
        random += LANE_STEP;
        long mixed = (random ^ random >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
        return (int) ((mixed ^ mixed >>> 31) >>> Integer.SIZE);
    }

    @Override
    public boolean insert(final RulePacket packet, final long at, final int bytes) {
        final Batch b = (Batch) packet.batch;
        final int slot = packet.slot;
        final long end = b.frame[slot] + b.length[slot];
        if (bytes > lane.chunkEnd(b.frame[slot]) - end) {
            return false;
        }
        b.length[slot] += bytes;
        GatheredPackets.window(b, slot);
        moveUp(at, end, bytes);
        packet.length += bytes;
        if (at <= packet.transport) {
            packet.transport += bytes;
            b.transport[slot] += bytes;
        } else {
            packet.transportLength += bytes;
        }
        return true;
    }

    /** From the end, as the places overlap. */
    private static void moveUp(final long from, final long end, final int bytes) {
        for (long at = end - 1; at >= from; at--) {
            Memory.putByte(at + bytes, Memory.getByte(at));
        }
    }
}
