package io.penstock.dataplane.run;

import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.port.HandoffDrain;
import io.penstock.dataplane.hot.port.HandoffPortIo;
import io.penstock.dataplane.hot.port.HandoffRing;
import io.penstock.dataplane.worker.Worker;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * The ways between workers, for ports with fewer queues than there are workers: a ring for each worker without a queue and
 * each such port, drained by the worker that serves queue {@code worker % queues}. A worker hands all its packets for a port
 * to the same one, so that they keep their order.
 *
 * <p>Threads: control, before the workers run and after they have ended.
 */
final class Handoffs implements AutoCloseable {

    private final List<WorkerSeat> seats;
    private final List<MappedMemory> memory = new ArrayList<>();
    private final List<Way> ways = new ArrayList<>();

    Handoffs(final List<WorkerSeat> seats) {
        this.seats = seats;
    }

    /** The end of a port for a worker that has no queue of it; the same one again when the port's device has come back. */
    PortIo from(final WorkerSeat seat, final LivePort port) {
        for (final Way way : ways) {
            if (way.sender == seat.index() && way.port == port.device().index()) {
                return way.end;
            }
        }
        if (seat.umem().largestPacketBytes() > HandoffRing.MAX_PACKET_BYTES) {
            throw new IllegalStateException("packets do not fit into a hand-off: bytes=" + seat.umem().largestPacketBytes()
                    + " room=" + HandoffRing.MAX_PACKET_BYTES);
        }
        final MappedMemory bytes = MappedMemory.reserve(HandoffRing.BYTES, MappedMemory.Pages.HUGE);
        memory.add(bytes);
        final HandoffRing ring = new HandoffRing(bytes.address());
        final WorkerSeat owner = seats.get(port.ends().get(seat.index() % port.ends().size()).worker());
        final PortIo end = new HandoffPortIo(ring, seat.umem().free(), owner.pollSet());
        ways.add(new Way(ring, end, seat.index(), owner.index(), port.device().index()));
        return end;
    }

    /** Lets the owners drain what was opened by {@link #from}. */
    void connect(final List<Worker> workers, final List<Lane> lanes) {
        for (final Way way : ways) {
            workers.get(way.owner).addHandoff(new HandoffDrain(way.ring, lanes.get(way.owner), way.port));
        }
    }

    @Override
    public void close() {
        memory.forEach(MappedMemory::close);
    }

    private record Way(HandoffRing ring, PortIo end, int sender, int owner, int port) {
    }
}
