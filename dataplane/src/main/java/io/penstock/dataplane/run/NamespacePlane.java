package io.penstock.dataplane.run;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.connections.ConfiguredConnections;
import io.penstock.dataplane.control.NamespaceTables;
import io.penstock.dataplane.control.TableFiles;
import io.penstock.dataplane.doctor.DroppingPrograms;
import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.ipvs.ConfiguredServices;
import io.penstock.dataplane.log.PacketLog;
import io.penstock.dataplane.metrics.CounterFile;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.program.Dummies;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.route.Routing;
import io.penstock.dataplane.route.RoutingPort;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.dataplane.worker.StolenPacketsProxy;
import io.penstock.dataplane.worker.Worker;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.KernelMirror;
import io.penstock.os.netlink.Link;
import io.penstock.os.netlink.NeighbourRequests;
import io.penstock.os.sys.PollSet;
import io.penstock.os.sys.SysException;
import io.penstock.os.xdp.HostAddresses;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One network namespace's part of the data plane: its ports, what the kernel tells of it, a lane on each worker, its counters.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Made step by step: the constructor looks at the devices, {@link #attach} takes them, {@link #seat} gives each worker a
 *       lane, {@link #follow} starts to follow the kernel, {@link #restore} reads the files of rules, {@link #serve} lets packets
 *       and commands come. Whatever fails on the way, {@link #close} takes down what there is.</li>
 *   <li>Nothing is shared with another namespace but the workers, the hooks and the control thread.</li>
 * </ol>
 *
 * <p>Threads: control, which must be in the namespace, except where a method says otherwise.
 */
final class NamespacePlane implements AutoCloseable {

    /** How often the operator is told of routes that are not followed. Lower: more lines where a table is full time and again. Unit: ns. */
    private static final long NEWS_NS = TimeUnit.SECONDS.toNanos(5);

    private final Configuration configuration;
    private final Path socket;
    private final Reporter reporter;
    private final ControlPlace place;
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final List<WorkerSeat> seats = new ArrayList<>();
    private final List<LivePort> ports = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final List<NeighbourRequestProxy> neighbourRequests = new ArrayList<>();
    private final List<Link> links;
    private final Pins pins;
    private final HostAddresses hostAddresses;
    private final KernelFollower follower;
    private final KernelMirror mirror;
    private final int[] sockets;
    private final int[] frames;
    private Namespace namespace;
    private HostMode hostMode;
    private CounterFile counterFile;
    private PortWiring wiring;
    private Routing routing;
    private PortWatch portWatch;
    private NamespaceTables tables;
    private NamespaceThread reloads;
    private Throwable[] reportedExceptions = {};
    private long newsAtNs;
    private boolean serving;

    /**
     * Looks at the namespace; attaches to nothing yet.
     *
     * @param configuration with the ports of this namespace
     * @param workers       how many there will be
     * @param socket        where the instance is found, or null for the usual place
     */
    NamespacePlane(
            final Configuration configuration, final int workers, final Path socket, final ControlPlace place,
            final Reporter reporter) {
        this.configuration = configuration;
        this.socket = socket;
        this.place = place;
        this.reporter = reporter;
        this.sockets = new int[workers];
        this.frames = new int[workers];
        try {
            keep(InstanceLock.lock(socket));
            pins = keep(Pins.open(configuration.onDeath()));
            hostAddresses = keep(HostAddresses.create());
            follower = new KernelFollower(hostAddresses, reporter::report);
            follower.onUnread(e -> reporter.report("the kernel cannot tell of its routes, links and neighbours for now: " + e.getMessage()
                    + "; what is known stays in force, and it is asked again every second"));
            mirror = keep(KernelMirror.open(follower));
            links = configuration.ports().stream().map(this::link).toList();
            for (int i = 0; i < links.size(); i++) {
                LivePort.checkLink(configuration.ports().get(i), links.get(i));
            }
            for (int i = 0; i < links.size(); i++) {
                final int queues = LivePort.queues(configuration.ports().get(i), links.get(i));
                for (int queue = 0; queue < queues; queue++) {
                    sockets[queue % workers]++;
                    frames[queue % workers] += PortOptions.frames(configuration.ports().get(i));
                }
            }
        } catch (final RuntimeException | Error e) {
            tellWhatDrops();
            closeResources();
            throw e;
        }
    }

    /** Descriptors to wait on, on the control thread. */
    int fd() {
        return mirror.fd();
    }

    /** How many sockets a worker will have here. */
    int sockets(final int worker) {
        return sockets[worker];
    }

    /** Takes the devices: for workers on the given CPUs, which sleep on the given sets. */
    void attach(final String name, final List<Integer> cpus, final List<PollSet> pollSets, final Quiescence quiescence) {
        for (int i = 0; i < sockets.length; i++) {
            seats.add(new WorkerSeat(i, cpus.get(i), frames[i], pollSets.get(i)));
        }
        final List<Device> devices = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            devices.add(new Device(i, links.get(i).ifindex(), configuration.ports().get(i).device()));
        }
        namespace = keep(new Namespace(name, devices, Namespace.Surroundings.KERNEL, quiescence));
        for (int i = 0; i < links.size(); i++) {
            final PortConfig config = configuration.ports().get(i);
            final LivePort port = LivePort.open(devices.get(i), config, links.get(i), seats, hostAddresses, pins);
            ports.add(port);
            namespace.portTable().mac(i, links.get(i).mac());
            namespace.portTable().mtu(i, links.get(i).mtu(), links.get(i).mtu());
            namespace.portTable().partialChecksums(i, PortWatch.mayBePartial(config.device()));
        }
        hostMode = keep(HostMode.decide(configuration.local(), ports, links, seats.size(), reporter));
        if (hostMode.traffic() != null) {
            namespace.arp((in, out) -> ports.forEach(port -> port.setArp(in, out)));
        }
        counterFile = keep(CounterFile.create(RuntimePaths.counters(socket), cpus, configuration.ports()));
        wiring = keep(new PortWiring(seats, counterFile));
    }

    /** Gives a worker its lane, and tells what writes its counters. Before it runs; in the order of the workers. */
    CounterWriter seat(final Worker worker, final StolenPacketsProxy stolenPackets, final PollSet controlPoll) {
        final WorkerSeat seat = seats.get(workers.size());
        final NeighbourRequestProxy requests = new NeighbourRequestProxy(controlPoll);
        final Lane lane = new Lane(stolenPackets.nextLane(), namespace.name(), namespace.fib().fib(), namespace.portTable(),
                namespace.ipSettings(), namespace.icmpLimits(), seat.umem().free(), seat.chunkMask(), requests);
        final CounterWriter counters = new CounterWriter(lane, counterFile.workerBlock(seat.index()));
        namespace.publisher().add(worker, lane);
        wiring.add(worker, lane, counters, ports);
        if (hostMode.traffic() != null) {
            final PortIo end = hostMode.traffic().end(seat.index(), seat.umem());
            lane.local(end);
            worker.addHost(lane, end, hostMode.traffic().pollFd(seat.index()));
        }
        stolenPackets.add(lane, worker.proxy());
        neighbourRequests.add(requests);
        lanes.add(lane);
        workers.add(worker);
        return counters;
    }

    /** A TAP device that is gone would wake who sleeps on it for ever. */
    private void leaveHost() {
        for (int i = 0; i < workers.size(); i++) {
            final Worker worker = workers.get(i);
            final Lane lane = lanes.get(i);
            final int pollFd = hostMode.traffic().pollFd(seats.get(i).index());
            worker.proxy().call(() -> worker.removeHost(lane, pollFd));
        }
    }

    /** Starts to follow the kernel, when every worker has its lane. */
    void follow(final HookRegistry hooks) {
        wiring.connectHandoffs();
        for (final LivePort port : ports) {
            counterFile.portMode(port.device().index(), port.attachment(), port.copy(), port.ends().size(), port.why());
        }
        routing = new Routing(namespace.fib(), new KernelNeighbours(keep(NeighbourRequests.open()), reporter));
        for (int i = 0; i < links.size(); i++) {
            final Link link = links.get(i);
            routing.addPort(new RoutingPort(i, link.ifindex(), link.name(), link.mac(), link.mtu()));
        }
        portWatch = keep(new PortWatch(ports, namespace, routing, wiring, mirror::links, workers.size(),
                () -> hooks.devicesChanged(namespace), counterFile, reporter));
        routing.onChange(() -> workers.forEach(Worker::ringIfParked));
        routing.onFailure(this::failNeighbour);
        follower.onSetting(() -> place.inside(portWatch::readSettings));
        follower.start(mirror, routing, (now, before) -> place.inside(() -> linkChanged(now, before)));
        reportedExceptions = new Throwable[lanes.size()];
        tables = keep(new NamespaceTables(namespace, hooks, System::nanoTime, ProgramKind.COMPILED));
        ConfiguredConnections.apply(configuration.sysctl(), tables.rules().connections());
        ConfiguredServices.apply(configuration.sysctl(), tables.services().registry());
        if (hostMode.traffic() == null) {
            tables.rules().connections().onFirstUse(() -> reporter.report("connections are tracked, but what is for this host's own addresses "
                    + "stays with the kernel: answers to SNAT and MASQUERADE with such an address do not come back, and INPUT and OUTPUT see "
                    + "nothing; use local: penstock"));
            tables.services().registry().onFirstUse(() -> reporter.report("there are virtual services, but what is for this host's own addresses stays "
                    + "with the kernel: no packet comes to them; use local: penstock, with ports that can"));
        }
        follower.onLostAddress(tables.rules().connections()::endMasqueraded);
        keep(PacketLog.open(lanes.stream().map(lane -> lane.packetLog).toList(), configuration.log())).start();
    }

    /** Puts the files of sets, rules and services into force, when hooks can be registered and before the workers run. */
    void restore() {
        tables.restore(TableFiles.of(configuration), reporter::report);
    }

    /** Puts files of sets, rules and services into force, all or none of them. While it serves; anywhere, any thread. */
    void reload(final TableFiles files) {
        reloads.call(() -> tables.reload(files, reporter::report));
    }

    /** What hooks are registered in. */
    Namespace namespace() {
        return namespace;
    }

    /** The last step before the workers run. */
    void prepare() {
        lanes.forEach(Dummies::show);
        // Before the first packet: what waits in the rings is to find the forwarding switches as they are.
        watch();
        namespace.publisher().started();
    }

    /** Lets packets and commands come; the workers poll. */
    void serve() {
        ports.forEach(LivePort::serve);
        serving = true;
        tables.services().onNews(reporter::tell);
        tables.serve(RuntimePaths.socket(socket), reporter::report);
        reloads = keep(NamespaceThread.here("reload"));
        // A start that is refused says why and nothing else.
        ports.forEach(port -> port.notes().forEach(reporter::report));
        tellNotes();
    }

    /** When {@link #poll} is due, in ms, or -1. Anywhere. */
    int dueInMs() {
        return mirror.dueInMs();
    }

    /** Takes in what the kernel has told, and what the workers ask. Anywhere. */
    void poll() {
        mirror.poll(0);
        neighbourRequests.forEach(proxy -> proxy.drain(this::requestNeighbour));
    }

    /** Looks at what sends no events; settings that the kernel has made anew are opened from inside. Anywhere. */
    void tick() {
        counterFile.connections(tables.rules().connections().limit().count());
        counterFile.setChangesMissed(tables.rules().sets().missedChanges());
        place.inside(this::watch);
        lookAfterRoutes(System.nanoTime());
        reportExceptions();
    }

    private void lookAfterRoutes(final long nowNs) {
        routing.tick(nowNs);
        if (nowNs - newsAtNs >= 0) {
            tellNews(nowNs);
        }
    }

    private void tellNews(final long nowNs) {
        newsAtNs = nowNs + NEWS_NS;
        routing.news().forEach(reporter::report);
    }

    private void watch() {
        portWatch.tick();
        tables.rules().connections().renewWallClock();
    }

    /**
     * Gives the devices back to the kernel, or leaves what is pinned to drop. The workers may run.
     *
     * @param asked whether this end was asked for, not brought about by a failure
     */
    void detach(final boolean asked) {
        if (asked) {
            ports.forEach(LivePort::detach);
        } else if (serving) {
            ports.forEach(LivePort::leave);
        } else {
            ports.forEach(LivePort::giveUp);
        }
        if (!asked) {
            tellWhatDrops();
        }
    }

    /** Takes no more commands. While the workers run, which those under way wait for. Anywhere. */
    void endCommands() {
        if (tables != null) {
            tables.end();
        }
    }

    /** Where the frames are, after the workers have ended. Anywhere. */
    FrameCount countFrames() {
        return FrameCount.take(seats, lanes, ports);
    }

    /** What tells the operator about this namespace. */
    Reporter reporter() {
        return reporter;
    }

    @Override
    public void close() {
        ports.forEach(LivePort::close);
        ports.clear();
        seats.forEach(WorkerSeat::close);
        seats.clear();
        closeResources();
    }

    private void closeResources() {
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (final Exception e) {
                reporter.report("closing failed: " + e);
            }
        }
    }

    private Link link(final PortConfig port) {
        return mirror.links().stream().filter(l -> l.name().equals(port.device())).findFirst().orElseThrow(() ->
                new RunException("device " + port.device() + " does not exist in this network namespace: port="
                        + port.name() + "; devices are "
                        + String.join(", ", mirror.links().stream().map(Link::name).toList())));
    }

    private void linkChanged(final Link now, final Link before) {
        portWatch.link(now, before);
        if (hostMode.link(now, before)) {
            leaveHost();
        }
    }

    private void tellWhatDrops() {
        try {
            DroppingPrograms.find().ifPresent(dropping -> reporter.report(dropping.sentence()));
        } catch (final SysException | UncheckedIOException e) {
            // Without the rights to look there was none to attach anything.
        }
    }

    private void tellNotes() {
        // Of an earlier process, on devices that were its ports.
        DroppingPrograms.findExcept(ports.stream().map(port -> port.device().ifindex()).collect(Collectors.toSet()))
                .ifPresent(dropping -> reporter.report(dropping.sentence()));
        tellNews(System.nanoTime());
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

    private <T extends AutoCloseable> T keep(final T resource) {
        resources.push(resource);
        return resource;
    }
}
