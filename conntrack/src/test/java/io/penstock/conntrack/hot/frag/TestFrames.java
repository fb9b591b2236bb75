package io.penstock.conntrack.hot.frag;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Frames to give to a store, counted: each is free, or handed out. Packets end where their frame's window does, and the link header begins where
 * it begins, so that in checked mode nothing around a packet can be touched. Beside them room for a gathered packet, its plan, and a fragment.
 */
final class TestFrames implements AutoCloseable {

    static final int LINK_BYTES = 14;
    static final int WHOLE_CAPACITY = 65_535 + 40 + LINK_BYTES;

    private static final int FRAME_SHIFT = 17;
    private static final int HEADROOM = 64;

    private final MappedMemory memory;
    private final MappedMemory whole = MappedMemory.reserve(WHOLE_CAPACITY, MappedMemory.Pages.NORMAL);
    private final MappedMemory plan = MappedMemory.reserve(GatheredPlan.MAX_BYTES, MappedMemory.Pages.NORMAL);
    private final MappedMemory out = MappedMemory.reserve(1 << 17, MappedMemory.Pages.NORMAL);
    private final Deque<Long> free = new ArrayDeque<>();
    private final Set<Long> handedOut = new HashSet<>();

    TestFrames(final int frames) {
        memory = MappedMemory.reserveChunked((long) frames << FRAME_SHIFT, MappedMemory.Pages.NORMAL, FRAME_SHIFT);
        for (int i = 0; i < frames; i++) {
            free.add(memory.address() + ((long) i << FRAME_SHIFT) + HEADROOM);
        }
    }

    /** A frame with a packet behind a link header. */
    long put(final byte[] packet) {
        final long frame = free.remove();
        handedOut.add(frame);
        Regions.window(frame, LINK_BYTES + packet.length);
        Memory.fill(frame, LINK_BYTES, packet.length == 0 ? 0 : packet[packet.length - 1]);
        Memory.copyFromArray(packet, 0, frame + LINK_BYTES, packet.length);
        return frame;
    }

    /** Takes a frame back, once. */
    void free(final long frame) {
        assertTrue(handedOut.remove(frame), "a frame comes back that is not out");
        Regions.unwindow(frame);
        free.add(frame);
    }

    /** Takes back all that a store has released, and says how many. */
    int freeReleased(final FragmentStore store) {
        int frames = 0;
        for (long frame = store.takeReleased(); frame != 0; frame = store.takeReleased()) {
            free(frame);
            frames++;
        }
        return frames;
    }

    /** How many are out. */
    int held() {
        return handedOut.size();
    }

    long whole() {
        return whole.address();
    }

    long plan() {
        return plan.address();
    }

    /** Gives a fragment, and takes the frame back unless the store has it. */
    int add(final FragmentStore store, final byte[] packet, final long nowNs, final int device) {
        final long frame = put(packet);
        final int length = LINK_BYTES + packet.length;
        final int result = packet[0] >>> 4 == 4
                ? store.add4(frame, LINK_BYTES, length, nowNs, 0, 0, device)
                : store.add6(frame, LINK_BYTES, length, nowNs, 0, device);
        if (result > FragmentResult.WHOLE) {
            free(frame);
        }
        return result;
    }

    /** The packet that a store has put together. */
    byte[] copyWhole(final FragmentStore store) {
        final int length = store.wholeLength();
        assertEquals(length, store.copyTo(whole(), length, plan()));
        return bytes(whole() + LINK_BYTES, length - LINK_BYTES);
    }

    /** A fragment of the packet in {@link #whole}. */
    byte[] cut4(final int bytes, final int mtu, final int k) {
        return bytes(out.address(), Gathered4.write(out.address(), plan(), whole() + LINK_BYTES, bytes, mtu, k));
    }

    /** A fragment of the packet in {@link #whole}. */
    byte[] cut6(final int bytes, final int k, final int identification) {
        return bytes(out.address(), Gathered6.write(out.address(), plan(), whole() + LINK_BYTES, bytes, k, identification));
    }

    @Override
    public void close() {
        memory.close();
        whole.close();
        plan.close();
        out.close();
    }

    private static byte[] bytes(final long address, final int count) {
        final byte[] bytes = new byte[count];
        Memory.copyToArray(address, bytes, 0, count);
        return bytes;
    }
}
