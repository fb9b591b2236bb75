package io.penstock.perf.bench.connections;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.XdpPortIo;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.xdp.HostAddresses;
import io.penstock.os.xdp.RedirectProgram;
import io.penstock.os.xdp.Umem;
import io.penstock.os.xdp.XskMode;
import io.penstock.os.xdp.XskOptions;
import io.penstock.os.xdp.XskSocket;
import io.penstock.perf.connections.tcp.TcpEnd;

/**
 * An AF_XDP socket on a device of a namespace, with clients or a server behind it.
 *
 * <p>Threads: one.
 */
final class XdpEnd implements AutoCloseable {

    /** Descriptors of each ring: all that {@link TcpOptions#AT_A_TIME} connections have under way, several times over. */
    private static final int RING = 4096;
    /** All rings full at once, and as many again. */
    private static final int FRAMES = 4 * RING;
    private static final int TX_BUDGET = 256;
    /** Connections that one round looks after, when they wait. */
    private static final int TENDED = 64;

    private final HostAddresses hostAddresses;
    private final Umem umem;
    private final RedirectProgram program;
    private final XskSocket socket;
    private final XdpPortIo port;
    private final Batch batch = new Batch();
    private final TxQueue queue = new TxQueue();
    private TcpEnd end;
    private long overflows;

    private XdpEnd(final String device, final long mac) {
        final int ifindex = Interfaces.byName(device).ifindex();
        hostAddresses = HostAddresses.create();
        umem = Umem.create(FRAMES, Umem.DEFAULT_FRAME_BYTES, 0, MappedMemory.Pages.HUGE);
        program = RedirectProgram.load(hostAddresses, 1, mac, false);
        program.attach(ifindex, RedirectProgram.AttachMode.NATIVE);
        socket = XskSocket.open(ifindex, device, 0, umem,
                XskOptions.DEFAULTS.withMode(XskMode.COPY).withRings(RING, RING, RING, RING).withSending(TX_BUDGET, 0));
        port = new XdpPortIo(socket.rx(), socket.tx(), socket.fill(), socket.completion(), socket.doorbell(), umem.free(), false);
        program.registerSocket(0, socket.fd());
        program.serve(null);
    }

    /** Opens one. */
    static XdpEnd open(final String namespace, final String device, final long mac) {
        return GatewayNetwork.within(namespace, () -> new XdpEnd(device, mac));
    }

    /** Its free frames. */
    FrameStack frames() {
        return umem.free();
    }

    /** Where in a frame a segment may begin. */
    int headroom() {
        return umem.packetOffset();
    }

    /** Who is behind it. */
    void end(final TcpEnd value) {
        end = value;
    }

    /** Takes a batch in, sends a batch, and lets its end see to what is not answered; how many segments came. */
    int round(final long nowNs) {
        final int n = port.receive(batch, Batch.CAPACITY);
        for (int i = 0; i < n; i++) {
            end.receive(batch.frame[i], batch.length[i], nowNs);
        }
        end.tend(nowNs, TENDED);
        if (end.pending() > 0) {
            queue.count = 0;
            end.give(queue);
            final int taken = port.send(queue);
            for (int i = taken; i < queue.count; i++) {
                umem.free().push(queue.frame[i]);
            }
            overflows += queue.count - taken;
        }
        return n;
    }

    /** Segments that the transmit ring had no place for; they were sent again later. */
    long overflows() {
        return overflows;
    }

    @Override
    public void close() {
        program.close();
        socket.close();
        umem.close();
        hostAddresses.close();
    }
}
