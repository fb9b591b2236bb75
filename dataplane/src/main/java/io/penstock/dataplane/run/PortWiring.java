package io.penstock.dataplane.run;

import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.metrics.CounterFile;
import io.penstock.dataplane.worker.Worker;
import io.penstock.os.netlink.Link;
import java.util.ArrayList;
import java.util.List;

/**
 * Connects ports to workers: who polls which end, by which end each sends, what counts them. A device may go while the workers
 * run, and come back.
 *
 * <p>Threads: control.
 */
final class PortWiring implements AutoCloseable {

    private final List<WorkerSeat> seats;
    private final CounterFile counterFile;
    private final Handoffs handoffs;
    private final List<Place> places = new ArrayList<>();

    PortWiring(final List<WorkerSeat> seats, final CounterFile counterFile) {
        this.seats = seats;
        this.counterFile = counterFile;
        this.handoffs = new Handoffs(seats);
    }

    /** Adds a worker, in the order of the seats, and gives it its ends of the ports. Before it runs. */
    void add(final Worker worker, final Lane lane, final CounterWriter counters, final List<LivePort> ports) {
        final Place place = new Place(places.size(), worker, lane, counters);
        places.add(place);
        ports.forEach(port -> connect(port, place));
    }

    /** Lets the workers drain what others hand to them, when all are added. Before they run. */
    void connectHandoffs() {
        handoffs.connect(places.stream().map(Place::worker).toList(), places.stream().map(Place::lane).toList());
    }

    /** A port's device has another name, by which rules know it from now on. */
    void rename(final LivePort port, final String name) {
        port.rename(name);
        places.forEach(place -> place.worker.proxy().call(() -> place.lane.device(port.device())));
    }

    /** A port's device is gone, or cannot be served: no worker uses it any more, and they have its frames again. */
    void lose(final LivePort port) {
        port.release();
        for (final Place place : places) {
            place.worker.proxy().call(() -> {
                place.lane.removePort(port.device().index());
                endsOf(port, place).forEach(end -> place.worker.removePort(end.io(), end.pollFd()));
                port.recover(place.index);
            });
        }
        port.lost();
    }

    /** A port's device has come back; counts go on where they were. */
    void reopen(final LivePort port, final Link link, final List<LivePort.End> before) {
        port.reopen(link, (worker, action) -> places.get(worker).worker.proxy().call(action));
        for (final Place place : places) {
            place.worker.proxy().call(() -> {
                for (final LivePort.End end : endsOf(port, place)) {
                    before.stream().filter(b -> b.queue() == end.queue()).forEach(b -> end.io().tally().follow(b.io().tally()));
                }
                connect(port, place);
            });
        }
    }

    @Override
    public void close() {
        handoffs.close();
    }

    private void connect(final LivePort port, final Place place) {
        final List<PortIo> own = new ArrayList<>();
        for (final LivePort.End end : endsOf(port, place)) {
            place.worker.addPort(place.lane, port.device().index(), end.io(), end.pollFd());
            own.add(end.io());
        }
        if (own.isEmpty()) {
            own.add(handoffs.from(seats.get(place.index), port));
            place.lane.handoff(port.device(), own.getFirst());
        } else {
            place.lane.port(port.device(), own.getFirst());
        }
        final int index = port.device().index();
        place.counters.port(index, own, counterFile.portBlock(place.index, index));
    }

    private static List<LivePort.End> endsOf(final LivePort port, final Place place) {
        return port.ends().stream().filter(end -> end.worker() == place.index).toList();
    }

    private record Place(int index, Worker worker, Lane lane, CounterWriter counters) {
    }
}
