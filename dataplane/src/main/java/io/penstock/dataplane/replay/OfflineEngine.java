package io.penstock.dataplane.replay;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.NetworkConfig;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.connections.ConfiguredConnections;
import io.penstock.dataplane.control.NamespaceTables;
import io.penstock.dataplane.control.RulesException;
import io.penstock.dataplane.control.TableFiles;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hooks.HookInitializer;
import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.IpSettings;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.dataplane.hot.port.MemoryPortIo;
import io.penstock.dataplane.hot.publish.Epoch;
import io.penstock.dataplane.ipvs.ConfiguredServices;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.namespace.Namespaces;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.route.RoutingPort;
import io.penstock.dataplane.route.StaticNetwork;
import io.penstock.dataplane.settings.ConfiguredSettings;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.set.SetRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;

/**
 * One lane of a namespace without devices, for its caller to drive: the network is the configuration's, and what a worker and
 * the control thread do between batches is {@link #settle}.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A port takes every unicast frame, whoever it was for where it was captured. Its own Ethernet address is 02:00
 *       followed by the last four bytes of its first IP address, as for neighbours, so that one replay's output fits
 *       another's input; without an IP address they are its number, from 1.</li>
 *   <li>Ports forward both families and have an MTU of {@value #MTU_BYTES} unless configured otherwise, and may carry transport checksums that are only
 *       begun, as captures from the sending machine do.</li>
 *   <li>The configuration's rules are in force before the first packet.</li>
 * </ol>
 *
 * <p>Threads: one.
 */
public final class OfflineEngine implements AutoCloseable {

    /** What an Ethernet device has unless the configuration says otherwise. */
    public static final int MTU_BYTES = 1500;

    /**
     * How often the lane is looked after before the next batch, while something moves. Unit: rounds. Most need two; hook
     * functions that steal and give back each other's packets for ever must not hold the others'.
     */
    private static final int MAX_ROUNDS = 64;

    /** How often sets are looked after, in packets' time. Unit: ns; as a data plane does. */
    private static final long KEEP_NS = 100_000_000;

    /** How often virtual services are. Unit: ns. */
    private static final long SERVICES_NS = 1_000_000_000;

    private static final long DERIVED_MAC = 0x0200_0000_0000L;
    private static final long DERIVED_BITS = 0xFFFF_FFFFL;

    /** The loopback device is 1 everywhere. */
    private static final int FIRST_IFINDEX = 2;

    private final List<Device> devices = new ArrayList<>();
    private final long[] macs;
    private final long chunkMask;
    private final ReturnedPackets returned = new ReturnedPackets();
    private final Queue<NeighbourRequest> requests = new ArrayDeque<>();
    private final Quiescence quiescence = new Quiescence();
    private final Namespaces namespaces = new Namespaces();
    private final HookRegistry hooks;
    private final Namespace namespace;
    /** Packets that can be put together of fragments at a time. Unit: frames. */
    private static final int LARGE_FRAMES = 64;

    private final MappedMemory memory;
    private final MappedMemory large;
    private final FrameStack frames;
    private final Lane lane;
    private final StaticNetwork network;
    private final NamespaceTables tables;
    private final List<String> notes;
    /** When the last batch was, which is when commands between two of them happen. */
    private long nowNs;
    /** When sets were looked after last. */
    private long keptNs;
    /** When services were. */
    private long servedNs;
    private final List<SetRegistry> kept = new ArrayList<>();
    private boolean freedElsewhere;
    private boolean resolvesAtOnce;

    /**
     * An engine whose ports have no ends yet.
     *
     * @param frameBytes bytes of a frame, a power of two; {@link MemoryPortIo#HEADROOM} of them lie before the packet
     * @param frameCount frames, more than {@link Lane#PARKING_PLACES} and what is under way at a time
     * @throws ReplayException when the configuration cannot be served
     */
    public OfflineEngine(
            final Configuration configuration, final int frameBytes, final int frameCount, final MappedMemory.Pages pages) {
        this(configuration, frameBytes, frameCount, pages, ProgramKind.COMPILED);
    }

    /** The same with programs of one kind. */
    public OfflineEngine(
            final Configuration configuration,
            final int frameBytes,
            final int frameCount,
            final MappedMemory.Pages pages,
            final ProgramKind programs) {
        this(configuration, frameBytes, frameCount, pages, programs, 0);
    }

    /** The same; {@code startNs} is the first packets' time, from which sets' timeouts count. */
    public OfflineEngine(
            final Configuration configuration,
            final int frameBytes,
            final int frameCount,
            final MappedMemory.Pages pages,
            final ProgramKind programs,
            final long startNs) {
        nowNs = startNs;
        keptNs = startNs;
        servedNs = startNs;
        final List<PortConfig> ports = configuration.ports();
        if (ports.size() > Batch.FROM_HOST) {
            throw new ReplayException(ExitCode.CONFIGURATION_REFUSED, "too many ports: ports=" + ports.size() + " limit="
                    + Batch.FROM_HOST + "; remove those that carry no traffic");
        }
        macs = new long[ports.size()];
        for (int i = 0; i < ports.size(); i++) {
            devices.add(new Device(i, FIRST_IFINDEX + i, ports.get(i).device()));
            macs[i] = ownMac(configuration.network(), ports.get(i).name(), i);
        }
        hooks = new HookRegistry(returned);
        namespace = new Namespace("", devices, Namespace.Surroundings.CAPTURE, quiescence);
        namespace.programs(programs);
        try {
            network = network(configuration);
            memory = MappedMemory.reserveChunked(
                    (long) frameBytes * frameCount, pages, Integer.numberOfTrailingZeros(frameBytes));
        } catch (final RuntimeException e) {
            namespace.close();
            throw e;
        }
        chunkMask = -(long) frameBytes;
        frames = new FrameStack(memory.address(), frameBytes, frameCount);
        large = MappedMemory.reserveChunked(
                LARGE_FRAMES * FrameStack.LARGE_FRAME_BYTES, MappedMemory.Pages.NORMAL, FrameStack.LARGE_FRAME_SHIFT);
        frames.addLarge(large.address(), LARGE_FRAMES);
        lane = new Lane(0, namespace.name(), namespace.fib().fib(), namespace.portTable(),
                namespace.ipSettings(), namespace.icmpLimits(), frames, chunkMask,
                (port, ipv6, high, low) -> request(new NeighbourRequest(port, ipv6, high, low)));
        namespace.publisher().add(lane);
        namespaces.register(new HookInitializer(hooks));
        namespaces.add(namespace);
        tables = new NamespaceTables(namespace, hooks, () -> nowNs, programs);
        kept.add(tables.rules().sets());
        final List<String> said = new ArrayList<>();
        try {
            ConfiguredConnections.apply(configuration.sysctl(), tables.rules().connections());
            ConfiguredServices.apply(configuration.sysctl(), tables.services().registry());
            tables.restore(TableFiles.of(configuration), said::add);
            if (!configuration.health().isEmpty()) {
                said.add("health: no server is checked here, where none can be reached; all stay as services: has them");
            }
        } catch (final RulesException | IllegalArgumentException e) {
            close();
            throw new ReplayException(ExitCode.CONFIGURATION_REFUSED, e.getMessage(), e);
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
        notes = Stream.concat(network.routing().notes().stream(), said.stream()).toList();
    }

    /** The tables of rules. Between batches. */
    public NamespaceTables tables() {
        return tables;
    }

    /** What its lane belongs to. */
    public Namespace namespace() {
        return namespace;
    }

    /** Where hook functions are registered. */
    public HookRegistrar hooks() {
        return hooks;
    }

    /** What packets go through. */
    public Lane lane() {
        return lane;
    }

    /** What is not a port's: the configuration's sysctls, for changes between packets. */
    public IpSettings settings() {
        return namespace.ipSettings();
    }

    /** The free frames. */
    public FrameStack frames() {
        return frames;
    }

    /** The start of the frame that holds an address: what tells packets apart while they are under way. */
    public long chunkOf(final long address) {
        return address & chunkMask;
    }

    /** A port's own Ethernet address. */
    public long mac(final int port) {
        return macs[port];
    }

    /** Gives a port its end. */
    public void port(final int port, final PortIo end) {
        lane.port(devices.get(port), end);
    }

    /**
     * Lets neighbours be known as soon as they are asked for, as on links that have none: no packet waits. Before the first
     * batch, by a caller whose batches hold one packet: others might have been looked up already.
     */
    public void resolveAtOnce() {
        resolvesAtOnce = true;
    }

    /** What the kernel would do with the configured network and this does not, and what was said of the rules, a sentence each. */
    public List<String> notes() {
        return notes;
    }

    /** The forwarding table, for routes beside the configuration's. */
    public FibWriter fib() {
        return namespace.fib();
    }

    /**
     * Lets another thread change routes while packets flow: it frees what is unused, by {@link Quiescence#poll}, and
     * {@link #settle} leaves that to it.
     *
     * @param worker passes a boundary between batches
     */
    public Quiescence freeElsewhere(final Epoch worker) {
        quiescence.add(worker);
        freedElsewhere = true;
        return quiescence;
    }

    /** When the last batch was; before the first one, what it was made with. */
    public long nowNs() {
        return nowNs;
    }

    /** Looks after sets beside those of {@link #tables}, from now on. */
    public void keep(final SetRegistry sets) {
        kept.add(sets);
    }

    /** After a batch: neighbours are resolved, what waited goes on, until nothing moves at this time. */
    public void settle(final long timeNs) {
        nowNs = timeNs;
        upkeep(timeNs);
        int rounds = 0;
        while (rounds < MAX_ROUNDS && boundary(timeNs)) {
            rounds++;
        }
    }

    /** Whether {@link #upkeep} has something to do. */
    public boolean isUpkeepDue(final long timeNs) {
        return timeNs - keptNs >= KEEP_NS || timeNs - servedNs >= SERVICES_NS;
    }

    /** What other threads than the workers do in a data plane from time to time, where it is due: sets and services are looked after. Allocates. */
    public void upkeep(final long timeNs) {
        if (timeNs - keptNs >= KEEP_NS) {
            keptNs = timeNs;
            kept.forEach(SetRegistry::maintain);
        }
        if (timeNs - servedNs >= SERVICES_NS) {
            servedNs = timeNs;
            tables.services().registry().maintain();
        }
    }

    private boolean boundary(final long timeNs) {
        boolean moved = returned.drain(lane, timeNs);
        NeighbourRequest request = requests.poll();
        while (request != null) {
            resolve(request);
            request = requests.poll();
        }
        if (!freedElsewhere) {
            quiescence.poll();
        }
        moved |= lane.tend(timeNs) > 0;
        return moved;
    }

    private void request(final NeighbourRequest request) {
        if (resolvesAtOnce) {
            resolve(request);
        } else {
            requests.add(request);
        }
    }

    private void resolve(final NeighbourRequest request) {
        network.routing().request(request.port, request.address());
    }

    @Override
    public void close() {
        tables.close();
        namespaces.remove(namespace);
        namespace.close();
        large.close();
        memory.close();
    }

    private StaticNetwork network(final Configuration configuration) {
        final ConfiguredSettings settings = ConfiguredSettings.of(
                configuration.ports().stream().map(PortConfig::name).toList(), configuration.sysctl());
        final List<RoutingPort> routingPorts = new ArrayList<>();
        for (int i = 0; i < macs.length; i++) {
            final String name = configuration.ports().get(i).name();
            final int mtu = configuration.network().mtu().getOrDefault(name, MTU_BYTES);
            namespace.portTable().mac(i, PortTable.ANY_MAC);
            namespace.portTable().mtu(i, mtu, mtu);
            namespace.portTable().partialChecksums(i, true);
            routingPorts.add(
                    new RoutingPort(i, FIRST_IFINDEX + i, name, macs[i], mtu, settings.mtu6(i, mtu)));
        }
        settings.apply(namespace.portTable(), namespace.ipSettings());
        try {
            final StaticNetwork made = new StaticNetwork(namespace.fib(), routingPorts, configuration.network(), settings);
            for (int i = 0; i < macs.length; i++) {
                namespace.portTable().set(i, PortTable.SOURCE_LOOKUP4, made.routing().looksSourcesUp4());
            }
            return made;
        } catch (final IllegalArgumentException e) {
            throw new ReplayException(ExitCode.CONFIGURATION_REFUSED, e.getMessage(), e);
        }
    }

    private static long ownMac(final NetworkConfig network, final String port, final int index) {
        final List<NetworkConfig.Address> addresses = network.addresses().getOrDefault(port, List.of());
        final long bits = addresses.isEmpty() ? index + 1 : addresses.getFirst().address().low();
        return DERIVED_MAC | bits & DERIVED_BITS;
    }

    private record NeighbourRequest(int port, boolean ipv6, long high, long low) {

        private IpAddress address() {
            return ipv6 ? IpAddress.v6(high, low) : IpAddress.v4((int) low);
        }
    }
}
