package io.penstock.os.packetsocket;

import io.penstock.os.hot.ring.PacketRxRing;
import io.penstock.os.hot.ring.PacketTx;
import io.penstock.os.hot.ring.TpacketLayout;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * One device through a raw AF_PACKET socket: a mapped TPACKET_V2 ring to receive, one system call a frame to send.
 *
 * <p>It is the fallback where AF_XDP cannot be had. What is different there:
 * <ol>
 *   <li>The socket gets copies: <b>the kernel handles every frame too</b>. Forwarding in the kernel must be off on the
 *       device, or packets leave twice, and the host answers what reaches its own addresses. The caller checks that.</li>
 *   <li>A device has one such socket, hence one queue: two would each get every frame.</li>
 *   <li>The device's MAC filter stays as it is; promiscuous mode is not touched. Frames that the host itself sends are
 *       not seen.</li>
 *   <li>The receive path has merged and untagged packets already. A VLAN tag is put back; what GRO, LRO or a sender's TSO
 *       made longer than a slot is counted as oversized and lost: {@code ethtool -K DEV gro off lro off}, and
 *       {@code tso off gso off} on a veth peer.</li>
 *   <li>A frame from a local sender may hold a partial checksum, as with AF_XDP.</li>
 * </ol>
 *
 * <p>Source: packet(7), kernel Documentation/networking/packet_mmap.rst. Threads: opened and closed by control, in the
 * device's network namespace; {@link #rx} and {@link #tx} by one worker, which has left them before {@link #close}.
 */
public final class PacketSocket implements AutoCloseable {

    /** What a socket receives. */
    public enum Traffic {
        /** IPv4 and IPv6, tagged or not; the rest is filtered in the kernel, which keeps ARP to itself. */
        IP,
        /** Every frame. */
        ALL
    }

    /**
     * Slots of the receive ring. Unit: packets. 4 MiB of kernel memory with 2 KiB slots; covers a pause of the worker of
     * 1 ms at 2 Mpps, which is more than AF_PACKET delivers. Lower: packets are lost (counted as dropped) in a short
     * pause. Higher: only memory.
     */
    public static final int DEFAULT_SLOTS = 2048;

    /** The longest frame of a 1500-byte MTU: Ethernet header, two VLAN tags, payload. Unit: bytes. */
    public static final int DEFAULT_FRAME_BYTES = 1522;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0x800 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_VERSION = 10;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int ETH_P_ALL = 3;
    private static final int SOCKADDR_LL_BYTES = 20;
    private static final int MAP_POPULATE = 0x8000;

    /** What the kernel allocates at once. Unit: bytes. Larger needs contiguous pages that a busy host may not have. */
    private static final int BLOCK_BYTES = 1 << 16;

    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfShort S = ValueLayout.JAVA_SHORT;

    private final int fd;
    private final String device;
    private final MappedMemory memory;
    private final PacketRxRing rx;
    private final PacketTx tx;
    private long receivedPackets;
    private long droppedPackets;
    private boolean open = true;

    private PacketSocket(
            final int fd, final String device, final MappedMemory memory, final int slotBytes, final int slots) {
        this.fd = fd;
        this.device = device;
        this.memory = memory;
        this.rx = new PacketRxRing(memory.address(), slotBytes, slots);
        this.tx = new PacketTx(fd);
    }

    /** Opens a socket with the default sizes. */
    public static PacketSocket open(final int ifindex, final String device, final Traffic traffic) {
        return open(ifindex, device, traffic, DEFAULT_SLOTS, DEFAULT_FRAME_BYTES);
    }

    /**
     * Opens a socket on a device of the calling thread's network namespace.
     *
     * @param ifindex    the device
     * @param device     its name, for messages
     * @param traffic    what to receive
     * @param slots      packets that the receive ring holds, a power of two of at least 64
     * @param frameBytes the longest frame that is received, 60 to 65000
     */
    public static PacketSocket open(
            final int ifindex, final String device, final Traffic traffic, final int slots, final int frameBytes) {
        if (Integer.bitCount(slots) != 1 || slots < 64 || slots > 1 << 20) {
            throw new IllegalArgumentException("slots must be a power of two from 64 to 1048576: slots=" + slots);
        }
        if (frameBytes < 60 || frameBytes > 65_000) {
            throw new IllegalArgumentException("frameBytes must be from 60 to 65000: frameBytes=" + frameBytes);
        }
        final int slotBytes = Math.max(2048, Integer.highestOneBit(frameBytes + TpacketLayout.HEADROOM_BYTES - 1) << 1);
        // Protocol 0 receives nothing: no packet may come before the filter and the ring are in place.
        final int fd = Linux.socket(AF_PACKET, SOCK_RAW_NONBLOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw new SysException("socket(AF_PACKET, device=" + device + ')', -fd, "run as root or grant CAP_NET_RAW");
        }
        MappedMemory memory = null;
        try {
            option(fd, device, "PACKET_VERSION", PACKET_VERSION, TpacketLayout.VERSION_2);
            option(fd, device, "PACKET_IGNORE_OUTGOING", PACKET_IGNORE_OUTGOING, 1);
            option(fd, device, "PACKET_QDISC_BYPASS", PACKET_QDISC_BYPASS, 1);
            if (traffic == Traffic.IP) {
                attachFilter(fd, device);
            }
            requestRing(fd, device, slotBytes, slots);
            memory = MappedMemory.ofFile(fd, 0, (long) slotBytes * slots, MAP_POPULATE);
            bind(fd, ifindex, device);
            return new PacketSocket(fd, device, memory, slotBytes, slots);
        } catch (final RuntimeException e) {
            if (memory != null) {
                memory.close();
            }
            Linux.close(fd);
            throw e;
        }
    }

    /** The device's name. */
    public String device() {
        return device;
    }

    /** The receiving side, for the worker. */
    public PacketRxRing rx() {
        return rx;
    }

    /** The sending side, for the worker. */
    public PacketTx tx() {
        return tx;
    }

    /** For poll(2): readable when a packet waits. */
    public int fd() {
        return fd;
    }

    /** The kernel's counts since the socket was opened. */
    public synchronized PacketStatistics statistics() {
        if (!open) {
            throw new IllegalStateException("the packet socket is closed: device=" + device);
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment stats = arena.allocate(8, 4);
            final MemorySegment length = arena.allocateFrom(I, 8);
            Linux.check(Linux.getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, stats.address(), length.address()),
                    "getsockopt(PACKET_STATISTICS, device=" + device + ')');
            // The kernel counts a dropped packet in both words, and starts again at zero with every read.
            final long dropped = Integer.toUnsignedLong(stats.get(I, 4));
            receivedPackets += Integer.toUnsignedLong(stats.get(I, 0)) - dropped;
            droppedPackets += dropped;
            return new PacketStatistics(receivedPackets, droppedPackets);
        }
    }

    /** Unmaps the ring, then closes the socket: a mapping alone would keep it receiving. */
    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            memory.close();
            Linux.close(fd);
        }
    }

    private static void option(final int fd, final String device, final String name, final int option, final int value) {
        Linux.check(Linux.setsockoptInt(fd, SOL_PACKET, option, value),
                "setsockopt(" + name + '=' + value + ", device=" + device + ')');
    }

    private static void requestRing(final int fd, final String device, final int slotBytes, final int slots) {
        final int blockBytes = Math.max(BLOCK_BYTES, slotBytes);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment request = arena.allocateFrom(
                    I, blockBytes, (int) ((long) slotBytes * slots / blockBytes), slotBytes, slots);
            final int result =
                    Linux.setsockopt(fd, SOL_PACKET, PACKET_RX_RING, request.address(), (int) request.byteSize());
            if (result < 0) {
                throw new SysException("setsockopt(PACKET_RX_RING, device=" + device + ", slots=" + slots + ", slotBytes="
                        + slotBytes + ')', -result, "free memory or lower the number of slots");
            }
        }
    }

    private static void bind(final int fd, final int ifindex, final String device) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = arena.allocate(SOCKADDR_LL_BYTES, 4);
            address.set(S, 0, (short) AF_PACKET);
            address.set(S.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) ETH_P_ALL);
            address.set(I, 4, ifindex);
            final int result = Linux.bind(fd, address.address(), SOCKADDR_LL_BYTES);
            if (result < 0) {
                throw new SysException("bind(AF_PACKET, device=" + device + ", ifindex=" + ifindex + ')', -result,
                        -result == Errno.ENODEV ? "list the devices of this network namespace with 'ip link'" : null);
            }
        }
    }

    private static void attachFilter(final int fd, final String device) {
        final long[] program = IpFilter.program();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment code = arena.allocateFrom(ValueLayout.JAVA_LONG, program);
            final MemorySegment holder = arena.allocate(16, 8);
            holder.set(S, 0, (short) program.length);
            holder.set(ValueLayout.JAVA_LONG, 8, code.address());
            Linux.check(Linux.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, holder.address(), 16),
                    "setsockopt(SO_ATTACH_FILTER, device=" + device + ')');
        }
    }
}
