package io.penstock.dataplane.testkit.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.hooks.HookInitializer;
import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.namespace.Namespaces;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.dataplane.worker.IdleMode;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.dataplane.worker.StolenPacketsProxy;
import io.penstock.dataplane.worker.Worker;
import io.penstock.dataplane.worker.WorkerThread;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.PollSet;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A gateway with two workers, each with a queue of both its ports, which translates the clients' addresses; and what is asked of it. */
public final class SoakRig implements AutoCloseable {

    private static final int WORKERS = 2;
    private static final int FRAME_SHIFT = 11;
    private static final int FRAMES = 1024;
    private static final int CLIENT_NET = 0x0A00_0000;
    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final long LOOK_NS = 200_000;
    private static final long CONTROL_NS = 2_000_000;
    private static final Duration STOP = Duration.ofSeconds(5);
    /** Room for all, and for as many that are over. */
    private static final int ROOMY = 4096;
    /** More than the flows, less than with the strangers. */
    private static final int TIGHT = 700;
    private static final int FEW_BUCKETS = 256;
    private static final int MANY_BUCKETS = 2048;

    public final SoakTraffic traffic = new SoakTraffic();

    private final StolenPacketsProxy stolen = new StolenPacketsProxy();
    private final HookRegistry hooks = new HookRegistry(stolen);
    private final Namespaces namespaces = new Namespaces();
    private final Namespace namespace;
    private final List<Seat> seats = new ArrayList<>();
    private final RuleTables tables;
    private final SoakTable table;
    private int resizes;

    /** With both workers running, and no traffic yet. */
    public SoakRig() {
        final List<Device> devices = List.of(new Device(SoakTraffic.CLIENTS, 11, "lan"), new Device(SoakTraffic.SERVERS, 12, "wan"));
        namespace = new Namespace("", devices, Namespace.Surroundings.KERNEL, new Quiescence());
        for (final Device device : devices) {
            namespace.portTable().mac(device.index(), Packets.PORT_MAC);
            namespace.portTable().forwarding(device.index(), true, true);
            final int gateway = namespace.fib().adjacencies().create(new AdjacencyFields(
                    AdjacencyKind.UNRESOLVED_GATEWAY, 1, 4, device.index(), device.ifindex(), 1500, 0, 0x0A09_0001L + device.index()));
            namespace.fib().adjacencies().resolve(gateway, TestEngine.GATEWAY_MAC, TestEngine.WAN_MAC);
            namespace.fib().put4(device.index() == SoakTraffic.CLIENTS ? CLIENT_NET : 0, device.index() == SoakTraffic.CLIENTS ? 8 : 0, gateway);
        }
        for (int i = 0; i < WORKERS; i++) {
            seats.add(new Seat(i, devices));
        }
        namespaces.register(new HookInitializer(hooks));
        namespaces.add(namespace);
        seats.forEach(seat -> seat.thread.start());
        namespace.publisher().started();
        tables = new RuleTables(namespace, hooks, RuleServices::new, System::nanoTime, CompiledTable::indexed);
        // Before there are tables: their first index is small, too.
        tables.connections().limit().setMax(ROOMY);
        rule("-A FORWARD -i wan -s 198.51.101.0/24 -j ACCEPT");
        rule("-A FORWARD -i wan -m conntrack --ctstate NEW,INVALID -j DROP");
        for (final String protocol : List.of("tcp", "udp")) {
            rule("-t nat -A POSTROUTING -o wan -s 10.1.0.0/16 -p " + protocol + " -j SNAT --to-source 203.0.113.1:" + SoakTraffic.LEAST_PORT
                    + "-" + SoakTraffic.MOST_PORT);
        }
        rule("-t nat -A POSTROUTING -o wan -s 10.200.0.0/16 -j SNAT --to-source 203.0.113.2");
        rule("-t nat -A POSTROUTING -o wan -s 10.201.0.0/16 -j SNAT --to-source 203.0.113.2 --random");
        final TrackerSettings settings = tables.connections().settings();
        settings.udpTimeout = 5;
        settings.udpTimeoutStream = 5;
        settings.tcpTimeoutSynSent = 2;
        settings.tcpTimeoutTimeWait = 1;
        settings.tcpTimeoutClose = 1;
        // What was taken before it was established does not come back unseen.
        settings.tcpLoose = 0;
        table = new SoakTable(table4());
    }

    /** Lets traffic run, calm or with the table nearly full, and with an index that moves or does not; then nothing moves, and all is looked at. */
    public void run(final boolean pressed, final boolean resizing, final long forNs) {
        traffic.press(pressed);
        tables.connections().limit().setMax(pressed ? TIGHT : ROOMY);
        // Who sweeps because the table was nearly full, and lost its CPU over it, still takes what is not assured.
        final List<Long> seen = seats.stream().map(seat -> seat.worker.epoch().observe()).toList();
        until("both workers have passed a batch boundary",
                () -> seats.stream().allMatch(seat -> seat.worker.epoch().hasPassed(seen.get(seats.indexOf(seat)))));
        traffic.resume();
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < forNs && traffic.violations().isEmpty() && failure() == null) {
            final List<SoakFlow> ending = new ArrayList<>();
            for (SoakFlow flow = traffic.nextEnding(); flow != null; flow = traffic.nextEnding()) {
                ending.add(flow);
            }
            if (!ending.isEmpty()) {
                table.condemn(ending);
                ending.forEach(SoakFlow::begin);
            }
            if (resizing && !table4().isResizing()) {
                table4().resize(table4().buckets() == MANY_BUCKETS ? FEW_BUCKETS : MANY_BUCKETS);
                resizes++;
            }
            LockSupport.parkNanos(CONTROL_NS);
        }
        traffic.pause();
        until("nothing is on its way", traffic::isQuiet);
        assertNull(failure());
        assertEquals(List.of(), traffic.violations());
        // What was condemned goes when it is swept.
        until("count=" + tables.connections().limit().count() + " is what is there", () -> table.count() == tables.connections().limit().count());
        assertEquals(List.of(), table.check(traffic.flows()));
    }

    /** How often another index size was asked for. */
    public int resizes() {
        return resizes;
    }

    /** A counter of {@link io.penstock.conntrack.hot.table.TableCounter}, of both workers. */
    public long counter(final int counter) {
        return table4().counter(0, counter) + table4().counter(1, counter);
    }

    @Override
    public void close() {
        traffic.pause();
        table.close();
        tables.close();
        namespace.publisher().stopped();
        seats.forEach(Seat::stop);
        seats.forEach(Seat::check);
        namespaces.remove(namespace);
        seats.forEach(Seat::free);
        namespace.close();
    }

    private ConnTable table4() {
        return tables.connections().table(ConnLayout.FAMILY_IPV4);
    }

    private Throwable failure() {
        return seats.stream().map(seat -> seat.thread.failure()).filter(Objects::nonNull).findFirst().orElse(null);
    }

    private void rule(final String line) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true);
        assertEquals(0, new IptablesCommand(tables, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4)
                .run(List.of(line.split(" ")), out, out), said::toString);
    }

    private void until(final String what, final BooleanSupplier condition) {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - startNs < PATIENCE_NS, () -> "in vain: " + what + " failure=" + failure() + ' ' + traffic.violations());
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private final class Seat {

        private final MappedMemory memory =
                MappedMemory.reserveChunked((long) FRAMES << FRAME_SHIFT, MappedMemory.Pages.NORMAL, FRAME_SHIFT);
        private final FrameStack frames = new FrameStack(memory.address(), 1 << FRAME_SHIFT, FRAMES);
        private final PollSet pollSet = new PollSet(1);
        private final SoakTray tray;
        private final Lane lane;
        private final Worker worker;
        private final WorkerThread thread;

        private Seat(final int number, final List<Device> devices) {
            tray = new SoakTray(traffic, number, frames);
            lane = new Lane(stolen.nextLane(), "", namespace.fib().fib(), namespace.portTable(), frames, -1L << FRAME_SHIFT,
                    (port, ipv6, high, low) -> { });
            worker = new Worker(IdleMode.ADAPTIVE, pollSet, w -> { });
            devices.forEach(device -> lane.port(device, tray.port(device.index())));
            namespace.publisher().add(worker, lane);
            devices.forEach(device -> worker.addPort(lane, device.index(), tray.port(device.index()), -1));
            stolen.add(lane, worker.proxy());
            thread = new WorkerThread(worker, number, -1);
            traffic.attach(number, tray, this::ring);
        }

        /** Who falls asleep at this very moment looks again after the worker's longest sleep. */
        private void ring() {
            if ((worker.epoch().observe() & 1) != 0) {
                worker.proxy().wake();
            }
        }

        private void stop() {
            worker.stop();
            try {
                assertTrue(thread.join(STOP), "the worker does not end");
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void check() {
            assertTrue(lane.counters.unaccounted() == 0 && frames.count() == FRAMES,
                    () -> "unaccounted=" + lane.counters.unaccounted() + " free=" + frames.count());
        }

        private void free() {
            pollSet.close();
            memory.close();
        }
    }
}
