package io.penstock.dataplane.run;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.WorkersConfig;
import io.penstock.dataplane.control.HalfReloadException;
import io.penstock.dataplane.control.TableFiles;
import io.penstock.dataplane.hooks.HookInitializer;
import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.namespace.Namespaces;
import io.penstock.dataplane.worker.IdleMode;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.dataplane.worker.StolenPacketsProxy;
import io.penstock.dataplane.worker.Worker;
import io.penstock.dataplane.worker.WorkerThread;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.sys.PollSet;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * The data plane of one network namespace or of several: everything from the XDP programs to the workers, which have a lane in
 * each namespace.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Made whole or not at all: whatever fails on the way, in whatever namespace, what was made before is taken down in
 *       reverse order.</li>
 *   <li>One thread, the one that made it, runs {@link #runControl} and changes what the workers read.</li>
 *   <li>Closing detaches every program first, so that the kernel forwards while the rest is taken down. With
 *       {@code on-death: drop} that is so after {@link #stop} only: what ends for another reason leaves what it has pinned.</li>
 * </ol>
 */
public final class DataPlane implements AutoCloseable {

    /** How often the control thread looks at what sends no events. Unit: ms; sysctls and statistics are that old. */
    private static final int TICK_MS = 200;

    private final Configuration configuration;
    private final Reporter reporter;
    private final List<Member> members = new ArrayList<>();
    private final List<PollSet> pollSets = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final List<WorkerThread> threads = new ArrayList<>();
    private final Quiescence quiescence = new Quiescence();
    private final StolenPacketsProxy stolenPackets = new StolenPacketsProxy();
    private final HookRegistry hooks = new HookRegistry(stolenPackets);
    private final Namespaces namespaces = new Namespaces();
    private final List<Integer> cpus;
    private final PollSet controlPoll;
    private volatile boolean stopping;
    private volatile boolean framesAccountedFor = true;

    /**
     * Attaches to the devices of the calling thread's network namespace; nothing runs yet.
     *
     * @param socket where the instance is found, or null for the usual place
     * @param messages for the operator
     */
    public DataPlane(final Configuration configuration, final Path socket, final PrintStream messages) {
        this(configuration, List.of(""), socket, messages);
    }

    /**
     * Attaches to the devices of several network namespaces; nothing runs yet.
     *
     * @param netns as {@code ip netns} knows them; each is found in its usual place
     * @param messages for the operator
     */
    public DataPlane(final Configuration configuration, final List<String> netns, final PrintStream messages) {
        this(configuration, netns, null, messages);
    }

    private DataPlane(
            final Configuration configuration, final List<String> netns, final Path socket, final PrintStream messages) {
        this.configuration = configuration;
        this.reporter = new Reporter(messages, "");
        this.cpus = cpus();
        this.controlPoll = new PollSet(netns.size());
        try {
            HugePages.lack().ifPresent(reporter::report);
            netns.forEach(name -> members.add(member(name, socket, messages)));
            makePollSets();
            members.forEach(member -> member.inside(
                    () -> member.plane.attach(member.name, cpus, pollSets, quiescence)));
            makeWorkers();
            members.forEach(member -> member.inside(() -> member.plane.follow(hooks)));
            namespaces.register(new HookInitializer(hooks));
            members.forEach(member -> namespaces.add(member.plane.namespace()));
            members.forEach(member -> member.place.inside(member.plane::restore));
        } catch (final RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Where hook functions are registered. */
    public HookRegistry hooks() {
        return hooks;
    }

    /** Starts the workers; returns when every one of them polls. */
    public void start() {
        if (!ThreadPlacement.keepOff(cpus)) {
            reporter.report("every CPU runs a worker: the JVM's own threads share them; give workers fewer CPUs than "
                    + "'nproc' tells");
        } else if (!ThreadPlacement.isVmFirst()) {
            reporter.report("the JVM's stops last longer than they must, some milliseconds when rules change: its own thread cannot go first; "
                    + "run as root, or with the capability CAP_SYS_NICE");
        }
        namespaces.list().forEach(hooks::devicesChanged);
        for (int i = 0; i < workers.size(); i++) {
            threads.add(new WorkerThread(workers.get(i), i, cpus.get(i)));
        }
        members.forEach(member -> member.inside(member.plane::prepare));
        threads.forEach(Thread::start);
        awaitWorkers();
        members.forEach(member -> member.inside(member.plane::serve));
    }

    /** Follows the kernel and serves the workers until {@link #stop}. */
    public void runControl() {
        long tickAtNs = System.nanoTime();
        while (!stopping) {
            controlPoll.await(patienceMs());
            members.forEach(member -> member.plane.poll());
            quiescence.poll();
            final long nowNs = System.nanoTime();
            if (nowNs - tickAtNs >= 0) {
                tickAtNs = nowNs + TICK_MS * 1_000_000L;
                members.forEach(member -> member.plane.tick());
                checkWorkers();
            }
        }
    }

    /**
     * Puts files of sets, rules and services into force, in each namespace all or none of them; what none speaks of stays as it is. While it runs; any
     * thread.
     *
     * @throws io.penstock.dataplane.control.RulesException when a file is refused, and nothing has changed
     * @throws HalfReloadException when some of it is in force and the rest is not
     */
    public void reloadRules(final TableFiles files) {
        final List<String> done = new ArrayList<>();
        for (final Member member : members) {
            try {
                member.plane.reload(files);
            } catch (final RuntimeException e) {
                if (done.isEmpty()) {
                    throw e;
                }
                throw new HalfReloadException("network namespaces that have what the files say are " + String.join(", ", done) + "; not so "
                        + member.name + ": " + e.getMessage(), e);
            }
            done.add(member.name);
        }
    }

    /** Ends {@link #runControl}. Any thread. */
    public void stop() {
        stopping = true;
        controlPoll.wake();
    }

    @Override
    public void close() {
        members.forEach(member -> member.place.inside(() -> member.plane.detach(stopping)));
        members.forEach(member -> member.plane.endCommands());
        workers.forEach(Worker::stop);
        joinWorkers();
        for (final Member member : members) {
            if (member.plane.namespace() != null) {
                member.plane.namespace().publisher().stopped();
            }
        }
        countFrames();
        namespaces.list().reversed().forEach(namespaces::remove);
        for (final Member member : members.reversed()) {
            member.place.inside(member.plane::close);
            member.place.close();
            member.plane.reporter().close();
        }
        members.clear();
        pollSets.forEach(PollSet::close);
        pollSets.clear();
        controlPoll.close();
        reporter.close();
    }

    /** After {@link #close}: false when frames were lost or freed twice while it ran. */
    public boolean framesAccountedFor() {
        return framesAccountedFor;
    }

    private void countFrames() {
        if (!threads.isEmpty()) {
            for (final Member member : members) {
                final FrameCount count = member.plane.countFrames();
                framesAccountedFor &= count.closes();
                member.plane.reporter().report(count.sentence());
            }
            threads.clear();
        }
    }

    private Member member(final String name, final Path socket, final PrintStream messages) {
        final ControlPlace place = new ControlPlace(name);
        final NamespacePlane[] made = new NamespacePlane[1];
        try {
            named(name, () -> place.inside(() -> made[0] = new NamespacePlane(
                    configuration.in(name), cpus.size(), socket, place, new Reporter(messages, name))));
        } catch (final RuntimeException | Error e) {
            place.close();
            throw e;
        }
        controlPoll.add(made[0].fd());
        return new Member(name, place, made[0]);
    }

    /** What fails in one of several namespaces says in which. */
    private static void named(final String name, final Runnable action) {
        try {
            action.run();
        } catch (final RuntimeException e) {
            if (name.isEmpty()) {
                throw e;
            }
            throw new RunException("network namespace " + name + ": " + e.getMessage(), e);
        }
    }

    private List<Integer> cpus() {
        final List<Integer> named = configuration.workers().cpus();
        final BitSet allowed = CpuAffinity.allowed();
        for (final int cpu : named) {
            if (!allowed.get(cpu)) {
                throw new RunException("CPU " + cpu + " cannot run a worker: this process may use "
                        + CpuAffinity.format(allowed) + "; choose among these with --cpus or workers: { cpus: }");
            }
        }
        return named.isEmpty() ? ThreadPlacement.choose(1) : named;
    }

    private void makePollSets() {
        for (int i = 0; i < cpus.size(); i++) {
            final int worker = i;
            final int sockets = members.stream().mapToInt(member -> member.plane.sockets(worker)).sum();
            if (sockets == 0) {
                reporter.report("the worker on CPU " + cpus.get(i) + " receives nothing: no port has more than " + i
                        + (i == 1 ? " queue" : " queues") + "; give workers: { cpus: } fewer CPUs or a device more queues");
            }
            pollSets.add(new PollSet(sockets + members.size() * WorkerSeat.HOST_QUEUES));
        }
    }

    private void makeWorkers() {
        final IdleMode idle =
                configuration.workers().idle() == WorkersConfig.Idle.SPIN ? IdleMode.SPIN : IdleMode.ADAPTIVE;
        for (final PollSet pollSet : pollSets) {
            final List<CounterWriter> counters = new ArrayList<>();
            final Consumer<Worker> sink = self -> {
                for (int i = 0; i < counters.size(); i++) {
                    counters.get(i).accept(self);
                }
            };
            final Worker worker = new Worker(idle, pollSet, sink);
            members.forEach(member -> counters.add(member.plane.seat(worker, stolenPackets, controlPoll)));
            quiescence.add(worker.epoch());
            workers.add(worker);
        }
    }

    /** How long the control thread may wait. Unit: ms. */
    private int patienceMs() {
        int patience = quiescence.waiting() == 0 ? TICK_MS : 1;
        for (final Member member : members) {
            final int due = member.plane.dueInMs();
            patience = due < 0 ? patience : Math.min(due, patience);
        }
        return patience;
    }

    /** Returns when every worker has been through a round. */
    private void awaitWorkers() {
        for (final Worker worker : workers) {
            try {
                worker.proxy().call(() -> { });
            } catch (final IllegalStateException e) {
                checkWorkers();
                throw e;
            }
        }
    }

    private void checkWorkers() {
        for (final WorkerThread thread : threads) {
            if (!workers.get(threads.indexOf(thread)).isAlive()) {
                throw new RunException(thread.getName() + " has ended: " + thread.failure(), thread.failure());
            }
        }
    }

    /** Waits for the workers whatever happens: what they use is freed after it. */
    private void joinWorkers() {
        boolean interrupted = false;
        for (final WorkerThread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (final InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * A namespace that is served.
     *
     * @param name empty for the control thread's own
     */
    private record Member(String name, ControlPlace place, NamespacePlane plane) {

        void inside(final Runnable action) {
            named(name, () -> place.inside(action));
        }
    }
}
