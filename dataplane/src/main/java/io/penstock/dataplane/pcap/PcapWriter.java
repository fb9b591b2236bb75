package io.penstock.dataplane.pcap;

import io.penstock.os.hot.memory.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes classic pcap with nanoseconds, little-endian on every machine, so that equal packets make equal files.
 *
 * <p>Threads: one. Source: draft-ietf-opsawg-pcap.
 */
public final class PcapWriter implements AutoCloseable {

    /** Bytes gathered before a write; the largest record must fit. */
    private static final int BUFFER_BYTES = 1 << 19;

    private static final long MAX_SECONDS = 0xFFFF_FFFFL;

    private final Path file;
    private final FileChannel channel;
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private long packets;

    private PcapWriter(final Path file, final FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Makes a file of packets that start as the link type says, replacing what is there. */
    public static PcapWriter create(final Path file, final LinkType linkType) {
        try {
            final PcapWriter writer = new PcapWriter(file, FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
            writer.buffer.putInt(ClassicReader.NANOSECONDS);
            writer.buffer.putShort((short) 2).putShort((short) 4);
            writer.buffer.putInt(0).putInt(0).putInt(PcapReader.MAX_PACKET_BYTES).putInt(linkType.code());
            return writer;
        } catch (final IOException e) {
            throw failure(file, e);
        }
    }

    /**
     * Adds a packet.
     *
     * @param timestampNs   nanoseconds since 1970, until 2106
     * @param address       of its first byte
     * @param length        in bytes, at most {@link PcapReader#MAX_PACKET_BYTES}
     * @param originalBytes what it had on the wire, at least {@code length}
     */
    public void write(final long timestampNs, final long address, final int length, final long originalBytes) {
        final long seconds = Math.floorDiv(timestampNs, PcapReader.NS_PER_SECOND);
        if (length < 0 || length > PcapReader.MAX_PACKET_BYTES || originalBytes < length || originalBytes > MAX_SECONDS
                || seconds < 0 || seconds > MAX_SECONDS) {
            throw new IllegalArgumentException("no pcap record: timestampNs=" + timestampNs + " length=" + length
                    + " originalBytes=" + originalBytes);
        }
        if (buffer.remaining() < ClassicReader.RECORD_HEADER_BYTES + length) {
            flush();
        }
        buffer.putInt((int) seconds);
        buffer.putInt((int) Math.floorMod(timestampNs, PcapReader.NS_PER_SECOND));
        buffer.putInt(length);
        buffer.putInt((int) originalBytes);
        Memory.copyToArray(address, bytes, buffer.position(), length);
        buffer.position(buffer.position() + length);
        packets++;
    }

    /** How many packets were added. */
    public long packets() {
        return packets;
    }

    /** Writes what was gathered. */
    public void flush() {
        try {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        } catch (final IOException e) {
            throw failure(file, e);
        }
    }

    @Override
    public void close() {
        try (channel) {
            flush();
        } catch (final IOException e) {
            throw failure(file, e);
        }
    }

    private static PcapException failure(final Path file, final IOException e) {
        return new PcapException(file + ": the capture cannot be written: " + e.getMessage()
                + "; check the folder and the space that is left");
    }
}
