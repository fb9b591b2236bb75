package io.penstock.dataplane.run;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.config.WorkersConfig;
import io.penstock.dataplane.doctor.DroppingPrograms;
import io.penstock.dataplane.hooks.HookInitializer;
import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.metrics.CounterFile;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.namespace.Namespaces;
import io.penstock.dataplane.program.Dummies;
import io.penstock.dataplane.route.Routing;
import io.penstock.dataplane.route.RoutingPort;
import io.penstock.dataplane.worker.IdleMode;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.dataplane.worker.StolenPacketsProxy;
import io.penstock.dataplane.worker.Worker;
import io.penstock.dataplane.worker.WorkerThread;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.KernelMirror;
import io.penstock.os.netlink.Link;
import io.penstock.os.netlink.NeighbourRequests;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.sys.PollSet;
import io.penstock.os.sys.SysException;
import io.penstock.os.xdp.HostAddresses;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The data plane of the network namespace that it is made in: everything from the XDP programs to the workers.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Made whole or not at all: whatever fails on the way, what was made before is taken down in reverse order.</li>
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
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final List<WorkerSeat> seats = new ArrayList<>();
    private final List<LivePort> ports = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final List<WorkerThread> threads = new ArrayList<>();
    private final List<NeighbourRequestProxy> neighbourRequests = new ArrayList<>();
    private final Quiescence quiescence = new Quiescence();
    private final StolenPacketsProxy stolenPackets = new StolenPacketsProxy();
    private final HookRegistry hooks = new HookRegistry(stolenPackets);
    private final Namespaces namespaces = new Namespaces();
    private final PollSet controlPoll;
    private final KernelMirror mirror;
    private final Namespace namespace;
    private final Routing routing;
    private final CounterFile counterFile;
    private final PortWatch portWatch;
    private final HostMode hostMode;
    private final Pins pins;
    private Throwable[] reportedExceptions = {};
    private boolean serving;
    private volatile boolean stopping;
    private volatile boolean framesAccountedFor = true;

    /**
     * Attaches to the devices; nothing runs yet.
     *
     * @param socket where the instance is found, or null for the usual place
     * @param messages for the operator
     */
    public DataPlane(final Configuration configuration, final Path socket, final PrintStream messages) {
        this.configuration = configuration;
        this.reporter = new Reporter(messages);
        try {
            keep(InstanceLock.lock(socket));
            pins = keep(Pins.open(configuration.onDeath()));
            controlPoll = keep(new PollSet(1));
            final HostAddresses hostAddresses = keep(HostAddresses.create());
            final KernelFollower follower = new KernelFollower(hostAddresses);
            mirror = keep(KernelMirror.open(follower));
            controlPoll.add(mirror.fd());
            final List<Link> links = configuration.ports().stream().map(this::link).toList();
            final List<Integer> cpus = cpus();
            for (int i = 0; i < links.size(); i++) {
                LivePort.checkLink(configuration.ports().get(i), links.get(i));
            }
            HugePages.lack().ifPresent(reporter::report);
            makeSeats(cpus, links);
            final List<Device> devices = new ArrayList<>();
            for (int i = 0; i < links.size(); i++) {
                devices.add(new Device(i, links.get(i).ifindex(), configuration.ports().get(i).device()));
            }
            namespace = keep(new Namespace("", devices, Namespace.Surroundings.KERNEL, quiescence));
            openPorts(devices, links, hostAddresses);
            hostMode = keep(HostMode.decide(configuration.local(), ports, links, seats.size(), reporter));
            if (hostMode.traffic() != null) {
                namespace.arp((in, out) -> ports.forEach(port -> port.setArp(in, out)));
            }
            counterFile = keep(CounterFile.create(RuntimePaths.counters(socket), cpus, configuration.ports()));
            makeWorkers();
            routing = new Routing(namespace.fib(), new KernelNeighbours(keep(NeighbourRequests.open()), reporter));
            for (int i = 0; i < links.size(); i++) {
                final Link link = links.get(i);
                namespace.portTable().mtu(i, link.mtu(), link.mtu());
                routing.addPort(new RoutingPort(i, link.ifindex(), link.name(), link.mac(), link.mtu()));
            }
            portWatch = keep(new PortWatch(ports, namespace, routing, workers, lanes, counterFile, reporter));
            routing.onChange(() -> workers.forEach(Worker::ringIfParked));
            routing.onFailure(this::failNeighbour);
            follower.onSetting(portWatch::readSettings);
            follower.start(mirror, routing, this::linkChanged);
            namespaces.register(new HookInitializer(hooks));
            namespaces.add(namespace);
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
        if (!ThreadPlacement.keepOff(seats.stream().map(WorkerSeat::cpu).toList())) {
            reporter.report("every CPU runs a worker: the JVM's own threads share them; give workers fewer CPUs than "
                    + "'nproc' tells");
        }
        lanes.forEach(Dummies::show);
        namespaces.list().forEach(n -> hooks.devicesChanged(n));
        // Before the first packet: what waits in the rings is to find the forwarding switches as they are.
        portWatch.tick();
        for (int i = 0; i < workers.size(); i++) {
            threads.add(new WorkerThread(workers.get(i), i, seats.get(i).cpu()));
        }
        reportedExceptions = new Throwable[lanes.size()];
        namespace.publisher().started();
        threads.forEach(Thread::start);
        awaitWorkers();
        ports.forEach(LivePort::serve);
        serving = true;
        tellNotes();
    }

    /** Follows the kernel and serves the workers until {@link #stop}. */
    public void runControl() {
        long tickAtNs = System.nanoTime();
        while (!stopping) {
            final int due = mirror.dueInMs();
            final int quiet = quiescence.waiting() == 0 ? TICK_MS : 1;
            controlPoll.await(due < 0 ? quiet : Math.min(due, quiet));
            mirror.poll(0);
            neighbourRequests.forEach(proxy -> proxy.drain(this::requestNeighbour));
            quiescence.poll();
            final long nowNs = System.nanoTime();
            if (nowNs - tickAtNs >= 0) {
                tickAtNs = nowNs + TICK_MS * 1_000_000L;
                portWatch.tick();
                reportExceptions();
                checkWorkers();
            }
        }
    }

    /** Ends {@link #runControl}. Any thread. */
    public void stop() {
        stopping = true;
        controlPoll.wake();
    }

    @Override
    public void close() {
        if (stopping) {
            ports.forEach(LivePort::detach);
        } else if (serving) {
            ports.forEach(LivePort::leave);
        } else {
            ports.forEach(LivePort::giveUp);
        }
        tellWhatDrops();
        workers.forEach(Worker::stop);
        joinWorkers();
        if (namespace != null) {
            namespace.publisher().stopped();
        }
        countFrames();
        namespaces.list().forEach(namespaces::remove);
        ports.forEach(LivePort::close);
        ports.clear();
        seats.forEach(WorkerSeat::close);
        seats.clear();
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (final Exception e) {
                reporter.report("closing failed: " + e);
            }
        }
        reporter.close();
    }

    private void tellWhatDrops() {
        if (!stopping) {
            try {
                DroppingPrograms.find().ifPresent(dropping -> reporter.report(dropping.sentence()));
            } catch (final SysException | UncheckedIOException e) {
                // Without the rights to look there was none to attach anything.
            }
        }
    }

    /** After {@link #close}: false when frames were lost or freed twice while it ran. */
    public boolean framesAccountedFor() {
        return framesAccountedFor;
    }

    private void countFrames() {
        if (!threads.isEmpty()) {
            final FrameCount count = FrameCount.take(seats, lanes, ports);
            framesAccountedFor = count.closes();
            reporter.report(count.sentence());
            threads.clear();
        }
    }

    private Link link(final PortConfig port) {
        return mirror.links().stream().filter(l -> l.name().equals(port.device())).findFirst().orElseThrow(() ->
                new RunException("device " + port.device() + " does not exist in this network namespace: port="
                        + port.name() + "; devices are "
                        + String.join(", ", mirror.links().stream().map(Link::name).toList())));
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

    private void makeSeats(final List<Integer> cpus, final List<Link> links) {
        final int[] sockets = new int[cpus.size()];
        for (int i = 0; i < links.size(); i++) {
            final int queues = LivePort.queues(configuration.ports().get(i), links.get(i));
            for (int queue = 0; queue < queues; queue++) {
                sockets[queue % sockets.length]++;
            }
        }
        for (int i = 0; i < sockets.length; i++) {
            if (sockets[i] == 0) {
                reporter.report("the worker on CPU " + cpus.get(i) + " receives nothing: no port has more than " + i
                        + (i == 1 ? " queue" : " queues") + "; give workers: { cpus: } fewer CPUs or a device more queues");
            }
            seats.add(new WorkerSeat(i, cpus.get(i), sockets[i]));
        }
    }

    private void openPorts(final List<Device> devices, final List<Link> links, final HostAddresses hostAddresses) {
        for (int i = 0; i < links.size(); i++) {
            final PortConfig config = configuration.ports().get(i);
            final LivePort port = LivePort.open(devices.get(i), config, links.get(i), seats, hostAddresses, pins);
            ports.add(port);
            port.notes().forEach(reporter::report);
            namespace.portTable().mac(i, links.get(i).mac());
            namespace.portTable().partialChecksums(i, PortWatch.mayBePartial(config.device()));
        }
    }

    private void makeWorkers() {
        final IdleMode idle =
                configuration.workers().idle() == WorkersConfig.Idle.SPIN ? IdleMode.SPIN : IdleMode.ADAPTIVE;
        final Handoffs handoffs = keep(new Handoffs(seats));
        for (final WorkerSeat seat : seats) {
            final NeighbourRequestProxy requests = new NeighbourRequestProxy(controlPoll);
            final Lane lane = new Lane(stolenPackets.nextLane(), namespace.name(), namespace.fib().fib(),
                    namespace.portTable(), namespace.ipSettings(), namespace.icmpLimits(), seat.umem().free(),
                    seat.chunkMask(), requests);
            final CounterWriter counters = new CounterWriter(lane, counterFile.workerBlock(seat.index()));
            final Worker worker = new Worker(idle, seat.pollSet(), counters);
            namespace.publisher().add(worker, worker.addLane(lane));
            for (final LivePort port : ports) {
                final List<PortIo> own = new ArrayList<>();
                for (final LivePort.End end : port.ends()) {
                    if (end.worker() == seat.index()) {
                        worker.addPort(lane, port.device().index(), end.io(), end.pollFd());
                        own.add(end.io());
                    }
                }
                if (own.isEmpty()) {
                    own.add(handoffs.from(seat, port));
                    lane.handoff(port.device(), own.getFirst());
                } else {
                    lane.port(port.device(), own.getFirst());
                }
                counters.port(own, counterFile.portBlock(seat.index(), port.device().index()));
            }
            if (hostMode.traffic() != null) {
                final PortIo end = hostMode.traffic().end(seat.index(), seat.umem());
                lane.local(end);
                worker.addHost(lane, end, hostMode.traffic().pollFd(seat.index()));
            }
            quiescence.add(worker.epoch());
            stolenPackets.add(lane, worker.proxy());
            neighbourRequests.add(requests);
            lanes.add(lane);
            workers.add(worker);
        }
        handoffs.connect(workers, lanes);
        for (final LivePort port : ports) {
            counterFile.portMode(
                    port.device().index(), port.attachment(), port.copy(), port.ends().size(), port.why());
        }
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

    private void linkChanged(final Link now, final Link before) {
        portWatch.link(now, before);
        hostMode.link(now, before);
    }

    private void tellNotes() {
        // Of an earlier process, on devices that were its ports.
        DroppingPrograms.findExcept(ports.stream().map(port -> port.device().ifindex()).collect(Collectors.toSet()))
                .ifPresent(dropping -> reporter.report(dropping.sentence()));
        routing.notes().forEach(reporter::report);
        if (hostMode.traffic() == null) {
            KernelOnly.notes(mirror, configuration.ports()).forEach(reporter::report);
        }
        for (final LivePort port : ports) {
            final String device = port.config().device();
            if (!port.isPacketSocket() && !ForwardingSysctls.ipv4(device) && !ForwardingSysctls.ipv6(device)) {
                reporter.report("forwarding is off on " + device + ": packets from it are dropped (forwarding_off); run "
                        + "'sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1'");
            }
        }
    }

    private void requestNeighbour(final int port, final boolean ipv6, final long high, final long low) {
        routing.request(port, ipv6 ? IpAddress.v6(high, low) : IpAddress.v4((int) low));
    }

    private void failNeighbour(final int port, final IpAddress ip) {
        for (int i = 0; i < workers.size(); i++) {
            workers.get(i).proxy().failNeighbour(lanes.get(i), port, ip.high(), ip.low());
        }
    }

    /** Reports the newest exception when there are new ones; how many there were is a counter. */
    private void reportExceptions() {
        for (int i = 0; i < lanes.size(); i++) {
            final Throwable e = lanes.get(i).lastException();
            if (e != null && e != reportedExceptions[i]) {
                reportedExceptions[i] = e;
                final StackTraceElement[] trace = e.getStackTrace();
                reporter.report("a hook function threw, its packet was dropped (hook_exception): " + e
                        + (trace.length == 0 ? "" : " at " + trace[0]));
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

    private <T extends AutoCloseable> T keep(final T resource) {
        resources.push(resource);
        return resource;
    }
}
