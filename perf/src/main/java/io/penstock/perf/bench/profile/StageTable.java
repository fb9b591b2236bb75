package io.penstock.perf.bench.profile;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which stage a class belongs to: the one table of it.
 *
 * <p>An entry is a package ({@code a.b.}), a class ({@code a.b.C}) or a method of one ({@code a.b.C#m}), below {@code io.penstock}; the most
 * particular one counts, and inner classes go with their class. Helpers belong to whoever calls them: memory, headers, layouts, what is only
 * data. A stage is never told from them.
 *
 * <p>Invariants, which a test holds: every class of a hot package has an entry, or is a helper; every entry has a class.
 */
final class StageTable {

    private static final String ROOT = "io.penstock.";

    private static final Map<String, Stage> ENTRIES = new TreeMap<>();

    private static final Set<String> HELPERS = new TreeSet<>(List.of(
            "os.hot.memory.", "os.hot.packet.", "os.hot.tap.", "os.hot.ring.FrameStack", "os.hot.ring.ConsumerRing",
            "os.hot.ring.ProducerRing", "os.hot.ring.RingOffsets", "os.hot.ring.TpacketLayout",
            "conntrack.hot.ConnDirection", "conntrack.hot.ConnEvents", "conntrack.hot.ConnInfo", "conntrack.hot.ConnLayout",
            "conntrack.hot.ConnStatus", "conntrack.hot.ConnSwitches", "conntrack.hot.ConnTemplate", "conntrack.hot.Deadline",
            "conntrack.hot.TrackerSettings",
            "dataplane.hot.fib.AdjacencyLayout", "dataplane.hot.fib.AdjacencyKind",
            "dataplane.hot.metrics.", "dataplane.hot.pipeline.Batch", "dataplane.hot.pipeline.DropReason",
            "dataplane.hot.pipeline.HookList", "dataplane.hot.pipeline.HookStateView", "dataplane.hot.pipeline.IpSettings",
            "dataplane.hot.pipeline.LaneCounters", "dataplane.hot.pipeline.LaneDevices", "dataplane.hot.pipeline.Outcome",
            "dataplane.hot.pipeline.PacketView", "dataplane.hot.pipeline.ParkedLayout", "dataplane.hot.pipeline.PortIo",
            "dataplane.hot.pipeline.PortTable", "dataplane.hot.pipeline.PortTally"));

    static {
        put(Stage.GENERATOR, "perf.connections.", "perf.bench.update.", "perf.wire.");
        put(Stage.RECEIVE, "dataplane.hot.port.", "os.hot.ring.RxRing", "os.hot.ring.PacketRxRing", "os.hot.ring.FillRing");
        put(Stage.PARSE, "dataplane.hot.pipeline.ParseStep", "dataplane.hot.pipeline.HopByHop", "dataplane.hot.pipeline.UpperLayer6",
                "dataplane.hot.pipeline.PacketOptions", "dataplane.hot.options.");
        put(Stage.DEFRAGMENT, "conntrack.hot.frag.", "dataplane.hot.fragment.", "dataplane.hot.connections.GatherHook",
                "dataplane.hot.connections.LaneFragments", "dataplane.hot.pipeline.GatheredPackets");
        put(Stage.CONNECTION_LOOKUP, "conntrack.hot.table.", "dataplane.hot.connections.PacketTracker#prepare",
                "dataplane.hot.connections.BatchHints", "dataplane.hot.connections.PacketTracker#find",
                "dataplane.hot.connections.PacketTracker#findInverse", "dataplane.hot.connections.TrackHook#prepare");
        put(Stage.CONNECTION_TRACK, "conntrack.hot.track.", "conntrack.hot.event.", "conntrack.hot.table.Confirmation",
                "conntrack.hot.table.EntryPool", "conntrack.hot.table.EntryStock", "conntrack.hot.table.ConnLimit",
                "conntrack.hot.table.EntryRemover", "conntrack.hot.table.TableWorker#allocate", "conntrack.hot.table.TableWorker#confirm",
                "conntrack.hot.table.TableWorker#kill", "conntrack.hot.table.TableWorker#claim", "conntrack.hot.table.TableWorker#release",
                "dataplane.hot.connections.", "dataplane.hot.pipeline.Tracking");
        put(Stage.HOOKS, "dataplane.program.", "dataplane.hot.pipeline.Lane", "dataplane.hot.pipeline.HookVerdicts",
                "dataplane.hot.pipeline.PacketProgram", "dataplane.hot.pipeline.PassesServed", "dataplane.hot.pipeline.PreparedHook", "dataplane.hot.pipeline.PipelineHook",
                "dataplane.hot.pipeline.Return", "perf.bench.engine.");
        put(Stage.RULES, "rules.hot.", "rules.compile.", "rules.bytecode.", "dataplane.hot.rules.", "dataplane.hot.pipeline.RuleRoutes",
                "dataplane.hot.pipeline.RuleServices", "dataplane.hot.connections.RuleConnections");
        put(Stage.SETS, "rules.hot.set.", "rules.hot.SetScratch", "rules.hot.match.HotSet", "rules.hot.target.HotSetMap",
                "rules.hot.target.HotSetMembers");
        put(Stage.NAT, "conntrack.hot.nat.", "dataplane.hot.rules.NatHook", "dataplane.hot.connections.LaneNat",
                "dataplane.hot.pipeline.DeviceAddresses");
        put(Stage.SERVICES, "dataplane.hot.ipvs.", "dataplane.hot.pipeline.ServerRoute", "dataplane.hot.pipeline.ServiceSize");
        put(Stage.ROUTE, "dataplane.hot.fib.", "dataplane.hot.pipeline.RouteStep", "dataplane.hot.pipeline.Route4Slow",
                "dataplane.hot.pipeline.Route6Slow", "dataplane.hot.pipeline.OutputRoute", "dataplane.hot.pipeline.LastRoute",
                "dataplane.hot.pipeline.Multipath", "dataplane.hot.pipeline.LinkLocal6");
        put(Stage.FORWARD, "dataplane.hot.pipeline.ForwardStep");
        put(Stage.REWRITE, "dataplane.hot.pipeline.TransmitStep", "dataplane.hot.pipeline.ResolveSlow", "dataplane.hot.pipeline.Parking",
                "dataplane.hot.pipeline.WaitingPackets", "dataplane.hot.pipeline.NeighbourRequests");
        put(Stage.SEND, "dataplane.hot.pipeline.TxQueue", "dataplane.hot.pipeline.Lane#flush", "dataplane.hot.pipeline.Lane#flushHalfFull",
                "os.hot.ring.TxRing", "os.hot.ring.CompletionRing", "os.hot.ring.PacketTx", "os.hot.ring.Doorbell",
                "dataplane.hot.port.MemoryPortIo#send", "dataplane.hot.port.XdpPortIo#send", "dataplane.hot.port.XdpPortIo#kick",
                "dataplane.hot.port.XdpPortIo#complete", "dataplane.hot.port.PacketPortIo#send", "dataplane.hot.port.TapPortIo#send",
                "dataplane.hot.port.TapPortIo#write", "dataplane.hot.port.HandoffPortIo", "dataplane.hot.port.HandoffDrain",
                "dataplane.hot.port.HandoffRing", "dataplane.hot.port.TcpJoiner", "perf.connections.FlowPort#send");
        put(Stage.ORIGINATE, "dataplane.hot.icmp.", "dataplane.hot.pipeline.Errors4", "dataplane.hot.pipeline.Errors6",
                "dataplane.hot.pipeline.Originator", "dataplane.hot.pipeline.OriginObserver", "dataplane.hot.pipeline.Rejection",
                "dataplane.hot.pipeline.TcpResets", "dataplane.hot.pipeline.RuleCopies");
        put(Stage.MAINTENANCE, "dataplane.hot.publish.", "dataplane.hot.log.", "dataplane.hot.pipeline.RuleLog",
                "dataplane.hot.pipeline.BatchListener", "dataplane.hot.pipeline.UnparkObserver", "dataplane.run.", "dataplane.replay.",
                "dataplane.hot.pipeline.Lane#tend", "dataplane.hot.connections.LaneConnections#tend",
                "dataplane.hot.connections.LaneConnections#rest", "dataplane.hot.connections.LaneFragments#tend",
                "dataplane.hot.ipvs.LaneServices#tend", "conntrack.hot.table.EntrySweeper", "conntrack.hot.table.IndexMover",
                "conntrack.hot.table.EntryListener", "conntrack.hot.table.TableWorker#maintain", "conntrack.hot.table.TableWorker#boundary",
                "conntrack.hot.table.TableWorker#adopt", "rules.hot.set.table.TableSweeper", "rules.hot.set.table.TableUpkeep",
                "dataplane.worker.Worker#adopt", "dataplane.metrics.", "dataplane.connections.");
        put(Stage.IDLE, "dataplane.worker.", "perf.bench.engine.BenchLoop");
    }

    private StageTable() {
    }

    /** The stage of a method, by its class's whole name; null for a helper, and for what is not ours. */
    static Stage of(final String type, final String method) {
        final String outer = outer(type);
        final String entry = outer == null ? null : entry(outer, method);
        return entry == null ? null : ENTRIES.get(entry);
    }

    /** Whether a class has an entry, be it as a helper. */
    static boolean knows(final String type) {
        final String outer = outer(type);
        return outer != null && entry(outer, "") != null;
    }

    /** All entries, helpers included, as they are written here. */
    static Collection<String> entries() {
        final Set<String> all = new TreeSet<>(ENTRIES.keySet());
        all.addAll(HELPERS);
        return all;
    }

    /** The most particular one, or null. */
    private static String entry(final String outer, final String method) {
        final String particular = outer + '#' + method;
        if (ENTRIES.containsKey(particular)) {
            return particular;
        }
        if (ENTRIES.containsKey(outer) || HELPERS.contains(outer)) {
            return outer;
        }
        for (int dot = outer.lastIndexOf('.'); dot > 0; dot = outer.lastIndexOf('.', dot - 1)) {
            final String prefix = outer.substring(0, dot + 1);
            if (ENTRIES.containsKey(prefix) || HELPERS.contains(prefix)) {
                return prefix;
            }
        }
        return null;
    }

    /** The outermost class's name below the root, or null when it is not below it. */
    private static String outer(final String type) {
        if (!type.startsWith(ROOT)) {
            return null;
        }
        final int inner = type.indexOf('$');
        return inner < 0 ? type.substring(ROOT.length()) : type.substring(ROOT.length(), inner);
    }

    private static void put(final Stage stage, final String... entries) {
        for (final String entry : entries) {
            if (ENTRIES.put(entry, stage) != null) {
                throw new IllegalStateException(entry + " has two stages");
            }
        }
    }
}
