package io.penstock.dataplane.worker;

import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PacketProgram;
import io.penstock.dataplane.hot.publish.Generation;
import io.penstock.dataplane.hot.publish.GenerationSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Publishes one namespace's generations to its workers and waits until they are in force.
 *
 * <p>Threads: control, one at a time.
 */
public final class Publisher {

    /** Between two looks at the acknowledgements. Unit: ns. A busy worker acknowledges within a batch, some 10 us. */
    private static final long LOOK_NS = 10_000;

    private final List<Member> members = new ArrayList<>();
    private final List<Lane> direct = new ArrayList<>();
    private long number;
    private volatile boolean started;

    /** Gives a worker a lane, which nobody drives directly from now on. Before it runs. */
    public void add(final Worker worker, final Lane lane) {
        direct.remove(lane);
        members.add(new Member(worker, lane, worker.addLane(lane)));
    }

    /** Adds a lane without a worker's thread, which the publishing thread itself drives. */
    public void add(final Lane lane) {
        direct.add(lane);
    }

    /** From now on the workers run, and publishing waits for them. */
    public void started() {
        started = true;
    }

    /** From now on the workers do not run, and publishing does not wait. */
    public void stopped() {
        started = false;
    }

    /** True when the calling thread runs packets through one of the programs, which publishing would wait for. */
    public boolean isInside() {
        return WorkerThread.isCurrent() || direct.stream().anyMatch(Lane::isInside);
    }

    /** The newest generation's number. */
    public long number() {
        return number;
    }

    /** Publishes, and returns when every worker has taken it up and left the one before. */
    public void publish(final PacketProgram program, final QueueHandler handler) {
        final Generation generation = new Generation(++number, program, handler);
        direct.forEach(lane -> lane.publish(program, handler, generation.number()));
        for (final Member member : members) {
            member.slot.publishRelease(generation);
            member.worker.proxy().wake();
        }
        if (started) {
            for (final Member member : members) {
                while (member.slot.acknowledgedAcquire() < generation.number() && started && member.worker.isAlive()) {
                    LockSupport.parkNanos(LOOK_NS);
                }
            }
        }
    }

    /** All lanes, in the order in which they came. */
    public List<Lane> lanes() {
        return Stream.concat(direct.stream(), members.stream().map(Member::lane)).toList();
    }

    /** Does something with each lane, on the thread that runs it, between batches; returns when it is done with all of them. */
    public void onEach(final Consumer<Lane> action) {
        direct.forEach(action);
        for (final Member member : members) {
            if (started && member.worker.isAlive()) {
                member.worker.proxy().call(() -> action.accept(member.lane));
            } else {
                action.accept(member.lane);
            }
        }
    }

    private record Member(Worker worker, Lane lane, GenerationSlot slot) {
    }
}
