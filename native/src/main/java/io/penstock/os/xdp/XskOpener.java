package io.penstock.os.xdp;

import io.penstock.os.hot.ring.RingOffsets;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The steps from nothing to a bound AF_XDP socket, in the order that the kernel wants them: socket, frames (first socket
 * only), ring sizes, options, mappings, bind. When a step fails, what the earlier ones made is undone.
 *
 * <p>Source: kernel Documentation/networking/af_xdp.rst. Threads: one, under the UMEM's lock.
 */
final class XskOpener {

    /**
     * How long a bind is tried again while the queue is taken. The kernel gives a queue back after its socket's process has
     * ended, on a work queue: half a second was seen. Lower: a restart fails that would have worked. Higher: a real
     * conflict is reported later.
     */
    private static final long BUSY_WAIT_MS = 1000;

    /** Between two tries. Unit: ns. Shorter only burns CPU, longer delays a restart. */
    private static final long BUSY_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int MAP_POPULATE = 0x8000;
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong L = ValueLayout.JAVA_LONG;

    private final int ifindex;
    private final String device;
    private final int queue;
    private final Umem umem;
    private XskOptions options;
    private final XskSocket first;
    private final List<String> notes = new ArrayList<>();
    private final List<MappedMemory> mappings = new ArrayList<>(4);
    private int fd;

    XskOpener(final int ifindex, final String device, final int queue, final Umem umem, final XskOptions options) {
        this.ifindex = ifindex;
        this.device = device;
        this.queue = queue;
        this.umem = umem;
        this.options = options;
        this.first = umem.first();
    }

    XskSocket open() {
        checkQueue();
        if (first != null && options.mode() != XskMode.AUTO && options.mode() != first.mode()) {
            throw XskErrors.conflict(device, options.mode(), first);
        }
        fd = Linux.socket(XskLayout.AF_XDP, XskLayout.SOCK_RAW_CLOEXEC, 0);
        if (fd < 0) {
            throw XskErrors.socket(device, -fd);
        }
        try {
            if (first == null) {
                final int result = umem.register(fd);
                if (result < 0) {
                    throw XskErrors.register(device, umem, -result);
                }
            }
            ring("XDP_UMEM_FILL_RING", XskLayout.UMEM_FILL_RING, options.fillSize());
            ring("XDP_UMEM_COMPLETION_RING", XskLayout.UMEM_COMPLETION_RING, options.completionSize());
            ring("XDP_RX_RING", XskLayout.RX_RING, options.rxSize());
            ring("XDP_TX_RING", XskLayout.TX_RING, options.txSize());
            setOptions();
            return mapAndBind();
        } catch (final RuntimeException e) {
            mappings.forEach(MappedMemory::close);
            Linux.close(fd);
            throw e;
        }
    }

    private void checkQueue() {
        final XskSocket twin = umem.on(ifindex, queue);
        if (twin != null) {
            throw new IllegalArgumentException("queue " + queue + " of " + device + " is already open in this UMEM: socket="
                    + twin + "; close that socket first");
        }
        // A queue that only sends could be bound, and would wait for packets for ever.
        final Optional<DeviceChannels> channels = DeviceChannels.read(device);
        if (queue < 0 || channels.isPresent() && queue >= channels.get().queues()) {
            throw queue < 0 ? new IllegalArgumentException("a queue's number must not be negative: queue=" + queue)
                    : XskErrors.noQueue(device, queue, channels.get());
        }
    }

    private void ring(final String name, final int option, final int size) {
        final int result = Linux.setsockoptInt(fd, XskLayout.SOL_XDP, option, size);
        if (result < 0) {
            throw XskErrors.option(device, name, size, -result);
        }
    }

    private void setOptions() {
        final int wanted = options.sendBufferBytes() == 0
                ? Math.toIntExact(Math.min(1L << 30, (long) options.txSize() * umem.frameBytes())) : options.sendBufferBytes();
        if (socketOption(XskLayout.SO_SNDBUFFORCE, wanted) < 0) {
            // Without CAP_NET_ADMIN, net.core.wmem_max is the limit.
            socketOption(XskLayout.SO_SNDBUF, wanted);
            notes.add("SO_SNDBUF may be below " + wanted
                    + " bytes, so that fewer frames are in flight: grant CAP_NET_ADMIN or raise net.core.wmem_max");
        }
        final int budget = Linux.setsockoptInt(
                fd, XskLayout.SOL_XDP, XskLayout.MAX_TX_SKB_BUDGET, options.txBudget());
        if (budget == -Errno.ENOPROTOOPT) {
            notes.add("XDP_MAX_TX_SKB_BUDGET is unknown to this kernel (Linux 6.17 has it), so that a kick sends "
                    + XskOptions.KERNEL_TX_BUDGET + " frames, not " + options.txBudget());
        } else if (budget < 0) {
            throw XskErrors.option(device, "XDP_MAX_TX_SKB_BUDGET", options.txBudget(), -budget);
        }
        if (options.busyPollUs() > 0) {
            setBusyPoll();
        }
    }

    /** Busy polling only saves time: a socket without it is better than none, and its options say that it is off. */
    private void setBusyPoll() {
        if (!granted("SO_BUSY_POLL", XskLayout.SO_BUSY_POLL, options.busyPollUs(), "interrupts bring the frames")) {
            options = options.withBusyPoll(0, options.busyPollBudget());
            return;
        }
        granted("SO_PREFER_BUSY_POLL", XskLayout.SO_PREFER_BUSY_POLL, 1, "interrupts go on beside it");
        granted("SO_BUSY_POLL_BUDGET", XskLayout.SO_BUSY_POLL_BUDGET, options.busyPollBudget(),
                "a call takes as many packets as the kernel likes");
    }

    private boolean granted(final String name, final int option, final int value, final String otherwise) {
        final int result = socketOption(option, value);
        if (result < 0) {
            notes.add(XskErrors.busyPoll(device, name + '=' + value, otherwise, -result));
        }
        return result >= 0;
    }

    private int socketOption(final int option, final int value) {
        return Linux.setsockoptInt(fd, XskLayout.SOL_SOCKET, option, value);
    }

    private XskSocket mapAndBind() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment answer = arena.allocate(XskLayout.OFFSETS_BYTES, 8);
            final MemorySegment length = arena.allocateFrom(I, XskLayout.OFFSETS_BYTES);
            final int result = Linux.getsockopt(
                    fd, XskLayout.SOL_XDP, XskLayout.MMAP_OFFSETS, answer.address(), length.address());
            if (result < 0 || length.get(I, 0) != XskLayout.OFFSETS_BYTES) {
                throw new XskException(XskException.Reason.UNSUPPORTED, Math.max(0, -result),
                        "this kernel's AF_XDP rings have no wakeup flags: bytes=" + length.get(I, 0) + " expected="
                                + XskLayout.OFFSETS_BYTES + "; use Linux 5.4 or later, or the AF_PACKET driver");
            }
            final RingOffsets rx = offsets(answer, XskLayout.OFFSETS_RX);
            final RingOffsets tx = offsets(answer, XskLayout.OFFSETS_TX);
            final RingOffsets fill = offsets(answer, XskLayout.OFFSETS_FILL);
            final RingOffsets completion = offsets(answer, XskLayout.OFFSETS_COMPLETION);
            map(XskLayout.PGOFF_RX, rx.mappingBytes(options.rxSize(), RingOffsets.PACKET_DESCRIPTOR_BYTES));
            map(XskLayout.PGOFF_TX, tx.mappingBytes(options.txSize(), RingOffsets.PACKET_DESCRIPTOR_BYTES));
            map(XskLayout.PGOFF_FILL, fill.mappingBytes(options.fillSize(), RingOffsets.FRAME_DESCRIPTOR_BYTES));
            map(XskLayout.PGOFF_COMPLETION,
                    completion.mappingBytes(options.completionSize(), RingOffsets.FRAME_DESCRIPTOR_BYTES));
            final String reason = bind();
            return new XskSocket(ifindex, device, queue, umem, options, fd, mappings,
                    new RingOffsets[] {rx, tx, fill, completion}, mode(), reason, notes);
        }
    }

    private static RingOffsets offsets(final MemorySegment answer, final int at) {
        return new RingOffsets(
                answer.get(L, at + XskLayout.OFFSET_PRODUCER),
                answer.get(L, at + XskLayout.OFFSET_CONSUMER),
                answer.get(L, at + XskLayout.OFFSET_DESCRIPTORS),
                answer.get(L, at + XskLayout.OFFSET_FLAGS));
    }

    private void map(final long page, final long bytes) {
        mappings.add(MappedMemory.ofFile(fd, page, bytes, MAP_POPULATE));
    }

    /** Binds in the mode asked for, and returns why it is the one that runs. */
    private String bind() {
        if (first != null) {
            // The kernel refuses any other flag here: mode and wakeup are taken from the socket that is shared with.
            tryBind(XskLayout.BIND_SHARED_UMEM, first.fd(), options.mode(), true);
            return "the UMEM's first socket, on " + first.device() + ", decided";
        }
        if (options.mode() == XskMode.COPY) {
            tryBind(XskLayout.BIND_COPY | XskLayout.BIND_NEED_WAKEUP, 0, XskMode.COPY, true);
            return "copy mode was asked for";
        }
        final boolean mustBeZeroCopy = options.mode() == XskMode.ZERO_COPY;
        final int errno = tryBind(
                XskLayout.BIND_ZEROCOPY | XskLayout.BIND_NEED_WAKEUP, 0, XskMode.ZERO_COPY, mustBeZeroCopy);
        if (errno == 0) {
            return mustBeZeroCopy ? "zero-copy mode was asked for" : "the driver has zero-copy mode";
        }
        tryBind(XskLayout.BIND_COPY | XskLayout.BIND_NEED_WAKEUP, 0, XskMode.COPY, true);
        return "zero-copy mode was refused: errno=" + Errno.name(errno) + " driver=" + DeviceChannels.driver(device);
    }

    /** Binds, waiting for a queue that is being given back; returns 0 or the errno, or throws when it must succeed. */
    private int tryBind(final int flags, final int sharedFd, final XskMode mode, final boolean must) {
        final int errno = bindPatiently(flags, sharedFd);
        if (errno == Errno.EBUSY) {
            // The socket that could not be bound is one of our own.
            throw XskErrors.busy(device, queue, BUSY_WAIT_MS, XskHolders.own() - 1, XskHolders.others());
        }
        if (errno != 0 && must) {
            throw XskErrors.bind(device, queue, mode, first, errno);
        }
        return errno;
    }

    private int bindPatiently(final int flags, final int sharedFd) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = arena.allocate(XskLayout.SOCKADDR_BYTES, 4);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) XskLayout.AF_XDP);
            address.set(ValueLayout.JAVA_SHORT, XskLayout.SOCKADDR_FLAGS, (short) flags);
            address.set(I, XskLayout.SOCKADDR_IFINDEX, ifindex);
            address.set(I, XskLayout.SOCKADDR_QUEUE, queue);
            address.set(I, XskLayout.SOCKADDR_SHARED_FD, sharedFd);
            final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BUSY_WAIT_MS);
            while (true) {
                final int result = Linux.bind(fd, address.address(), XskLayout.SOCKADDR_BYTES);
                if (result != -Errno.EBUSY || System.nanoTime() - deadlineNs >= 0
                        || Thread.currentThread().isInterrupted()) {
                    return Math.max(0, -result);
                }
                LockSupport.parkNanos(BUSY_PAUSE_NS);
            }
        }
    }

    private XskMode mode() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment flags = arena.allocate(I);
            final MemorySegment length = arena.allocateFrom(I, 4);
            Linux.check(Linux.getsockopt(fd, XskLayout.SOL_XDP, XskLayout.OPTIONS, flags.address(), length.address()),
                    "getsockopt(XDP_OPTIONS, device=" + device + ')');
            return (flags.get(I, 0) & XskLayout.OPTION_ZEROCOPY) != 0 ? XskMode.ZERO_COPY : XskMode.COPY;
        }
    }
}
