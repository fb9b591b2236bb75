package io.penstock.os.xdp;

import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The frames of one worker, shared by all its sockets, so that forwarding moves a descriptor and not the bytes.
 *
 * <pre>
 *   frame  +-------------------------+------------------+-------------------------------------+
 *          | 256 bytes of the kernel | headroom, if any | packet, at most largestPacketBytes  |
 *          +-------------------------+------------------+-------------------------------------+
 *          0                         256                packetOffset                          frameBytes
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>The first socket registers the memory with the kernel and decides copy or zero-copy; every further one shares it.
 *       When the last socket is closed the kernel forgets the memory, and the next socket is a first one again.</li>
 *   <li>A frame is owned by exactly one of: the free stack, a fill ring, the kernel, an RX ring, a batch, a parking place, a
 *       TX ring, a completion ring. {@link XskSocket#framesReceiving} and {@link XskSocket#framesSending} count what is with
 *       the kernel, so that the sum can be checked.</li>
 *   <li>In checked mode each frame has a window of its own.</li>
 * </ol>
 *
 * <p>The memory is first touched when the first socket pins it, by the thread that opens it: open the sockets on the
 * worker's CPU to have the frames on its node. Threads: sockets are opened and closed under this object's lock; the frames
 * and {@link #free} belong to the worker.
 */
public final class Umem implements AutoCloseable {

    /**
     * Bytes in a frame. 2048 leaves 1792 for a packet: a 1500-byte MTU with tags and tunnels. Lower is not offered by the
     * kernel; 4096, the most it offers, leaves 3840 and touches twice the pages.
     */
    public static final int DEFAULT_FRAME_BYTES = 2048;

    /**
     * Large frames. Unit: frames. As many packets put together of fragments can be in a batch, on their way to the host, or held; they take memory when they
     * are used.
     */
    private static final int LARGE_FRAMES = 64;

    private final MappedMemory memory;
    private final MappedMemory large;
    private final int frames;
    private final int frameBytes;
    private final int headroomBytes;
    private final FrameStack free;
    private final List<XskSocket> sockets = new ArrayList<>();

    private Umem(final MappedMemory memory, final int frames, final int frameBytes, final int headroomBytes) {
        this.memory = memory;
        this.frames = frames;
        this.frameBytes = frameBytes;
        this.headroomBytes = headroomBytes;
        this.free = new FrameStack(memory.address(), frameBytes, frames);
        this.large = MappedMemory.reserveChunked(
                LARGE_FRAMES * FrameStack.LARGE_FRAME_BYTES, MappedMemory.Pages.NORMAL, FrameStack.LARGE_FRAME_SHIFT);
        this.free.addLarge(large.address(), LARGE_FRAMES);
    }

    /**
     * Reserves the memory.
     *
     * @param frames        how many: for each port its fill and TX rings' sizes, and a few batches; too few starve the fill
     *                      rings, too many are cache-cold
     * @param frameBytes    2048 or 4096
     * @param headroomBytes free bytes that the kernel leaves before each received packet on top of its own 256, to prepend
     *                      tunnel headers
     * @param pages         huge pages save the kernel and the worker TLB misses
     */
    public static Umem create(
            final int frames, final int frameBytes, final int headroomBytes, final MappedMemory.Pages pages) {
        if (frameBytes != 2048 && frameBytes != 4096) {
            throw new IllegalArgumentException("frameBytes must be 2048 or 4096: frameBytes=" + frameBytes);
        }
        if (frames < 1 || frames > 1 << 24) {
            throw new IllegalArgumentException("frames must be from 1 to 16777216: frames=" + frames);
        }
        if (headroomBytes < 0 || headroomBytes > frameBytes / 2 - XskLayout.XDP_HEADROOM_BYTES) {
            throw new IllegalArgumentException("headroomBytes must be from 0 to "
                    + (frameBytes / 2 - XskLayout.XDP_HEADROOM_BYTES) + ": headroomBytes=" + headroomBytes);
        }
        final MappedMemory memory = MappedMemory.reserveChunked(
                (long) frames * frameBytes, pages, Integer.numberOfTrailingZeros(frameBytes));
        return new Umem(memory, frames, frameBytes, headroomBytes);
    }

    /** The address of the first frame. */
    public long address() {
        return memory.address();
    }

    /** How many frames there are. */
    public int frames() {
        return frames;
    }

    /** Bytes in a frame. */
    public int frameBytes() {
        return frameBytes;
    }

    /** Where in a frame a received packet begins. */
    public int packetOffset() {
        return XskLayout.XDP_HEADROOM_BYTES + headroomBytes;
    }

    /** The longest packet that is received; the kernel drops longer ones and counts them as rxDropped. */
    public int largestPacketBytes() {
        return frameBytes - packetOffset();
    }

    /** The free frames, for the worker. */
    public FrameStack free() {
        return free;
    }

    /** The start of the frame that holds an address. */
    public long frameOf(final long address) {
        return address & -(long) frameBytes;
    }

    /** Gives the memory back; all sockets must be closed. */
    @Override
    public synchronized void close() {
        if (!sockets.isEmpty()) {
            throw new IllegalStateException("a UMEM cannot be closed while sockets use it: sockets=" + sockets);
        }
        large.close();
        memory.close();
    }

    /** Bytes before a received packet on top of the kernel's own. */
    int headroomBytes() {
        return headroomBytes;
    }

    /** Bytes that the kernel pins. */
    long bytes() {
        return (long) frames * frameBytes;
    }

    /** A socket that has this memory bound, or null when there is none. */
    XskSocket first() {
        return sockets.isEmpty() ? null : sockets.getFirst();
    }

    /** The socket of this memory on a queue, or null. */
    XskSocket on(final int ifindex, final int queue) {
        return sockets.stream().filter(s -> s.ifindex() == ifindex && s.queue() == queue).findFirst().orElse(null);
    }

    void add(final XskSocket socket) {
        sockets.add(socket);
    }

    void remove(final XskSocket socket) {
        sockets.remove(socket);
    }

    /** Announces the memory to the kernel on a socket; 0 or a negative errno. */
    int register(final int fd) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment request = arena.allocate(XskLayout.UMEM_REG_BYTES, 8);
            request.set(ValueLayout.JAVA_LONG, 0, memory.address());
            request.set(ValueLayout.JAVA_LONG, XskLayout.UMEM_REG_LENGTH, bytes());
            request.set(ValueLayout.JAVA_INT, XskLayout.UMEM_REG_CHUNK, frameBytes);
            request.set(ValueLayout.JAVA_INT, XskLayout.UMEM_REG_HEADROOM, headroomBytes);
            return Linux.setsockopt(
                    fd, XskLayout.SOL_XDP, XskLayout.UMEM_REG, request.address(), XskLayout.UMEM_REG_BYTES);
        }
    }
}
