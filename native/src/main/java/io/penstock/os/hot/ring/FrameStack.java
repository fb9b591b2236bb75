package io.penstock.os.hot.ring;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;

/**
 * The free frames of one worker's UMEM, last in first out, so that the frame that is used next is the one that was
 * touched last.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every frame of the UMEM is on the stack at most once, and none that is not of the UMEM: the stack has room for
 *       exactly all of them, so that a push cannot overflow. Checked mode throws on a frame that is free already.</li>
 *   <li>A pop needs {@code count() > 0}: the caller asks first, because having no frame is a drop reason of its own.</li>
 *   <li>The stack holds frame starts; a push accepts any address inside the frame.</li>
 *   <li>Large frames, for packets that are put together of fragments, are of another memory and never on a ring. A push tells them from others.</li>
 * </ol>
 *
 * <p>Threads: one, the worker.
 */
public final class FrameStack {

    /** As a shift, what {@link #LARGE_FRAME_BYTES} are. */
    public static final int LARGE_FRAME_SHIFT = 17;
    /** Bytes of a large frame: the longest packet, what is in front of it, and a list of the pieces that it came in behind it. */
    public static final long LARGE_FRAME_BYTES = 1L << LARGE_FRAME_SHIFT;

    /** Large frames that there may be: 8 MiB of them. */
    private static final int MOST_LARGE = 64;

    private final long[] frames;
    private final long base;
    private final int frameShift;
    private final long frameMask;
    private final boolean[] free;
    private int count;
    private long largeBase;
    private long largeBytes;
    private final long[] large = new long[MOST_LARGE];
    private int largeCapacity;
    private int largeCount;

    /**
     * A stack that holds all frames, the lowest address on top.
     *
     * @param base       the first frame's address, a multiple of {@code frameBytes}
     * @param frameBytes bytes in a frame, a power of two
     * @param frames     how many frames there are
     */
    public FrameStack(final long base, final int frameBytes, final int frames) {
        if (Integer.bitCount(frameBytes) != 1 || (base & (frameBytes - 1)) != 0) {
            throw new IllegalArgumentException("frames must be aligned powers of two: base=0x" + Long.toHexString(base)
                    + " frameBytes=" + frameBytes);
        }
        this.frames = new long[frames];
        this.base = base;
        this.frameShift = Integer.numberOfTrailingZeros(frameBytes);
        this.frameMask = -(long) frameBytes;
        this.free = Memory.CHECKED ? new boolean[frames] : null;
        for (int i = frames - 1; i >= 0; i--) {
            push(base + (long) i * frameBytes);
        }
    }

    /** Takes a frame and returns its start; {@link #count} must not be 0. */
    public long pop() {
        if (Memory.CHECKED && count == 0) {
            throw new IllegalStateException("pop from an empty frame stack: capacity=" + frames.length);
        }
        final long frame = frames[--count];
        if (Memory.CHECKED) {
            free[(int) index(frame)] = false;
        }
        return frame;
    }

    /** Lets large frames be had too: all of a memory, which is aligned to {@link #LARGE_FRAME_BYTES}. Before the first of them is asked for. */
    public void addLarge(final long address, final int frameCount) {
        if (frameCount > MOST_LARGE) {
            throw new IllegalArgumentException("there are too many large frames: frames=" + frameCount + " most=" + MOST_LARGE);
        }
        largeBase = address;
        largeBytes = (long) frameCount * LARGE_FRAME_BYTES;
        largeCapacity = frameCount;
        for (int i = frameCount - 1; i >= 0; i--) {
            large[largeCount++] = address + (long) i * LARGE_FRAME_BYTES;
        }
    }

    /** Takes a large frame and returns its start; {@link #largeCount} must not be 0. */
    public long popLarge() {
        return large[--largeCount];
    }

    /** How many large frames are free. */
    public int largeCount() {
        return largeCount;
    }

    /** How many large frames there are. */
    public int largeCapacity() {
        return largeCapacity;
    }

    private void pushLarge(final long address) {
        final long frame = largeBase + (address - largeBase & -LARGE_FRAME_BYTES);
        if (Memory.CHECKED) {
            for (int i = 0; i < largeCount; i++) {
                if (large[i] == frame) {
                    throw new IllegalStateException("push of a large frame that is free already: frame=0x" + Long.toHexString(frame));
                }
            }
            Regions.unwindow(frame);
        }
        large[largeCount++] = frame;
    }

    /** Gives the frame back that holds the address. In checked mode its window is the whole frame again. */
    public void push(final long address) {
        if (Long.compareUnsigned(address - largeBase, largeBytes) < 0) {
            pushLarge(address);
            return;
        }
        final long frame = address & frameMask;
        if (Memory.CHECKED) {
            checkPush(frame);
        }
        frames[count++] = frame;
    }

    /** How many frames are free. */
    public int count() {
        return count;
    }

    /** How many frames the UMEM has. */
    public int capacity() {
        return frames.length;
    }

    private void checkPush(final long frame) {
        final long index = index(frame);
        if (index < 0 || index >= frames.length) {
            throw new IllegalStateException("push of a frame of another UMEM: frame=0x" + Long.toHexString(frame)
                    + " base=0x" + Long.toHexString(base) + " capacity=" + frames.length);
        }
        if (free[(int) index]) {
            throw new IllegalStateException("push of a frame that is free already: frame=0x" + Long.toHexString(frame)
                    + " index=" + index);
        }
        free[(int) index] = true;
        Regions.unwindow(frame);
    }

    private long index(final long frame) {
        return frame - base >> frameShift;
    }
}
