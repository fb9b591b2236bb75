package io.penstock.conntrack.hot.track;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.TcpLayout;

/**
 * The options that the window needs to know.
 *
 * <p>A list that breaks off counts up to there. Source: RFC 7323, 2.2 (scale); RFC 2018, 2 and 3 (SACK).
 */
final class TcpOptions {

    /** The largest scale (RFC 7323, 2.3); more is taken for it. */
    private static final int MAX_SCALE = 14;
    private static final int SCALE_BYTES = 3;
    private static final int SACK_PERMITTED_BYTES = 2;
    private static final int OPTION_HEADER_BYTES = 2;
    private static final int BLOCK_BYTES = 8;
    private static final int BLOCK_RIGHT_EDGE = 4;

    private static final int SCALE_SHIFT = 8;
    /** Two of padding, the kind and the length of a timestamp, as most senders write it and nothing else (RFC 7323, appendix A). */
    private static final int ALIGNED_TIMESTAMP = 0x0101_080A;
    private static final int ALIGNED_TIMESTAMP_BYTES = 12;

    private TcpOptions() {
    }

    /** What a SYN offers: {@link TcpRecord} flags, and the scale through {@link #scale}. */
    static int offers(final long tcp) {
        final int headerBytes = TcpLayout.headerBytes(tcp);
        int offers = 0;
        int option = TcpLayout.firstOption(tcp, headerBytes);
        while (option > 0) {
            final int kind = TcpLayout.optionKind(tcp, option);
            final int bytes = TcpLayout.optionBytes(tcp, option);
            if (kind == TcpLayout.OPTION_SACK_PERMITTED && bytes == SACK_PERMITTED_BYTES) {
                offers |= TcpRecord.SACK_PERMITTED;
            } else if (kind == TcpLayout.OPTION_WINDOW_SCALE && bytes == SCALE_BYTES) {
                final int scale = Math.min(Memory.getUnsignedByte(tcp + option + OPTION_HEADER_BYTES), MAX_SCALE);
                offers = flags(offers) | TcpRecord.WINDOW_SCALE | scale << SCALE_SHIFT;
            }
            option = TcpLayout.nextOption(tcp, option, headerBytes);
        }
        return offers;
    }

    static int flags(final int offers) {
        return offers & (1 << SCALE_SHIFT) - 1;
    }

    static int scale(final int offers) {
        return offers >>> SCALE_SHIFT;
    }

    /** The acknowledgment, or the highest right edge of the SACK blocks if that is higher. */
    static int highestAck(final long tcp, final int ack) {
        final int headerBytes = TcpLayout.headerBytes(tcp);
        if (headerBytes == TcpLayout.HEADER_BYTES) {
            return ack;
        }
        final boolean timestampAlone = headerBytes == TcpLayout.HEADER_BYTES + ALIGNED_TIMESTAMP_BYTES
                && Memory.getIntBE(tcp + TcpLayout.HEADER_BYTES) == ALIGNED_TIMESTAMP;
        return timestampAlone ? ack : highestAckSlow(tcp, headerBytes, ack);
    }

    private static int highestAckSlow(final long tcp, final int headerBytes, final int ack) {
        int option = TcpLayout.firstOption(tcp, headerBytes);
        while (option > 0) {
            final int blocksBytes = TcpLayout.optionBytes(tcp, option) - OPTION_HEADER_BYTES;
            if (TcpLayout.optionKind(tcp, option) == TcpLayout.OPTION_SACK && blocksBytes >= BLOCK_BYTES && blocksBytes % BLOCK_BYTES == 0) {
                return highestEdge(tcp + option + OPTION_HEADER_BYTES, blocksBytes, ack);
            }
            option = TcpLayout.nextOption(tcp, option, headerBytes);
        }
        return ack;
    }

    private static int highestEdge(final long blocks, final int blocksBytes, final int ack) {
        int highest = ack;
        for (int block = 0; block < blocksBytes; block += BLOCK_BYTES) {
            final int edge = Memory.getIntBE(blocks + block + BLOCK_RIGHT_EDGE);
            if (TcpWindow.isAfter(edge, highest)) {
                highest = edge;
            }
        }
        return highest;
    }
}
