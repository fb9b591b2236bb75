package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Arrival;
import io.penstock.dataplane.judge.FlowKeys;
import io.penstock.dataplane.judge.Reaction;
import io.penstock.dataplane.judge.Traffic;
import io.penstock.dataplane.judge.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Packets of some flows at a time, each answered by whom it has reached and as it was when it came there.
 *
 * <p>Threads: one.
 */
final class FlowTraffic implements Traffic {

    private static final int MOST_FLOWS = 7;
    private static final int NEW_ONE_IN = 9;
    private static final int MOST_BURST = 6;
    private static final int OTHER = -1;

    private final Dice dice;
    private final FlowHosts hosts;
    private final FlowBytes bytes;
    private final FlowErrors errors;
    private final FlowFragments fragments;
    private final boolean ipv6;
    private final int[] pausedAt;
    private final int pauseMs;
    private final boolean hasLite;
    private final List<Flow> flows = new ArrayList<>();
    private final List<Sending> held = new ArrayList<>();
    private final List<Sending> parts = new ArrayList<>();
    private Sending under;
    private Flow bursting;
    private int burst;
    private int count;

    /** A packet of an end, when it is an error of nobody's flow; and what it is a fragment of, or itself. */
    private record Sending(Flow flow, FlowEnd from, Arrival arrival, byte[] whole) {

        private Sending(final Flow flow, final FlowEnd from, final Arrival arrival) {
            this(flow, from, arrival, arrival.bytes());
        }
    }

    /**
     * Packets.
     *
     * @param packets how many there will be
     * @param pauseMs how long nothing comes, four times; 0 for never. Unit: ms
     * @param hasLite whether there is UDP-Lite, whose checksum the kernel verifies as UDP's, so that it takes none that is right
     */
    FlowTraffic(final Dice dice, final FlowHosts hosts, final int packets, final int pauseMs, final boolean hasLite) {
        this.dice = dice;
        this.hosts = hosts;
        this.bytes = new FlowBytes(dice);
        this.errors = new FlowErrors(dice);
        this.fragments = new FlowFragments(dice);
        this.ipv6 = hosts.ipv6();
        this.pauseMs = pauseMs;
        this.hasLite = hasLite;
        this.pausedAt = pauseMs == 0 ? new int[0] : new int[] {packets / 5, packets * 2 / 5, packets * 3 / 5, packets * 4 / 5};
    }

    @Override
    public Arrival next(final Reaction before) {
        if (under != null) {
            reached(under, before);
        }
        under = sending();
        final Arrival arrival = under.arrival;
        final boolean isPaused = Arrays.stream(pausedAt).anyMatch(at -> at == count);
        count++;
        return isPaused ? new Arrival(arrival.port(), arrival.bytes(), null, pauseMs) : arrival;
    }

    private static void reached(final Sending sending, final Reaction reaction) {
        if (sending.flow == null) {
            return;
        }
        final int passed = FlowKeys.passedBy(sending.whole, reaction);
        if (passed >= 0) {
            final Reaction.Sent sent = reaction.sent().get(passed);
            came(sending.flow, sending.flow.other(sending.from), sent.port(), sent.bytes());
            return;
        }
        for (final Reaction.Sent sent : reaction.sent()) {
            if (sent.port() == sending.arrival.port() && FlowKeys.protocol(sent.bytes()) == sending.flow.protocol) {
                // What a rule answers in another's name.
                sending.flow.saw(sending.from, sent.bytes(), FlowKeys.transport(sent.bytes()));
            }
        }
    }

    private static void came(final Flow flow, final FlowEnd end, final int port, final byte... packet) {
        if (end == flow.far) {
            end.learn(port, packet);
        } else {
            end.last = packet;
        }
        flow.saw(end, packet, FlowKeys.transport(packet));
    }

    private Sending sending() {
        if (!parts.isEmpty() && !dice.oneIn(4)) {
            return parts.removeFirst();
        }
        if (!held.isEmpty() && dice.oneIn(6)) {
            return held.remove(dice.below(held.size()));
        }
        while (true) {
            final Sending next = made();
            if (next != null && dice.oneIn(40) && held.size() < 4) {
                held.add(next);
            } else if (next != null && dice.oneIn(25)) {
                fragments.of(next.arrival.bytes())
                        .forEach(part -> parts.add(new Sending(next.flow, next.from, next.arrival.with(part), next.whole)));
            } else if (next != null) {
                return next;
            }
            if (!parts.isEmpty()) {
                return parts.removeFirst();
            }
        }
    }

    private Sending made() {
        final Flow flow = flow();
        final boolean isNear = !flow.far.isKnown() || dice.oneIn(2);
        final FlowEnd from = isNear ? flow.near : flow.far;
        if (from.last != null && dice.oneIn(11)) {
            return error(from);
        }
        final byte[] transport = flow.next(from);
        if (transport == null) {
            return null;
        }
        byte[] packet = bytes.packet(from.local, from.peer, flow.protocol, transport);
        if (dice.oneIn(80)) {
            packet = cut(packet);
        }
        final int port = dice.oneIn(60) ? dice.below(RuleNetwork.PORTS) : from.port;
        return new Sending(flow, from, new Arrival(port, packet));
    }

    private Sending error(final FlowEnd from) {
        final byte[] packet = bytes.packet(errors.source(from), from.peer, ipv6 ? Wire.ICMPV6 : Wire.ICMP, errors.about(from));
        return new Sending(null, from, new Arrival(from.port, packet));
    }

    /** Shorter, and it says so. */
    private byte[] cut(final byte... packet) {
        final int header = FlowKeys.transport(packet);
        final byte[] shorter = Arrays.copyOf(packet, header + dice.below(packet.length - header + 1));
        if (ipv6) {
            Wire.put16(shorter, 4, shorter.length - Wire.IPV6_BYTES);
        } else {
            Wire.put16(shorter, 2, shorter.length);
            Wire.checksum4(shorter);
        }
        return shorter;
    }

    private Flow flow() {
        if (burst > 0) {
            burst--;
            return bursting;
        }
        if (flows.isEmpty() || dice.oneIn(NEW_ONE_IN)) {
            if (flows.size() >= MOST_FLOWS) {
                flows.remove(dice.below(flows.size()));
            }
            flows.add(begin());
        }
        bursting = dice.oneIn(3) ? flows.getLast() : dice.of(flows);
        burst = dice.oneIn(4) ? dice.below(MOST_BURST) : 0;
        return bursting;
    }

    private Flow begin() {
        final int protocol = dice.of(Wire.TCP, Wire.TCP, Wire.TCP, Wire.TCP, Wire.UDP, Wire.UDP, hasLite ? TransportBytes.UDPLITE : Wire.UDP,
                ipv6 ? Wire.ICMPV6 : Wire.ICMP, ipv6 ? Wire.ICMPV6 : Wire.ICMP, TransportBytes.SCTP, TransportBytes.SCTP,
                PlainFlow.GRE, OTHER);
        final Flow flow = switch (protocol) {
            case Wire.TCP -> new TcpFlow(dice);
            case TransportBytes.SCTP -> new SctpFlow(dice);
            case OTHER -> new PlainFlow(dice, dice.of(TransportBytes.ESP, 89, 4, 253));
            default -> new PlainFlow(dice, protocol);
        };
        final FlowHosts.Host client = hosts.any();
        flow.near.port = client.port();
        flow.near.local = client.address();
        flow.near.peer = hosts.server(client.port());
        flow.near.localKey = hosts.clientKey();
        flow.near.peerKey = hosts.serverKey();
        return flow;
    }
}
