package io.penstock.dataplane.hot.rules;

import io.penstock.dataplane.api.Device;
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

    /** Places of devices' names: a port's index, or {@link Batch#FROM_HOST}. */
    private static final int DEVICES = Batch.FROM_HOST + 1;

    private static final int VERSION_4 = 4;
    private static final int POSTROUTING = RuleHook.POSTROUTING.ordinal();
    /** ICMPv6 types of RFC 4861, from router solicitations to redirects. */
    private static final int FIRST_DISCOVERY = 133;
    private static final int REDIRECT = 137;
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private final Lane lane;
    private final PacketServices services;
    private final TableProgram[] programs = new TableProgram[TABLES];
    private final RulePacket[] packets = new RulePacket[NESTED];
    private final Device[] named = new Device[DEVICES];
    private final DeviceWords[] words = new DeviceWords[DEVICES];
    private int depth;

    /** A lane's rules, none at first. */
    public LaneRules(final Lane lane, final PacketServices services) {
        this.lane = lane;
        this.services = services;
        for (int i = 0; i < packets.length; i++) {
            packets[i] = new RulePacket();
        }
    }

    /** Puts a table's program into force, or takes it out with null. Between batches. */
    public void program(final int table, final TableProgram program) {
        programs[table] = program;
    }

    /** Judges the packet that a view stands at: a verdict of {@link Verdict}. */
    int judge(final PacketView view, final int table, final int hook, final int version, final boolean knowsOut) {
        final TableProgram program = programs[table];
        if (program == null) {
            return Verdict.ACCEPT;
        }
        if (depth == NESTED) {
            return Verdict.DROP;
        }
        final RulePacket packet = packets[depth];
        final Batch b = view.batch();
        final int slot = view.slot();
        fill(packet, b, slot, hook, version, knowsOut);
        depth++;
        final int verdict;
        try {
            verdict = program.run(packet);
        } finally {
            depth--;
        }
        b.mark[slot] = packet.mark;
        if (packet.traced) {
            b.flags[slot] |= Batch.TRACED;
        }
        if (verdict == RuleVerdict.ACCEPT) {
            return Verdict.ACCEPT;
        }
        if (verdict == RuleVerdict.DROP) {
            view.dropReason(packet.rejected ? DropReason.REJECT : DropReason.RULE_DROP);
        }
        return verdict;
    }

    private void fill(
            final RulePacket p, final Batch b, final int slot, final int hook, final int version, final boolean knowsOut) {
        final long frame = b.frame[slot];
        final long network = frame + b.network[slot];
        final int length = b.length[slot] - b.network[slot];
        final int flags = b.flags[slot];
        final int inPort = b.inPort[slot];
        p.version = version;
        p.hook = hook;
        p.frame = inPort == Batch.FROM_HOST ? 0 : frame;
        p.network = network;
        p.length = length;
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
        fillDevices(p, inPort, knowsOut ? b.outPort[slot] : Batch.NO_PORT);
        if (inPort == Batch.FROM_HOST && hook == POSTROUTING && version != VERSION_4) {
            fillDiscoverySlow(p, b.outPort[slot]);
        }
        p.mark = b.mark[slot];
        p.priority = 0;
        p.uid = inPort == Batch.FROM_HOST ? b.uid[slot] : RulePacket.NO_SOCKET;
        p.gid = RulePacket.NO_SOCKET;
        p.kernelSocket = inPort == Batch.FROM_HOST && p.uid == RulePacket.NO_SOCKET
                && p.protocol == (version == VERSION_4 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
        p.nowNs = b.nowNs;
        p.wallNs = b.nowNs + lane.wallClockOffsetNs();
        p.worker = lane.index();
        p.hotdrop = false;
        p.rejected = false;
        p.traced = (flags & Batch.TRACED) != 0;
        p.services = services;
        p.slot = slot;
        p.batch = b;
    }

    private static void fillFragmentSlow(final RulePacket p) {
        final int headerBytes = Ipv4Layout.headerBytes(p.network);
        p.fragment = true;
        p.fragmentOffset = Ipv4Layout.fragmentOffset(p.network) >>> 3;
        p.transport = p.network + headerBytes;
        p.transportLength = p.length - headerBytes;
    }

    /** Neighbour discovery's packets have a device before they are routed: a redirect that by which the packet came that it is about. */
    private void fillDiscoverySlow(final RulePacket p, final int outPort) {
        if (p.protocol == IpProtocol.ICMPV6 && p.transportLength > 0) {
            final int type = Memory.getUnsignedByte(p.transport);
            if (type >= FIRST_DISCOVERY && type <= REDIRECT) {
                final DeviceWords in = words(type == REDIRECT ? lane.redirectedPort() : outPort);
                p.inName = in.word();
                p.inNameRest = in.rest();
                p.inIndex = in.ifindex();
            }
        }
    }

    private static int packetTypeSlow(final long frame) {
        return EthernetLayout.destination(frame) == BROADCAST ? RulePacket.BROADCAST : RulePacket.MULTICAST;
    }

    private void fillDevices(final RulePacket p, final int inPort, final int outPort) {
        final DeviceWords in = words(inPort);
        p.inName = in.word();
        p.inNameRest = in.rest();
        p.inIndex = in.ifindex();
        final DeviceWords out = words(outPort);
        p.outName = out.word();
        p.outNameRest = out.rest();
        p.outIndex = out.ifindex();
    }

    private DeviceWords words(final int port) {
        if (port == Batch.FROM_HOST || port < 0) {
            return DeviceWords.NONE;
        }
        final Device device = lane.device(port);
        return device == named[port] && device != null ? words[port] : wordsSlow(port, device);
    }

    /** A device is new, or the packet leaves by none of the ports. */
    private DeviceWords wordsSlow(final int port, final Device device) {
        if (device == null) {
            return DeviceWords.NONE;
        }
        named[port] = device;
        words[port] = DeviceWords.of(device);
        return words[port];
    }
}
