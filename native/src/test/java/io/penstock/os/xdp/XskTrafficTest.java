package io.penstock.os.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.ring.Doorbell;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Privileged;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Packets through AF_XDP sockets on veth pairs. */
@Privileged
class XskTrafficTest {

    private static final int PACKETS = 600;

    private XskBench bench;

    @BeforeEach
    void makeNamespaces() throws Exception {
        bench = new XskBench();
    }

    @AfterEach
    void removeNamespaces() {
        if (bench != null) {
            bench.close();
        }
    }

    @Test
    void shouldForwardByMovingDescriptorsWhenTheProgramIsNative() throws Exception {
        forward(TestRedirect.NATIVE);
    }

    @Test
    void shouldForwardByMovingDescriptorsWhenTheProgramIsGeneric() throws Exception {
        forward(TestRedirect.GENERIC);
    }

    /** Frames of all lengths up to the MTU's, in order, whole, on a shared UMEM; none is lost and every frame is found. */
    private void forward(final int mode) throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL);
        final XskSocket d1 = bench.open("d1", bench.umem, XskBench.SMALL);
        // First frames, then the program: the kernel's own packets come when they like, and are dropped where no frame is.
        d0.fill().refill(bench.umem.free(), 128);
        bench.redirect(d0, mode);
        bench.redirect(d1, mode);
        final List<int[]> got = new ArrayList<>();
        int dropped = 0;
        for (int i = 0; i < PACKETS; i++) {
            bench.sendLeft(i, i % 3 == 0 ? 1514 : 60 + i);
            if (i % 16 == 15) {
                dropped += bench.forward(d0, d1);
                got.addAll(bench.arrived(bench.rightPort));
            }
        }
        final int[] drops = {dropped};
        XskBench.await("all packets", () -> {
            drops[0] += bench.forward(d0, d1);
            got.addAll(bench.arrived(bench.rightPort));
            return got.size() == PACKETS;
        });
        for (int i = 0; i < PACKETS; i++) {
            assertEquals(i, got.get(i)[0]);
            assertEquals(i % 3 == 0 ? 1514 : 60 + i, got.get(i)[1]);
        }
        XskBench.await("all completions", () -> {
            bench.forward(d0, d1);
            return d1.framesSending() == 0;
        });
        assertEquals(0, drops[0]);
        assertEquals(XskBench.FRAMES, bench.frames(d0, d1));
        assertEquals(0, d0.statistics().rxDropped());
        assertEquals(0, d0.statistics().rxRingFull());
        assertEquals(0, d0.statistics().rxInvalidDescs());
        assertEquals(0, d1.statistics().txInvalidDescs());
    }

    @Test
    void shouldLayAPacketAfterTheHeadroom() throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL);
        bench.redirect(d0, TestRedirect.NATIVE);
        d0.fill().refill(bench.umem.free(), 8);
        bench.sendLeft(7, 100);
        XskBench.await("the packet", () -> receivedOurs(d0));
        final long address = d0.rx().address(0);
        assertEquals(100, d0.rx().length(0));
        assertEquals(0, d0.rx().options(0));
        assertEquals(256, bench.umem.packetOffset());
        assertEquals(bench.umem.frameOf(address) + 256, address);
        assertEquals(1792, bench.umem.largestPacketBytes());
        // The packet may be sent back from an earlier address, with a header put before it.
        Memory.copy(address, address - 20, 14);
        Memory.fill(address - 6, 20, (byte) 0);
        for (int at = -6; at + 4 <= 100; at += 4) {
            Memory.putIntBE(address + at, 9);
        }
        assertEquals(1, d0.tx().reserve(1));
        d0.tx().put(address - 20, 120);
        d0.rx().release(1);
        d0.tx().submit();
        assertTrue(d0.tx().needsWakeup(), "copy mode wants a call for every transmission");
        assertEquals(Doorbell.RUNG, d0.kickTx());
        final List<int[]> back = new ArrayList<>();
        XskBench.await("the packet with its header", () -> {
            back.addAll(bench.arrived(bench.leftPort));
            return !back.isEmpty();
        });
        assertEquals(9, back.getFirst()[0]);
        assertEquals(120, back.getFirst()[1]);
    }

    @Test
    void shouldLeaveTheHeadroomThatWasAskedFor() throws Exception {
        try (Umem big = Umem.create(64, 4096, 64, MappedMemory.Pages.NORMAL);
                XskSocket d0 = bench.open("d0", big, XskBench.SMALL)) {
            bench.redirect(d0, TestRedirect.GENERIC);
            d0.fill().refill(big.free(), 32);
            bench.sendLeft(7, 1514);
            XskBench.await("the packet", () -> receivedOurs(d0));
            assertEquals(320, big.packetOffset());
            assertEquals(320, d0.rx().address(0) - big.frameOf(d0.rx().address(0)));
            assertEquals(1514, d0.rx().length(0));
        }
    }

    @Test
    void shouldSendTheWholeBudgetWithOneKick() throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL);
        assertEquals(List.of(), d0.notes());
        final int count = d0.tx().reserve(1000);
        assertEquals(128, count);
        for (int i = 0; i < count; i++) {
            final long frame = bench.umem.free().pop();
            Memory.fill(frame, 60, (byte) 0xFF);
            Memory.putShortBE(frame + 12, XskBench.ETHERTYPE);
            Memory.putIntBE(frame + 14, -1);
            d0.tx().put(frame, 60);
        }
        d0.tx().submit();
        final int answer = d0.kickTx();
        assertEquals(0, d0.tx().pending(), "answer=" + answer);
        final List<int[]> got = new ArrayList<>();
        XskBench.await("all packets and completions", () -> {
            d0.completion().drain(bench.umem.free(), 64);
            got.addAll(bench.arrived(bench.leftPort));
            return got.size() == count && d0.framesSending() == 0;
        });
        assertEquals(XskBench.FRAMES, bench.umem.free().count());
    }

    @Test
    void shouldCountWhatIsLostWhenTheFillRingIsEmpty() throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL);
        bench.redirect(d0, TestRedirect.NATIVE);
        for (int i = 0; i < 5; i++) {
            bench.sendLeft(i, 60);
        }
        XskBench.await("the count", () -> d0.statistics().rxFillRingEmpty() >= 5);
        assertEquals(0, d0.rx().peek(64));
    }

    @Test
    void shouldCountWhatIsLostWhenTheRxRingIsFull() throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskOptions.DEFAULTS.withRings(32, 128, 32, 32));
        bench.redirect(d0, TestRedirect.NATIVE);
        d0.fill().refill(bench.umem.free(), 128);
        for (int i = 0; i < 50; i++) {
            bench.sendLeft(i, 60);
        }
        XskBench.await("the count", () -> d0.statistics().rxRingFull() >= 18);
        assertEquals(32, d0.rx().peek(64));
        assertEquals(XskBench.FRAMES, bench.frames(d0), "what the kernel dropped is still in its hands");
    }

    @Test
    void shouldCountWhatIsLongerThanAFrame() throws Exception {
        bench.mid.ip("link set d0 mtu 1900");
        bench.left.ip("link set p0 mtu 1900");
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL);
        d0.fill().refill(bench.umem.free(), 128);
        bench.redirect(d0, TestRedirect.NATIVE);
        bench.sendLeft(1, 1793);
        bench.sendLeft(2, 1792);
        XskBench.await("the packet that fits", () -> receivedOurs(d0));
        assertEquals(1792, d0.rx().length(0));
        assertEquals(1, d0.statistics().rxDropped());
    }

    @Test
    void shouldTellThatTheLinkIsDownWhenKicked() throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL);
        bench.mid.ip("link set d0 down");
        assertEquals(1, d0.tx().reserve(1));
        d0.tx().put(bench.umem.free().pop(), 60);
        d0.tx().submit();
        assertEquals(-Errno.ENETDOWN, d0.kickTx());
        assertEquals(-Errno.ENETDOWN, d0.kickRx());
        assertEquals(1, d0.tx().pending(), "the frame stays in the ring");
    }

    @Test
    void shouldCountADescriptorThatCrossesAFrame() throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL);
        assertEquals(1, d0.tx().reserve(1));
        d0.tx().put(bench.umem.free().pop() + 2000, 60);
        d0.tx().submit();
        d0.kickTx();
        assertEquals(1, d0.statistics().txInvalidDescs());
    }

    @Test
    void shouldReceiveWhenBusyPolling() throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL.withBusyPoll(20, 64));
        assertEquals(List.of(), d0.notes());
        bench.redirect(d0, TestRedirect.NATIVE);
        d0.fill().refill(bench.umem.free(), 64);
        bench.sendLeft(3, 60);
        XskBench.await("the packet", () -> {
            assertEquals(Doorbell.RUNG, d0.kickRx());
            return receivedOurs(d0);
        });
    }

    /** Leaves a packet of the tests at position 0 and gives back what the kernels said before it. */
    private boolean receivedOurs(final XskSocket socket) {
        while (socket.rx().peek(1) == 1) {
            if (Memory.getUnsignedShortBE(socket.rx().address(0) + 12) == XskBench.ETHERTYPE) {
                return true;
            }
            socket.umem().free().push(socket.rx().address(0));
            socket.rx().release(1);
        }
        return false;
    }
}
