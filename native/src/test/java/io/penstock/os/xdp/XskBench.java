package io.penstock.os.xdp;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.hot.ring.PacketTx;
import io.penstock.os.netns.NetNs;
import io.penstock.os.packetsocket.PacketSocket;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.TestNetNs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * left:p0 &lt;--veth--&gt; d0:mid:d1 &lt;--veth--&gt; p1:right, with AF_PACKET sockets at both ends and AF_XDP in the middle. Frames of
 * the tests have an ethertype of their own, so that what the kernels say to each other is told apart.
 */
final class XskBench implements AutoCloseable {

    static final int ETHERTYPE = 0x88B5;
    static final int FRAMES = 512;
    static final XskOptions SMALL = XskOptions.DEFAULTS.withRings(128, 128, 128, 128);

    final TestNetNs mid = TestNetNs.create("xm");
    final TestNetNs left = TestNetNs.create("xl");
    final TestNetNs right = TestNetNs.create("xr");
    final Umem umem = Umem.create(FRAMES, 2048, 0, MappedMemory.Pages.HUGE);
    final PacketSocket leftPort;
    final PacketSocket rightPort;

    private final MappedMemory scratch = MappedMemory.reserve(64 * 2048, MappedMemory.Pages.NORMAL);
    private final List<Runnable> closers = new ArrayList<>();
    private final long[] places = new long[32];
    private final int[] lengths = new int[32];

    XskBench() throws Exception {
        mid.veth("d0", left, "p0");
        mid.veth("d1", right, "p1");
        leftPort = NetNs.within(left.name(),
                () -> PacketSocket.open(ifindex(left, "p0"), "p0", PacketSocket.Traffic.ALL, 1024, 1982));
        rightPort = NetNs.within(right.name(),
                () -> PacketSocket.open(ifindex(right, "p1"), "p1", PacketSocket.Traffic.ALL, 1024, 1982));
        for (int i = 0; i < places.length; i++) {
            places[i] = scratch.address() + i * 2048L;
        }
    }

    static int ifindex(final TestNetNs ns, final String device) {
        return Integer.parseInt(ns.ip("-o link show dev %s", device).split(":")[0]);
    }

    /** Opens a socket on queue 0 of a device of mid. */
    XskSocket open(final String device, final Umem frames, final XskOptions options) throws Exception {
        return open(device, 0, frames, options);
    }

    XskSocket open(final String device, final int queue, final Umem frames, final XskOptions options) throws Exception {
        final int ifindex = ifindex(mid, device);
        final XskSocket socket =
                NetNs.within(mid.name(), () -> XskSocket.open(ifindex, device, queue, frames, options));
        closers.add(socket::close);
        return socket;
    }

    /** Attaches the redirect to a socket's device and serves the socket. */
    void redirect(final XskSocket socket, final int mode) throws Exception {
        final TestRedirect redirect = NetNs.within(mid.name(), () -> new TestRedirect(socket.ifindex(), mode));
        closers.add(redirect::close);
        redirect.serve(socket);
    }

    /** Sends a frame of the tests' ethertype that holds a number and a pattern made of it. */
    static void send(final PacketSocket port, final long at, final int number, final int length) {
        Memory.fill(at, 6, (byte) 0xFF);
        Memory.fill(at + 6, 6, (byte) 2);
        Memory.putShortBE(at + 12, ETHERTYPE);
        for (int i = 14; i + 4 <= length; i += 4) {
            Memory.putIntBE(at + i, number);
        }
        await("the frame to be sent", () -> port.tx().send(at, length) == PacketTx.SENT);
    }

    void sendLeft(final int number, final int length) {
        send(leftPort, scratch.address() + 40 * 2048, number, length);
    }

    /** Takes what has arrived of the tests' frames: number and length of each. */
    List<int[]> arrived(final PacketSocket port) {
        final List<int[]> result = new ArrayList<>();
        final int count = port.rx().receive(places, lengths, places.length, 2048);
        for (int i = 0; i < count; i++) {
            if (Memory.getUnsignedShortBE(places[i] + 12) == ETHERTYPE) {
                final int number = Memory.getIntBE(places[i] + 14);
                for (int at = 18; at + 4 <= lengths[i]; at += 4) {
                    if (Memory.getIntBE(places[i] + at) != number) {
                        throw new AssertionError("frame " + number + " is damaged at byte " + at);
                    }
                }
                result.add(new int[] {number, lengths[i]});
            }
        }
        return result;
    }

    /** One round of a worker that forwards all that one socket receives to the other; returns what it had to drop. */
    int forward(final XskSocket from, final XskSocket to) {
        final FrameStack free = umem.free();
        from.completion().drain(free, 64);
        to.completion().drain(free, 64);
        from.fill().refill(free, 64);
        final int count = from.rx().peek(64);
        final int room = to.tx().reserve(count);
        for (int i = 0; i < count; i++) {
            if (i < room) {
                to.tx().put(from.rx().address(i), from.rx().length(i));
            } else {
                free.push(from.rx().address(i));
            }
        }
        from.rx().release(count);
        to.tx().submit();
        if (to.tx().pending() > 0 && to.tx().needsWakeup()) {
            to.kickTx();
        }
        return count - room;
    }

    /** The sum over all places where a frame can be. */
    int frames(final XskSocket... sockets) {
        int sum = umem.free().count();
        for (final XskSocket socket : sockets) {
            sum += socket.framesReceiving() + socket.framesSending();
        }
        return sum;
    }

    static void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("waited 5 s for " + what);
            }
            LockSupport.parkNanos(100_000);
        }
    }

    @Override
    public void close() {
        closers.reversed().forEach(Runnable::run);
        leftPort.close();
        rightPort.close();
        umem.close();
        scratch.close();
        right.close();
        left.close();
        mid.close();
    }
}
