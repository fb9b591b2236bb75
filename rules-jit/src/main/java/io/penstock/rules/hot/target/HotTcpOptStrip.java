package io.penstock.rules.hot.target;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/**
 * Overwrites TCP options of some kinds with padding.
 *
 * <p>As in the kernel (net/netfilter/xt_TCPOPTSTRIP.c), an end of options does not end the walk, an option of length 0 is one byte
 * long, and one that leaves the header ends the walk. A packet without a whole TCP header is dropped; a later fragment passes.
 */
public final class HotTcpOptStrip implements HotTarget {

    private static final int PADDING = 1;
    /** What a byte of padding is in a 16-bit word's upper half. */
    private static final int PADDING_HIGH = PADDING << 8;

    private final long kinds0;
    private final long kinds1;
    private final long kinds2;
    private final long kinds3;

    /** Strips options of those kinds: a bit for each from 2 to 255, in four words. */
    public HotTcpOptStrip(final long[] kinds) {
        kinds0 = kinds[0];
        kinds1 = kinds[1];
        kinds2 = kinds[2];
        kinds3 = kinds[3];
    }

    @Override
    public int apply(final RulePacket packet) {
        if (packet.fragmentOffset != 0) {
            return RuleVerdict.CONTINUE;
        }
        final long tcp = packet.transport;
        final int available = packet.transportLength;
        if (available < TcpLayout.HEADER_BYTES) {
            return RuleVerdict.DROP;
        }
        final int headerBytes = TcpLayout.headerBytes(tcp);
        if (available < headerBytes || headerBytes < TcpLayout.HEADER_BYTES) {
            return RuleVerdict.DROP;
        }
        long changes = 0;
        int at = TcpLayout.HEADER_BYTES;
        while (at < headerBytes - 1) {
            final int bytes = TcpOptions.bytes(tcp, at);
            if (at + bytes > headerBytes) {
                break;
            }
            if (isStripped(Memory.getUnsignedByte(tcp + at))) {
                changes += strip(tcp, at, bytes);
            }
            at += bytes;
        }
        // A partial checksum covers the pseudo-header only, which has no options.
        if (changes != 0 && !packet.partialChecksum) {
            TcpLayout.setChecksum(tcp, Checksum.apply(TcpLayout.checksum(tcp), changes));
        }
        return RuleVerdict.CONTINUE;
    }

    private static long strip(final long tcp, final int from, final int bytes) {
        long changes = 0;
        for (int at = from; at < from + bytes; at++) {
            final int old = Memory.getUnsignedByte(tcp + at);
            changes += (at & 1) == 0 ? Checksum.change16(old << 8, PADDING_HIGH) : Checksum.change16(old, PADDING);
            Memory.putByte(tcp + at, (byte) PADDING);
        }
        return changes;
    }

    private boolean isStripped(final int kind) {
        final long bits = switch (kind >>> 6) {
            case 0 -> kinds0;
            case 1 -> kinds1;
            case 2 -> kinds2;
            default -> kinds3;
        };
        return (bits >>> kind & 1) != 0;
    }
}
