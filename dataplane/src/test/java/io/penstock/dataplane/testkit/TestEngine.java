package io.penstock.dataplane.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.StolenPackets;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hooks.HookInitializer;
import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.LaneCounters;
import io.penstock.dataplane.hot.pipeline.NeighbourRequests;
import io.penstock.dataplane.hot.pipeline.Outcome;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.dataplane.namespace.Namespace;
import io.penstock.dataplane.namespace.Namespaces;
import io.penstock.dataplane.worker.Quiescence;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * One lane of a namespace with the ports lan, wan and dmz, driven by the test.
 *
 * <p>Routes: 10.1.0.0/16 and 2001:db8:1::/48 leave by wan; 10.0.0.254 and 2001:db8::fe are this host's; tests add others.
 */
public final class TestEngine implements AutoCloseable {

    public static final int LAN = 0;
    public static final int WAN = 1;
    public static final int DMZ = 2;
    public static final int MTU = 1500;
    public static final long GATEWAY_MAC = 0x0200_0000_0C01L;
    public static final long WAN_MAC = 0x0200_0000_0A01L;
    public static final int FRAMES = 2048;

    private static final int FRAME_SHIFT = 11;
    private static final int LARGE_FRAMES = 4;

    public final List<Device> devices =
            List.of(new Device(LAN, 11, "lan"), new Device(WAN, 12, "wan"), new Device(DMZ, 13, "dmz"));
    public final Quiescence quiescence = new Quiescence();
    public final Resumptions stolen = new Resumptions();
    public final HookRegistry hooks = new HookRegistry(stolen);
    public final Namespaces namespaces = new Namespaces();
    public final Namespace namespace = new Namespace("", devices, Namespace.Surroundings.CAPTURE, quiescence);
    public final FrameStack frames;
    public final Lane lane;
    public final ListPortIo[] ports = new ListPortIo[3];
    public final ListPortIo host;
    /** What the path asked neighbours for: port, and the address. */
    public final List<String> requests = new ArrayList<>();
    /** Who is asked to confirm a neighbour has no time. */
    public boolean confirmsNothing;
    /** The route by wan for each family. */
    public final int wan4;
    public final int wan6;
    public long nowNs = 1_000_000_000_000L;
    /** The last batch: outcomes by slot. */
    public final Batch batch = new Batch();

    private final MappedMemory memory;
    private final MappedMemory large;

    /** With nothing registered. */
    public TestEngine() {
        memory = MappedMemory.reserveChunked((long) FRAMES << FRAME_SHIFT, MappedMemory.Pages.NORMAL, FRAME_SHIFT);
        frames = new FrameStack(memory.address(), 1 << FRAME_SHIFT, FRAMES);
        large = MappedMemory.reserveChunked(
                LARGE_FRAMES * FrameStack.LARGE_FRAME_BYTES, MappedMemory.Pages.NORMAL, FrameStack.LARGE_FRAME_SHIFT);
        frames.addLarge(large.address(), LARGE_FRAMES);
        final PortTable table = namespace.portTable();
        for (int i = 0; i < ports.length; i++) {
            table.mac(i, Packets.PORT_MAC + i);
            table.forwarding(i, true, true);
            table.partialChecksums(i, true);
            ports[i] = new ListPortIo(frames);
        }
        table.mac(WAN, PortTable.ANY_MAC);
        table.mac(DMZ, PortTable.ANY_MAC);
        host = new ListPortIo(frames);
        lane = new Lane(0, namespace.name(), namespace.fib().fib(), table, frames, -1L << FRAME_SHIFT, new Requests());
        devices.forEach(d -> lane.port(d, ports[d.index()]));
        lane.local(host);
        namespace.publisher().add(lane);
        namespaces.register(new HookInitializer(hooks));
        namespaces.add(namespace);
        wan4 = gateway(4, WAN, "10.9.0.1");
        wan6 = gateway(6, WAN, "2001:db8:9::1");
        resolve(wan4);
        resolve(wan6);
        route("10.1.0.0", 16, wan4);
        route("2001:db8:1::", 48, wan6);
        route("10.0.0.254", 32, kind(AdjacencyKind.LOCAL, 4));
        route("2001:db8::fe", 128, kind(AdjacencyKind.LOCAL, 6));
    }

    /** The forwarding table's writer. */
    public FibWriter fib() {
        return namespace.fib();
    }

    /** An adjacency that leads nowhere outside. */
    public int kind(final int kind, final int family) {
        return fib().adjacencies().create(AdjacencyFields.ofKind(kind, family, 0, MTU));
    }

    /** An adjacency by a gateway that is not resolved yet. */
    public int gateway(final int family, final int port, final String address) {
        final IpAddress hop = IpAddress.parse(address);
        return fib().adjacencies().create(new AdjacencyFields(
                AdjacencyKind.UNRESOLVED_GATEWAY, 1, family, port, port + 11, MTU, hop.high(), hop.low()));
    }

    /** An adjacency for the addresses of a port's link. */
    public int glean(final int family, final int port) {
        return fib().adjacencies().create(
                new AdjacencyFields(AdjacencyKind.GLEAN, 0, family, port, port + 11, MTU, 0, 0));
    }

    /** The neighbour has answered. */
    public void resolve(final int adjacency) {
        fib().adjacencies().resolve(adjacency, GATEWAY_MAC, WAN_MAC);
        fib().bumpVersion();
    }

    /** A route. */
    public void route(final String prefix, final int length, final int adjacency) {
        final IpAddress address = IpAddress.parse(prefix);
        if (prefix.indexOf(':') < 0) {
            fib().put4((int) address.low(), length, adjacency);
        } else {
            fib().put6(address.high(), address.low(), length, adjacency);
        }
        fib().bumpVersion();
    }

    /** Runs packets that came in by a port, as one batch. */
    public void receive(final int port, final byte[]... packets) {
        for (final byte[] packet : packets) {
            ports[port].offer(packet);
        }
        Arrays.fill(batch.inPort, port);
        batch.nowNs = nowNs;
        batch.count = ports[port].receive(batch, Batch.CAPACITY);
        lane.process(batch);
    }

    /** Runs packets that this host sends, as one batch. */
    public void originate(final byte[]... packets) {
        originateBy(Batch.NO_PORT, packets);
    }

    /** Runs packets that this host's kernel has routed to a port, as one batch. */
    public void originateBy(final int port, final byte[]... packets) {
        for (final byte[] packet : packets) {
            host.offer(packet);
        }
        Arrays.fill(batch.inPort, Batch.FROM_HOST);
        Arrays.fill(batch.outPort, port);
        Arrays.fill(batch.mark, 0);
        Arrays.fill(batch.uid, -1);
        batch.nowNs = nowNs;
        batch.count = host.receive(batch, Batch.CAPACITY);
        lane.processOutput(batch);
    }

    /** A batch boundary: what owners gave back goes on, then what waits for neighbours. */
    public int boundary() {
        quiescence.poll();
        stolen.drain();
        return lane.tend(nowNs);
    }

    public LaneCounters counters() {
        return lane.counters;
    }

    /** How many packets were dropped for a reason. */
    public long dropped(final DropReason reason) {
        return lane.counters.dropped[reason.id()];
    }

    /** What became of a packet of the last batch, in a word, with a drop's reason. */
    public String outcome(final int slot) {
        final int outcome = batch.outcome[slot];
        return switch (Outcome.kind(outcome)) {
            case Outcome.FORWARDED -> "forwarded";
            case Outcome.DELIVERED -> "delivered";
            case Outcome.STOLEN -> "stolen";
            case Outcome.QUEUED -> "queued " + Outcome.payload(outcome);
            case Outcome.PARKED -> "parked";
            case Outcome.FRAGMENTED -> "fragmented";
            case Outcome.GATHERED -> "gathered";
            case Outcome.DROPPED -> "dropped " + DropReason.of(Outcome.payload(outcome)).metric();
            default -> "none";
        };
    }

    /** Every packet is accounted for, every frame is free or parked. */
    public void assertBooks() {
        assertBooks(0);
    }

    /** The same with so many packets in parking places. */
    public void assertBooks(final int parked) {
        assertEquals(0, lane.counters.unaccounted(), "unaccounted");
        assertEquals(parked, lane.parkedCount(), "parked");
        assertEquals(FRAMES, frames.count() + parked, "frames");
        assertEquals(LARGE_FRAMES, frames.largeCount(), "large frames");
    }

    @Override
    public void close() {
        namespaces.remove(namespace);
        namespace.close();
        large.close();
        memory.close();
    }

    /** Notes what is asked. */
    private final class Requests implements NeighbourRequests {

        @Override
        public void request(final int port, final boolean ipv6, final long high, final long low) {
            requests.add(port + " " + (ipv6 ? IpAddress.v6(high, low) : IpAddress.v4((int) low)));
        }

        @Override
        public boolean confirm(final int port, final boolean ipv6, final long high, final long low) {
            return !confirmsNothing && NeighbourRequests.super.confirm(port, ipv6, high, low);
        }
    }

    /** Packets given back, applied at the next boundary. */
    public final class Resumptions implements StolenPackets {

        private final Queue<long[]> queue = new ArrayDeque<>();

        @Override
        public void release(final long token) {
            resume(token, Verdict.DROP);
        }

        @Override
        public void resume(final long token, final int verdict) {
            queue.add(new long[] {token, verdict});
        }

        @Override
        public int capacity() {
            return Lane.PARKING_PLACES;
        }

        private void drain() {
            final int waiting = queue.size();
            for (int i = 0; i < waiting; i++) {
                final long[] next = queue.remove();
                lane.resume(next[0], (int) next[1], nowNs);
            }
        }
    }
}
