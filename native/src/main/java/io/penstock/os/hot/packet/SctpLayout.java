package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * The SCTP common header and the chunks behind it.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |          source port          |       destination port        |
 *  +-------------------------------+-------------------------------+
 *  |                       verification tag                        |
 *  +---------------------------------------------------------------+
 *  |            checksum: CRC-32C, least significant byte first    |
 *  +---------------+---------------+-------------------------------+
 *  |  chunk type   |  chunk flags  |         chunk length          |
 *  +---------------+---------------+-------------------------------+
 *  |       value; INIT and INIT ACK start with their tag           |
 *  +---------------------------------------------------------------+
 *  |       padding to a multiple of 4, not counted by the length   |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Chunks are named by their offset from the common header and walked with
 *
 * <pre>{@code
 * int chunk = firstChunk(sctp, sctpBytes);
 * while (chunk > 0) {
 *     ... chunkType(sctp, chunk) ...
 *     chunk = nextChunk(sctp, chunk, sctpBytes);
 * }
 * }</pre>
 *
 * and then {@code chunk} is {@link #CHUNKS_END} or {@link #CHUNKS_MALFORMED}. Every step goes forward by at least four
 * bytes and an offset that is returned is that of a chunk which lies in the packet whole.
 *
 * <p>Source: RFC 9260, 3 and appendix A. Nothing else is checked here. Differs from Linux: conntrack takes a chunk that
 * leaves the packet for good as long as its first four bytes are there.
 */
public final class SctpLayout {

    /** Bytes of the common header. */
    public static final int HEADER_BYTES = 12;
    /** Bytes of a chunk's type, flags and length. */
    public static final int CHUNK_HEADER_BYTES = 4;

    public static final int SOURCE_PORT = 0;
    public static final int DESTINATION_PORT = 2;
    public static final int VERIFICATION_TAG = 4;
    public static final int CHECKSUM = 8;

    public static final int CHUNK_TYPE = 0;
    public static final int CHUNK_FLAGS = 1;
    public static final int CHUNK_LENGTH = 2;
    public static final int CHUNK_INITIATE_TAG = 4;

    public static final int DATA = 0;
    public static final int INIT = 1;
    public static final int INIT_ACK = 2;
    public static final int SACK = 3;
    public static final int HEARTBEAT = 4;
    public static final int HEARTBEAT_ACK = 5;
    public static final int ABORT = 6;
    public static final int SHUTDOWN = 7;
    public static final int SHUTDOWN_ACK = 8;
    public static final int ERROR = 9;
    public static final int COOKIE_ECHO = 10;
    public static final int COOKIE_ACK = 11;
    public static final int SHUTDOWN_COMPLETE = 14;

    /** The T bit of ABORT and SHUTDOWN COMPLETE: the tag is the receiver's own, reflected (RFC 9260, 8.5.1). */
    public static final int FLAG_TAG_REFLECTED = 1;

    /** What ends a chunk walk: all chunks were seen. Not an offset, as the common header comes first. */
    public static final int CHUNKS_END = 0;
    /** What ends a chunk walk: a chunk is shorter than its header or leaves the packet. */
    public static final int CHUNKS_MALFORMED = -1;

    private SctpLayout() {
    }

    public static int sourcePort(final long sctp) {
        return Memory.getUnsignedShortBE(sctp + SOURCE_PORT);
    }

    public static int destinationPort(final long sctp) {
        return Memory.getUnsignedShortBE(sctp + DESTINATION_PORT);
    }

    public static int verificationTag(final long sctp) {
        return Memory.getIntBE(sctp + VERIFICATION_TAG);
    }

    /** The CRC as a number, as {@link #computeChecksum} returns it. */
    public static int checksum(final long sctp) {
        return Integer.reverseBytes(Memory.getIntBE(sctp + CHECKSUM));
    }

    public static void setSourcePort(final long sctp, final int port) {
        Memory.putShortBE(sctp + SOURCE_PORT, port);
    }

    public static void setDestinationPort(final long sctp, final int port) {
        Memory.putShortBE(sctp + DESTINATION_PORT, port);
    }

    public static void setVerificationTag(final long sctp, final int tag) {
        Memory.putIntBE(sctp + VERIFICATION_TAG, tag);
    }

    public static void setChecksum(final long sctp, final int crc) {
        Memory.putIntBE(sctp + CHECKSUM, Integer.reverseBytes(crc));
    }

    /** The CRC of a packet of at least {@link #HEADER_BYTES}, its checksum field taken as 0. */
    public static int computeChecksum(final long sctp, final int sctpBytes) {
        final int tags = Crc32c.update(Crc32c.START, sctp, CHECKSUM);
        return ~Crc32c.update(Crc32c.updateZeroInt(tags), sctp + HEADER_BYTES, sctpBytes - HEADER_BYTES);
    }

    public static boolean verifyChecksum(final long sctp, final int sctpBytes) {
        return computeChecksum(sctp, sctpBytes) == checksum(sctp);
    }

    /** Computes the checksum and stores it. */
    public static void writeChecksum(final long sctp, final int sctpBytes) {
        setChecksum(sctp, computeChecksum(sctp, sctpBytes));
    }

    /** The offset of the first chunk, {@link #CHUNKS_END} or {@link #CHUNKS_MALFORMED}. */
    public static int firstChunk(final long sctp, final int sctpBytes) {
        return chunkAt(sctp, HEADER_BYTES, sctpBytes);
    }

    /** The offset of the chunk behind a valid one, {@link #CHUNKS_END} or {@link #CHUNKS_MALFORMED}. */
    public static int nextChunk(final long sctp, final int chunk, final int sctpBytes) {
        return chunkAt(sctp, chunk + (chunkLength(sctp, chunk) + 3 & -4), sctpBytes);
    }

    public static int chunkType(final long sctp, final int chunk) {
        return Memory.getUnsignedByte(sctp + chunk + CHUNK_TYPE);
    }

    public static int chunkFlags(final long sctp, final int chunk) {
        return Memory.getUnsignedByte(sctp + chunk + CHUNK_FLAGS);
    }

    /** Bytes of the chunk with its header and without its padding. */
    public static int chunkLength(final long sctp, final int chunk) {
        return Memory.getUnsignedShortBE(sctp + chunk + CHUNK_LENGTH);
    }

    /** The tag that INIT and INIT ACK announce; the chunk must be at least 8 bytes long. */
    public static int chunkInitiateTag(final long sctp, final int chunk) {
        return Memory.getIntBE(sctp + chunk + CHUNK_INITIATE_TAG);
    }

    private static int chunkAt(final long sctp, final int chunk, final int sctpBytes) {
        final int left = sctpBytes - chunk;
        if (left < CHUNK_HEADER_BYTES) {
            return left > 0 ? CHUNKS_MALFORMED : CHUNKS_END;
        }
        final int length = chunkLength(sctp, chunk);
        return length < CHUNK_HEADER_BYTES || length > left ? CHUNKS_MALFORMED : chunk;
    }
}
