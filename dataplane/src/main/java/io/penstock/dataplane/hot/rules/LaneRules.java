package io.penstock.dataplane.hot.rules;

import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.hot.BatchSearch;
import io.penstock.rules.hot.ConnectionServices;
import io.penstock.rules.hot.PacketServices;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.hot.TableProgram;

/**
 * One lane's copies of its namespace's tables, and the packet as they see it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A table's program is changed between batches only.</li>
 *   <li>A packet that a rule makes (REJECT, TEE) is judged inside of the rule's packet's judgement and has a view of its own.</li>
 * </ol>
 *
 * <p>Threads: the lane's worker.
 */
public final class LaneRules {

    /** Tables of both families. */
    public static final int TABLES = 10;

    /**
     * Packets that can be judged inside of each other. Unit: packets. A rule's answer or copy makes no further one, and an error about
     * a packet that the lane made is not sent, so two would do; what is nested deeper is dropped.
     */
    private static final int NESTED = 4;

    /** Places of devices: a port's index and one more, so that {@link Batch#NO_PORT} has one; {@link Batch#FROM_HOST} has the last. Those two are none. */
    private static final int DEVICES = Batch.FROM_HOST + 2;

    /** Of names that are not filled in, or are no more. */
    private static final int NO_PLACE = -1;

    /** Headers are not where they are in most packets, or are not there. */
    private static final int UNUSUAL = Batch.LATER_FRAGMENT | Batch.NO_TRANSPORT | Batch.FRAGMENT;
    private static final int IPV4 = Family.IPV4.number();
    private static final int IPV6 = Family.IPV6.number();
    private static final int VERSION_4 = 4;
    private static final int OUTPUT = RuleHook.OUTPUT.ordinal();
    private static final int POSTROUTING = RuleHook.POSTROUTING.ordinal();
    private static final int PER_FAMILY = TableName.values().length;
    private static final int MANGLE = TableName.MANGLE.ordinal();
    /** Of an IPv6 header's first eight bytes all but length and next header. */
    private static final long WAY_BITS6 = 0xFFFF_FFFF_0000_00FFL;
    /** ICMPv6 types of RFC 4861, from router solicitations to redirects. */
    private static final int FIRST_DISCOVERY = 133;
    private static final int REDIRECT = 137;
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private final Lane lane;
    private final TableProgram[] programs = new TableProgram[TABLES];
    private final RulePacket[] packets = new RulePacket[NESTED];
    private final long[] names = new long[DEVICES];
    private final long[] nameRests = new long[DEVICES];
    private final int[] indexes = new int[DEVICES];
    private long devicesVersion = -1;
    private int depth;

    /** A lane's rules, none at first. */
    public LaneRules(final Lane lane, final PacketServices services, final ConnectionServices connections) {
        this.lane = lane;
        for (int i = 0; i < packets.length; i++) {
            packets[i] = new RulePacket();
            packets[i].services = services;
            packets[i].connections = connections;
            packets[i].worker = lane.index();
            packets[i].gid = RulePacket.NO_SOCKET;
        }
    }

    /** Puts a table's program into force, or takes it out with null. Between batches. */
    public void program(final int table, final TableProgram program) {
        programs[table] = program;
        if (program != null) {
            for (final RulePacket packet : packets) {
                program.prepare(packet);
            }
        }
    }

    /** Judges the packet that a view stands at: a verdict of {@link Verdict}. */
    int judge(final PacketView view, final int table, final int hook, final int version, final boolean knowsOut) {
        final TableProgram program = programs[table];
        if (program == null) {
            return Verdict.ACCEPT;
        }
        final Batch b = view.batch();
        final int slot = view.slot();
        if (program.mayKnowAtOnce(hook) && (b.flags[slot] & Batch.TRACED) == 0) {
            final int verdict = judgeAtOnce(view, program, hook, version);
            if (verdict != RuleVerdict.CONTINUE) {
                return verdict;
            }
        }
        return judge(view, program, table, hook, version, knowsOut);
    }

    /** Judges without asking rules, where something is known without them; else {@link RuleVerdict#CONTINUE}. */
    private static int judgeAtOnce(final PacketView view, final TableProgram program, final int hook, final int version) {
        final Batch b = view.batch();
        final int slot = view.slot();
        if (program.acceptsAtOnce(hook, b.connectionInfo[slot])) {
            program.accept(hook, b.length[slot] - b.network[slot]);
            return Verdict.ACCEPT;
        }
        final BatchSearch ahead = program.ahead(hook);
        return ahead == null || !isUsual(b, slot, version) ? RuleVerdict.CONTINUE : settle(view, program, ahead, hook);
    }

    private static int settle(final PacketView view, final TableProgram program, final BatchSearch ahead, final int hook) {
        final Batch b = view.batch();
        final int slot = view.slot();
        final long frame = b.frame[slot];
        final int rule = ahead.found(slot, frame + b.network[slot], frame + b.transport[slot], b.protocol[slot]);
        if (rule == BatchSearch.NONE) {
            return RuleVerdict.CONTINUE;
        }
        final int verdict = program.settle(hook, rule, b.length[slot] - b.network[slot]);
        if (verdict != RuleVerdict.CONTINUE) {
            ahead.judged();
        }
        if (verdict == RuleVerdict.DROP) {
            view.dropReason(DropReason.RULE_DROP);
        }
        return verdict;
    }

    /** Searches a hook's chain for all packets of a batch. */
    void searchAhead(final Batch b, final int table, final int hook, final int version) {
        final TableProgram program = programs[table];
        if (program == null || hook == OUTPUT) {
            return;
        }
        final BatchSearch ahead = program.ahead(hook);
        if (ahead != null && ahead.begin()) {
            final int family = version == VERSION_4 ? IPV4 : IPV6;
            for (int slot = 0; slot < b.count; slot++) {
                if (b.family[slot] == family && isUsual(b, slot, version)) {
                    final long frame = b.frame[slot];
                    ahead.key(slot, frame + b.network[slot], frame + b.transport[slot], b.protocol[slot]);
                } else {
                    ahead.skip(slot);
                }
            }
            ahead.search();
        }
    }

    private static boolean isUsual(final Batch b, final int slot, final int version) {
        return (b.flags[slot] & UNUSUAL) == 0 && b.length[slot] - b.transport[slot] >= BatchSearch.LEAST_TRANSPORT
                && (version == VERSION_4 || b.transport[slot] - b.network[slot] == Ipv6Layout.HEADER_BYTES);
    }

    private int judge(
            final PacketView view, final TableProgram program, final int table, final int hook, final int version, final boolean knowsOut) {
        if (depth == NESTED) {
            return Verdict.DROP;
        }
        final RulePacket packet = packets[depth];
        final Batch b = view.batch();
        final int slot = view.slot();
        fill(packet, b, slot, hook, version, knowsOut);
        final boolean isRoutedAgain = hook == OUTPUT && lane.isCopy(b) && table % PER_FAMILY == MANGLE;
        final long wayBits = isRoutedAgain ? wayBits(packet.network, version) : 0;
        depth++;
        final int verdict;
        try {
            verdict = program.run(packet);
        } finally {
            depth--;
        }
        if (isRoutedAgain && verdict != RuleVerdict.DROP
                && (b.mark[slot] != packet.mark || wayBits != wayBits(packet.network, version)) && !routeSlow(view, b, slot)) {
            return Verdict.DROP;
        }
        b.mark[slot] = packet.mark;
        if (packet.traced) {
            b.flags[slot] |= Batch.TRACED;
        }
        if (verdict == RuleVerdict.ACCEPT) {
            return Verdict.ACCEPT;
        }
        if (verdict == RuleVerdict.DROP) {
            view.dropReason(packet.rejected ? DropReason.REJECT : packet.endless ? DropReason.RULE_JUMPS : DropReason.RULE_DROP);
        }
        return verdict;
    }

    /** What else than its mark makes a packet be routed again after table mangle: of IPv4 its type of service. */
    private static long wayBits(final long ip, final int version) {
        return version == VERSION_4 ? Ipv4Layout.tos(ip) : Memory.getLongBE(ip) & WAY_BITS6;
    }

    /** A copy that table mangle changed is routed again, by its own destination; false when no way leads there. */
    private boolean routeSlow(final PacketView view, final Batch b, final int slot) {
        final DropReason reason = lane.routeAgain(b, slot);
        if (reason == null) {
            return true;
        }
        view.dropReason(reason);
        return false;
    }

    /** In two parts, because the JIT compiler takes neither judge nor fill into its caller when they are longer. */
    private void fill(
            final RulePacket p, final Batch b, final int slot, final int hook, final int version, final boolean knowsOut) {
        p.version = version;
        p.hook = hook;
        fillHeaders(p, b, slot, version);
        fillDevices(p, b.inPort[slot], knowsOut ? b.outPort[slot] : Batch.NO_PORT);
        fillRest(p, b, slot, version);
    }

    private void fillHeaders(final RulePacket p, final Batch b, final int slot, final int version) {
        final long frame = b.frame[slot];
        final long network = frame + b.network[slot];
        final int flags = b.flags[slot];
        p.frame = lane.hasLink(b.inPort[slot]) ? frame : 0;
        p.network = network;
        p.length = b.length[slot] - b.network[slot];
        p.transport = frame + b.transport[slot];
        p.transportLength = b.length[slot] - b.transport[slot];
        p.protocol = b.protocol[slot];
        p.fragmentOffset = 0;
        p.fragment = false;
        if (version == VERSION_4) {
            if ((flags & (Batch.FRAGMENT | Batch.LATER_FRAGMENT)) != 0) {
                fillFragmentSlow(p);
            }
        } else if ((flags & Batch.NO_TRANSPORT) != 0 || p.transport != network + Ipv6Layout.HEADER_BYTES) {
            Headers6.find(p);
        }
        p.partialChecksum = (flags & Batch.PARTIAL_CHECKSUM) != 0;
        p.packetType = (flags & Batch.LINK_MULTICAST) == 0 ? RulePacket.HOST : packetTypeSlow(frame);
    }

    private void fillRest(final RulePacket p, final Batch b, final int slot, final int version) {
        final int inPort = b.inPort[slot];
        if (inPort == Batch.FROM_HOST) {
            fillSent(p, b, slot);
        }
        final int info = b.connectionInfo[slot];
        p.connectionInfo = info;
        p.connection = ConnInfo.hasConnection(info) ? b.connection[slot] : 0;
        p.mark = b.mark[slot];
        p.priority = 0;
        p.uid = inPort == Batch.FROM_HOST ? b.uid[slot] : RulePacket.NO_SOCKET;
        p.kernelSocket = inPort == Batch.FROM_HOST && p.uid == RulePacket.NO_SOCKET && !lane.isCopy(b)
                && p.protocol == (version == VERSION_4 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
        p.nowNs = b.nowNs;
        p.wallNs = b.nowNs + lane.wallClockOffsetNs();
        p.hotdrop = false;
        p.rejected = false;
        p.endless = false;
        p.traced = (b.flags[slot] & Batch.TRACED) != 0;
        p.slot = slot;
        if (p.batch != b) {
            p.batch = b;
        }
    }

    private static void fillFragmentSlow(final RulePacket p) {
        final int headerBytes = Ipv4Layout.headerBytes(p.network);
        p.fragment = true;
        p.fragmentOffset = Ipv4Layout.fragmentOffset(p.network) >>> 3;
        p.transport = p.network + headerBytes;
        p.transportLength = p.length - headerBytes;
    }

    /**
     * Some of what is sent has a device before it leaves: a copy that by which its gateway is reached, and neighbour discovery's packets theirs,
     * a redirect that by which the packet came that it is about. At LOCAL_OUT a copy leaves by the way to its gateway, even where it has been
     * routed again.
     */
    private void fillSent(final RulePacket p, final Batch b, final int slot) {
        if (lane.isCopy(b)) {
            if (p.hook == OUTPUT) {
                fillOut(p, lane.copyPort());
            } else {
                fillIn(p, lane.copyPort());
                p.frame = lane.hasCopyLink() ? b.frame[slot] : 0;
            }
        } else if (p.hook == POSTROUTING && p.version != VERSION_4 && p.protocol == IpProtocol.ICMPV6 && p.transportLength > 0) {
            final int type = Memory.getUnsignedByte(p.transport);
            if (type >= FIRST_DISCOVERY && type <= REDIRECT) {
                fillIn(p, type == REDIRECT ? lane.redirectedPort() : b.outPort[slot]);
            }
        }
    }

    private void fillIn(final RulePacket p, final int port) {
        final int place = port + 1;
        if (p.inPlace != place) {
            p.inPlace = place;
            p.inName = names[place];
            p.inNameRest = nameRests[place];
            p.inIndex = indexes[place];
        }
    }

    private void fillOut(final RulePacket p, final int port) {
        final int place = port + 1;
        if (p.outPlace != place) {
            p.outPlace = place;
            p.outName = names[place];
            p.outNameRest = nameRests[place];
            p.outIndex = indexes[place];
        }
    }

    private static int packetTypeSlow(final long frame) {
        return EthernetLayout.destination(frame) == BROADCAST ? RulePacket.BROADCAST : RulePacket.MULTICAST;
    }

    private void fillDevices(final RulePacket p, final int inPort, final int outPort) {
        if (devicesVersion != lane.devices.version()) {
            nameDevicesSlow();
        }
        fillIn(p, inPort);
        fillOut(p, outPort);
    }

    /** A port is new, or has another device. */
    private void nameDevicesSlow() {
        devicesVersion = lane.devices.version();
        for (final RulePacket packet : packets) {
            packet.inPlace = NO_PLACE;
            packet.outPlace = NO_PLACE;
        }
        for (int port = 0; port < Batch.FROM_HOST; port++) {
            final Device device = lane.devices.of(port);
            final DeviceWords words = device == null ? DeviceWords.NONE : DeviceWords.of(device);
            names[port + 1] = words.word();
            nameRests[port + 1] = words.rest();
            indexes[port + 1] = words.ifindex();
        }
    }
}
