package io.penstock.dataplane.testkit.soak;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Outcome;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.hot.packet.EthernetLayout;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What one worker is given by its two ports, and what becomes of it: a batch's packets are settled when the worker asks for the next ones. */
final class SoakTray {

    /** Bytes of the longest packet here, with its Ethernet header. */
    private static final int LONGEST = 128;

    private final SoakTraffic traffic;
    private final SoakStrangers strangers;
    private final int worker;
    private final FrameStack frames;
    private final SoakOrder[] orders = new SoakOrder[Batch.CAPACITY];
    private final Port[] ports = {new Port(0), new Port(1)};
    private Batch batch;
    private int count;

    SoakTray(final SoakTraffic traffic, final int worker, final FrameStack frames) {
        this.traffic = traffic;
        this.strangers = traffic.strangers();
        this.worker = worker;
        this.frames = frames;
    }

    /** The port of a side: 0 the clients', 1 the servers'. */
    PortIo port(final int side) {
        return ports[side];
    }

    /** Gives the worker a packet. Any thread. */
    void give(final int side, final SoakOrder order) {
        ports[side].offered.add(order);
    }

    private void settle() {
        final int n = count;
        count = 0;
        for (int slot = 0; slot < n; slot++) {
            final int outcome = batch.outcome[slot];
            final SoakOrder order = orders[slot];
            if (Outcome.kind(outcome) == Outcome.FORWARDED && order.leftBy != SoakOrder.NOWHERE) {
                traffic.settle(order, null);
            } else if (Outcome.kind(outcome) == Outcome.DROPPED && order.leftBy == SoakOrder.NOWHERE) {
                traffic.settle(order, DropReason.of(Outcome.payload(outcome)));
            } else {
                traffic.violated("outcome=" + outcome + " of " + order);
                traffic.settle(order, DropReason.CONNECTION_GONE);
            }
        }
    }

    private final class Port implements PortIo {

        private final int side;
        private final Queue<SoakOrder> offered = new ConcurrentLinkedQueue<>();
        private final PortTally tally = new PortTally();

        private Port(final int side) {
            this.side = side;
        }

        @Override
        public int receive(final Batch b, final int max) {
            settle();
            int n = 0;
            for (final SoakOrder order : strangers.next(worker, side)) {
                write(b, n, order);
                n++;
            }
            for (SoakOrder order = next(n, max); order != null; order = next(n, max)) {
                write(b, n, order);
                n++;
            }
            batch = b;
            count = n;
            tally.rxPackets += n;
            return n;
        }

        private SoakOrder next(final int n, final int max) {
            return n < max && frames.count() > 0 ? offered.poll() : null;
        }

        private void write(final Batch b, final int slot, final SoakOrder order) {
            final long frame = frames.pop() + MemoryPortIo.HEADROOM;
            Regions.window(frame, LONGEST);
            b.frame[slot] = frame;
            b.length[slot] = order.write(frame, slot, Packets.HOST_MAC, Packets.PORT_MAC);
            Regions.window(frame, b.length[slot]);
            orders[slot] = order;
        }

        @Override
        public int send(final TxQueue queue) {
            for (int i = 0; i < queue.count; i++) {
                final long frame = queue.frame[i];
                final SoakOrder order = orders[SoakOrder.number(frame)];
                if (EthernetLayout.etherType(frame) != EthernetLayout.TYPE_IPV4 || order.leftBy != SoakOrder.NOWHERE
                        || !order.leave(side, frame)) {
                    traffic.violated("left a second time, or with a wrong checksum: " + order);
                }
                frames.push(frame);
            }
            tally.txPackets += queue.count;
            return queue.count;
        }

        @Override
        public PortTally tally() {
            return tally;
        }
    }
}
