package io.penstock.dataplane.hot.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.ring.CompletionRing;
import io.penstock.os.hot.ring.Doorbell;
import io.penstock.os.hot.ring.FillRing;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.hot.ring.RingOffsets;
import io.penstock.os.hot.ring.RxRing;
import io.penstock.os.hot.ring.TxRing;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * When the kernel is woken. The test plays the kernel's side of the rings; the doorbell rings at a socket of datagrams, each ring
 * takes one.
 */
class XdpPortIoTest {

    private static final RingOffsets OFFSETS = new RingOffsets(0, 64, 192, 128);
    private static final int SIZE = 8;
    private static final int RING_BYTES = 512;
    private static final int FRAME_BYTES = 2048;
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
    private static final int DATAGRAMS = 4;

    private final MappedMemory rings = MappedMemory.reserve(4 * RING_BYTES, MappedMemory.Pages.NORMAL);
    private final MappedMemory umem = MappedMemory.reserve(SIZE * FRAME_BYTES, MappedMemory.Pages.NORMAL);
    private final MappedMemory name = MappedMemory.reserve(64, MappedMemory.Pages.NORMAL);
    private final FrameStack frames = new FrameStack(umem.address(), FRAME_BYTES, SIZE);
    private final Batch batch = new Batch();
    private int nameBytes;
    private int socket;
    private XdpPortIo port;

    @BeforeEach
    void open() {
        final byte[] path = ("\0penstock-doorbell-" + ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        Memory.putShort(name.address(), AF_UNIX);
        Memory.copyFromArray(path, 0, name.address() + 2, path.length);
        nameBytes = 2 + path.length;
        socket = (int) Linux.check(Linux.socket(AF_UNIX, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0), "socket()");
        Linux.check(Linux.bind(socket, name.address(), nameBytes), "bind()");
        port = new XdpPortIo(
                new RxRing(rings.address(), OFFSETS, SIZE, umem.address()),
                new TxRing(rings.address() + RING_BYTES, OFFSETS, SIZE, umem.address()),
                new FillRing(fill(), OFFSETS, SIZE, umem.address()),
                new CompletionRing(rings.address() + 3 * RING_BYTES, OFFSETS, SIZE, umem.address()),
                new Doorbell(socket), frames, false);
    }

    @AfterEach
    void close() {
        Linux.close(socket);
        rings.close();
        umem.close();
        name.close();
    }

    @Test
    void shouldWakeTheKernelWhenItsWishIsSeenOnlyAfterTheRingWasFilled() {
        assertEquals(0, frames.count(), "all are in the fill ring");
        assertEquals(0, rings(() -> assertEquals(0, port.receive(batch, Batch.CAPACITY))));
        wish(true);
        assertEquals(1, rings(() -> assertEquals(0, port.receive(batch, Batch.CAPACITY))));
        assertEquals(1, rings(() -> port.receive(batch, Batch.CAPACITY)), "it could not do it the first time");
        wish(false);
        assertEquals(0, rings(() -> port.receive(batch, Batch.CAPACITY)));
    }

    @Test
    void shouldLetTheKernelSleepWhenThereIsNoFrameForIt() {
        Memory.putIntRelease(fill() + OFFSETS.consumer(), SIZE);
        wish(true);
        assertEquals(0, rings(() -> port.receive(batch, Batch.CAPACITY)));
        frames.push(umem.address());
        assertEquals(1, rings(() -> port.receive(batch, Batch.CAPACITY)));
    }

    private long fill() {
        return rings.address() + 2 * RING_BYTES;
    }

    private void wish(final boolean wake) {
        Memory.putIntRelease(fill() + OFFSETS.flags(), wake ? 1 : 0);
    }

    /** How often an action rings. */
    private int rings(final Runnable action) {
        for (int i = 0; i < DATAGRAMS; i++) {
            Linux.check(Linux.sendto(socket, 0, 0, 0, name.address(), nameBytes), "sendto()");
        }
        action.run();
        int left = 0;
        while (Linux.recvfrom(socket, 0, 0, 0, 0, 0) >= 0) {
            left++;
        }
        assertTrue(left > 0, "it rings more often than the test can count");
        return DATAGRAMS - left;
    }
}
