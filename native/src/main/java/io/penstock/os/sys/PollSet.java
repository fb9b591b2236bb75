package io.penstock.os.sys;

import io.penstock.os.hot.memory.Memory;

/**
 * File descriptors that one thread sleeps on, and a bell by which any other thread wakes it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A ring of the bell that comes before or during {@link #await} ends it; none is lost.</li>
 *   <li>The set is changed by the sleeping thread only.</li>
 * </ol>
 *
 * <p>Source: poll(2), eventfd(2), socket(7) SO_ERROR; net/packet/af_packet.c packet_notifier.
 */
public final class PollSet implements AutoCloseable {

    private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
    private static final int POLLIN = 1;
    private static final int POLLERR = 8;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS = 4;
    /** In the word at {@link #EVENTS}, what has happened. */
    private static final int REVENTS_SHIFT = 16;
    private static final int BELL_VALUE = 0;
    private static final int BELL_READ = 8;
    private static final int ERROR_VALUE = 16;
    private static final int ERROR_LENGTH = 20;
    private static final int FDS = 24;

    private final MappedMemory memory;
    private final long fds;
    private final int capacity;
    private final int bell;
    private int count;
    private volatile boolean open = true;

    /** A set with room for the given number of descriptors. */
    public PollSet(final int capacity) {
        this.capacity = capacity + 1;
        this.memory = MappedMemory.reserve(FDS + (long) this.capacity * POLLFD_BYTES, MappedMemory.Pages.NORMAL);
        this.fds = memory.address() + FDS;
        this.bell = (int) Linux.check(Linux.eventfd(0, EFD_CLOEXEC_NONBLOCK), "eventfd()");
        Memory.putLong(memory.address() + BELL_VALUE, 1);
        add(bell);
    }

    /** Adds a descriptor that wakes when it can be read. */
    public void add(final int fd) {
        if (count == capacity) {
            throw new IllegalStateException("the poll set is full: capacity=" + capacity);
        }
        final long at = fds + (long) count++ * POLLFD_BYTES;
        Memory.putInt(at, fd);
        Memory.putInt(at + EVENTS, POLLIN);
    }

    /** Removes a descriptor. */
    public void remove(final int fd) {
        for (int i = 0; i < count; i++) {
            if (Memory.getInt(fds + (long) i * POLLFD_BYTES) == fd) {
                count--;
                Memory.putLong(fds + (long) i * POLLFD_BYTES, Memory.getLong(fds + (long) count * POLLFD_BYTES));
                return;
            }
        }
    }

    /** Sleeps until something can be read, the bell rings or the time is over; true when it was not the time. */
    public boolean await(final int timeoutMs) {
        final int ready = Linux.poll(fds, count, timeoutMs);
        if (ready > 0) {
            Linux.read(bell, memory.address() + BELL_READ, Long.BYTES);
        }
        return ready > 0;
    }

    /**
     * Takes the errors of sockets that ended the last {@link #await}, as that of an AF_PACKET socket whose device went down. They are there until
     * somebody asks, and until then no sleep lasts. Not for sockets whose reader wants to know, as those of netlink.
     */
    public void takeErrors() {
        final long base = memory.address();
        for (int i = 0; i < count; i++) {
            final long at = fds + (long) i * POLLFD_BYTES;
            if ((Memory.getInt(at + EVENTS) >>> REVENTS_SHIFT & POLLERR) != 0) {
                Memory.putInt(base + ERROR_LENGTH, Integer.BYTES);
                Linux.getsockopt(Memory.getInt(at), SOL_SOCKET, SO_ERROR, base + ERROR_VALUE, base + ERROR_LENGTH);
            }
        }
    }

    /** Any thread: rings the bell; nothing after {@link #close}. */
    public void wake() {
        if (open) {
            Linux.write(bell, memory.address() + BELL_VALUE, Long.BYTES);
        }
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            Linux.close(bell);
            memory.close();
        }
    }
}
