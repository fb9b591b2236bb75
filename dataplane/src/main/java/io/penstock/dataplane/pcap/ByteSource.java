package io.penstock.dataplane.pcap;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;

/**
 * A file as a stream of bytes with a window of fixed size in off-heap memory. Pipes work too.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Memory is bounded by {@link #WINDOW_BYTES}, whatever the file says.</li>
 *   <li>What {@link #need} returned stays in place until the next {@code need} or {@code skip}.</li>
 * </ol>
 *
 * <p>Mapping the file would save a copy, but a file cut short while mapped kills the process by SIGBUS. Threads: one.
 */
final class ByteSource implements AutoCloseable {

    /** Bytes: the largest record (libpcap's maximum of 256 KiB) with room to spare, so that most reads are large. */
    static final int WINDOW_BYTES = 1 << 20;

    private static final int O_RDONLY_CLOEXEC = 0x80000;

    private final String file;
    private final int fd;
    private final MappedMemory window;
    private long windowOffset;
    private int from;
    private int to;
    private boolean ended;

    private ByteSource(final String file, final int fd) {
        this.file = file;
        this.fd = fd;
        // One byte, and so one page, more: the address of a packet of no bytes at the window's end must be valid too.
        this.window = MappedMemory.reserve(WINDOW_BYTES + 1, MappedMemory.Pages.NORMAL);
    }

    static ByteSource open(final String file) {
        final int fd = Linux.open(file, O_RDONLY_CLOEXEC, 0);
        if (fd < 0) {
            throw new PcapException(
                    file + ": the capture cannot be opened: " + Errno.text(-fd) + "; check its path and permissions");
        }
        return new ByteSource(file, fd);
    }

    /** Where the next unread byte is in the file. */
    long offset() {
        return windowOffset + from;
    }

    /** Makes the next bytes contiguous without consuming them; their address, or 0 when the file ends before. */
    long peek(final int bytes) {
        if (bytes > WINDOW_BYTES) {
            throw new IllegalArgumentException("bytes=" + bytes);
        }
        if (to - from < bytes) {
            Memory.copy(window.address() + from, window.address(), to - from);
            windowOffset += from;
            to -= from;
            from = 0;
            while (to < bytes && fill()) {
                // Until there are enough.
            }
            if (to < bytes) {
                return 0;
            }
        }
        return window.address() + from;
    }

    /** As {@link #peek}, and consumes them. */
    long need(final int bytes, final String what) {
        final long address = peek(bytes);
        if (address == 0) {
            throw error("the file ends inside " + what + ": needed=" + bytes + " bytes, left=" + (to - from)
                    + "; it was cut short, capture or copy it again");
        }
        from += bytes;
        return address;
    }

    /** True when no byte is left. */
    boolean atEnd() {
        return peek(1) == 0;
    }

    /** Consumes bytes that nobody wants, in bounded memory. */
    void skip(final long bytes, final String what) {
        long left = bytes;
        while (left > to - from) {
            left -= to - from;
            windowOffset += to;
            from = 0;
            to = 0;
            if (!fill()) {
                throw error("the file ends inside " + what + ": missing=" + left
                        + " bytes; it was cut short, capture or copy it again");
            }
        }
        from += (int) left;
    }

    /** A refusal that names the file and where the next unread byte is. */
    PcapException error(final String sentence) {
        return errorAt(offset(), sentence);
    }

    /** A refusal that names the file and a byte in it. */
    PcapException errorAt(final long offset, final String sentence) {
        return new PcapException(file + ": offset=" + offset + ": " + sentence);
    }

    private boolean fill() {
        if (ended) {
            return false;
        }
        long read;
        do {
            read = Linux.read(fd, window.address() + to, WINDOW_BYTES - to);
        } while (read == -Errno.EINTR);
        if (read < 0) {
            throw error("the file cannot be read: " + Errno.text((int) -read));
        }
        ended = read == 0;
        to += (int) read;
        return !ended;
    }

    @Override
    public void close() {
        window.close();
        Linux.close(fd);
    }
}
