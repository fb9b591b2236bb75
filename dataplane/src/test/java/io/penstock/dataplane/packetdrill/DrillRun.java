package io.penstock.dataplane.packetdrill;

import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.packetdrill.DrillEvent.Call;
import io.penstock.dataplane.packetdrill.DrillEvent.Segment;
import io.penstock.dataplane.packetdrill.DrillEvent.Shell;
import io.penstock.dataplane.packetdrill.DrillHost.Sent;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.compile.CompiledTable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Runs a script: its packets go to the engine's host, what the host has to send leaves through the engine, each at its time, and the commands in
 * between see the engine as it is then.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every packet of the script goes through the engine, once, and leaves it byte by byte as it came.</li>
 *   <li>A packet that the host has to send is sent when the host has reason to: what a call causes, with the call, also where the script looks for
 *       it later; what answers a packet, where the script looks for it, and only if that packet was delivered.</li>
 *   <li>What the host answers and the script does not look for is sent too, unless it is a mere acknowledgement, which data carries later.</li>
 * </ol>
 */
final class DrillRun implements AutoCloseable {

    private static final int SERVICE = 8080;
    private static final int CLIENT = 40_123;
    /** Numbers go through zero after some bytes. */
    private static final int HOST_START = 0xFFFF_FF00;
    private static final int WINDOW = 65_535;
    private static final int HEADER_BYTES = 20;
    private static final int CHECKSUM_AT = 16;
    private static final int ETHERNET_BYTES = 14;

    private final TestEngine engine = new TestEngine();
    private final RuleTables tables =
            new RuleTables(engine.namespace, engine.hooks, RuleServices::new, () -> engine.nowNs, CompiledTable::indexed);
    private final DrillHost host = new DrillHost(HOST_START);
    private final DrillShell shell;
    private final List<DrillEvent> events;
    private final Set<Segment> sent = new HashSet<>();
    private final long startNs = engine.nowNs;
    private final String hostAddress;
    private final String peerAddress;
    private int position;
    /** From the script's numbers to the packets'. */
    private int hostOffset;
    private int peerOffset;
    private boolean isAnswered;
    private boolean isHostServer;
    private int packets;
    private int unshown;
    private int calls;

    /**
     * A run that has not begun.
     *
     * @param family what addresses are of
     * @param folder where files of commands are
     */
    DrillRun(final List<DrillEvent> events, final IpFamily family, final Path folder) {
        this.events = events;
        final boolean isIpv4 = family == IpFamily.IPV4;
        hostAddress = isIpv4 ? "10.0.0.254" : "2001:db8::fe";
        peerAddress = isIpv4 ? "10.0.0.1" : "2001:db8::1";
        final int adjacency = engine.gateway(isIpv4 ? 4 : 6, TestEngine.LAN, isIpv4 ? "10.0.0.2" : "2001:db8::2");
        engine.resolve(adjacency);
        engine.route(isIpv4 ? "10.0.0.0" : "2001:db8::", isIpv4 ? 24 : 64, adjacency);
        shell = new DrillShell(tables, family, folder,
                () -> Clock.fixed(Instant.EPOCH.plusNanos(engine.nowNs), ZoneOffset.UTC));
    }

    /** Packets of the script that went through the engine. */
    int packets() {
        return packets;
    }

    /** Packets that the script does not look for. */
    int unshown() {
        return unshown;
    }

    /** Commands whose output was looked at. */
    int checks() {
        return shell.checks();
    }

    /** Calls whose results were looked at. */
    int calls() {
        return calls;
    }

    /**
     * Runs it to its end.
     *
     * @throws DrillFailure when something is not as the script says
     */
    void run() {
        while (position < events.size()) {
            final DrillEvent event = events.get(position++);
            final DrillEvent.Time time = event.time();
            engine.nowNs = Math.max(engine.nowNs, (time.isAfterLast() ? engine.nowNs : startNs) + time.ns());
            engine.boundary();
            switch (event) {
                case Segment segment when segment.isInbound() -> receive(segment);
                case Segment segment -> expect(segment);
                case Call call -> call(call);
                case Shell command -> command(command);
            }
        }
        engine.assertBooks();
    }

    private void command(final Shell command) {
        final String wrong = shell.run(command.text());
        if (wrong != null) {
            throw new DrillFailure(command.line(), wrong);
        }
    }

    private void receive(final Segment segment) {
        final boolean isSyn = (segment.flags() & DrillFlags.SYN) != 0;
        final boolean isAck = (segment.flags() & DrillFlags.ACK) != 0;
        if (isSyn && isAck && host.isConnecting() && !isAnswered) {
            isAnswered = true;
            peerOffset = segment.sequence();
        }
        final int sequence = isSyn ? segment.sequence() : segment.sequence() + peerOffset;
        final int acked = isAck ? segment.acked() + hostOffset : 0;
        final byte[] packet = packet(segment, peerAddress, hostAddress, sequence, acked);
        engine.receive(TestEngine.LAN, packet);
        packets++;
        final String outcome = engine.outcome(0);
        if (outcome.equals("delivered")) {
            same(segment, packet, engine.host.sent.removeLast());
            host.deliver(segment.flags(), sequence, segment.bytes(), acked);
            answer(segment);
        } else if (!outcome.equals("dropped rule_drop")) {
            throw new DrillFailure(segment.line(), "the packet was " + outcome);
        }
    }

    /** Sends what the host owes and the script does not look for. */
    private void answer(final Segment cause) {
        final Iterator<Sent> owed = host.owed().iterator();
        while (owed.hasNext()) {
            final Sent answer = owed.next();
            if (answer.flags() != DrillFlags.ACK && events.subList(position, events.size()).stream().noneMatch(e -> isOf(e, answer))) {
                owed.remove();
                transmit(of(cause, answer), answer);
                unshown++;
            }
        }
    }

    private void expect(final Segment segment) {
        if (sent.contains(segment)) {
            return;
        }
        final Sent wanted = live(segment);
        final boolean isRepeated = host.isConnecting() && isSame(host.syn(), wanted);
        if (!isRepeated && host.owed().stream().noneMatch(owed -> isSame(owed, wanted))) {
            throw new DrillFailure(segment.line(), "the host has no reason to send " + wanted + "; what it owes is " + host.owed());
        }
        if (!isRepeated) {
            host.settle(owed -> isSame(owed, wanted));
        }
        show(segment, wanted);
        if ((segment.flags() & DrillFlags.RST) != 0 && host.takeHaste()) {
            send(segment, host.syn());
        }
    }

    /** Sends what a call has caused. */
    private void send(final DrillEvent cause, final Sent segment) {
        for (final DrillEvent event : events.subList(position, events.size())) {
            if (isOf(event, segment)) {
                show((Segment) event, segment);
                return;
            }
        }
        transmit(of(cause, segment), segment);
        unshown++;
    }

    private void show(final Segment segment, final Sent as) {
        if ((segment.flags() & DrillFlags.SYN) != 0) {
            hostOffset = host.start() - segment.sequence();
        }
        sent.add(segment);
        packets++;
        transmit(segment, as);
    }

    private void transmit(final Segment segment, final Sent as) {
        final byte[] packet = packet(segment, hostAddress, peerAddress, as.sequence(), as.acked());
        engine.originate(packet);
        if (!engine.outcome(0).equals("forwarded")) {
            throw new DrillFailure(segment.line(), "the host's packet " + as + " was " + engine.outcome(0));
        }
        same(segment, packet, engine.ports[TestEngine.LAN].sent.removeLast());
    }

    private static void same(final Segment segment, final byte[] in, final byte[] out) {
        if (!Arrays.equals(in, ETHERNET_BYTES, in.length, out, ETHERNET_BYTES, out.length)) {
            throw new DrillFailure(segment.line(), "the packet was changed");
        }
    }

    /** Whether a line, not sent yet, looks for a segment. */
    private boolean isOf(final DrillEvent event, final Sent segment) {
        return event instanceof Segment line && !line.isInbound() && !sent.contains(line) && isSame(segment, live(line));
    }

    /** Whether they are the same but for the flag that asks for haste. */
    private static boolean isSame(final Sent one, final Sent other) {
        return ((one.flags() ^ other.flags()) & ~DrillFlags.PSH) == 0 && one.sequence() == other.sequence() && one.bytes() == other.bytes()
                && one.acked() == other.acked();
    }

    /** What a line looks for, in packets' numbers. */
    private Sent live(final Segment line) {
        final int sequence = (line.flags() & DrillFlags.SYN) != 0 ? host.start() : line.sequence() + hostOffset;
        return new Sent(line.flags(), sequence, line.bytes(), (line.flags() & DrillFlags.ACK) == 0 ? 0 : line.acked() + peerOffset);
    }

    private static Segment of(final DrillEvent cause, final Sent sent) {
        return new Segment(cause.line(), cause.time(), false, sent.flags(), 0, sent.bytes(), 0, -1, new byte[0]);
    }

    private void call(final Call call) {
        final int result = switch (call.name()) {
            case "socket" -> host.open(call.result());
            case "bind", "setsockopt", "fcntl" -> existing(call, 0);
            case "listen" -> {
                isHostServer = true;
                host.listen();
                yield existing(call, 0);
            }
            case "connect" -> {
                send(call, host.connect());
                yield existing(call, call.result());
            }
            case "accept" -> host.isOpen() ? host.open(call.result()) : -1;
            case "read" -> existing(call, host.read(number(call, 2)));
            case "write" -> {
                if (!host.isOpen()) {
                    yield -1;
                }
                send(call, host.write(number(call, 2)));
                yield number(call, 2);
            }
            case "close" -> {
                final Sent last = existing(call, 0) == 0 ? host.close(number(call, 0)) : null;
                if (last != null) {
                    send(call, last);
                }
                yield 0;
            }
            default -> throw new DrillFailure(call.line(), "there is no call " + call.name() + " here");
        };
        calls++;
        if (result != call.result()) {
            throw new DrillFailure(call.line(), call.name() + " gave " + result);
        }
    }

    private int existing(final Call call, final int result) {
        if (!host.has(number(call, 0))) {
            throw new DrillFailure(call.line(), "there is no descriptor " + call.arguments().getFirst());
        }
        return result;
    }

    private static int number(final Call call, final int argument) {
        return Integer.parseInt(call.arguments().get(argument));
    }

    private byte[] packet(final Segment segment, final String from, final String to, final int sequence, final int acked) {
        final boolean isFromService = isHostServer == from.equals(hostAddress);
        final int headerBytes = HEADER_BYTES + segment.options().length;
        final ByteBuffer tcp = ByteBuffer.allocate(headerBytes + segment.bytes());
        tcp.putShort((short) (isFromService ? SERVICE : CLIENT)).putShort((short) (isFromService ? CLIENT : SERVICE));
        tcp.putInt(sequence).putInt(acked).put((byte) (headerBytes << 2)).put((byte) segment.flags());
        tcp.putShort((short) (segment.window() < 0 ? WINDOW : segment.window())).putInt(0).put(segment.options());
        return FlowPackets.frame(IpPackets.of(from, to, IpPackets.TCP,
                IpPackets.summed(from, to, IpPackets.TCP, tcp.array(), CHECKSUM_AT)));
    }

    @Override
    public void close() {
        tables.close();
        engine.close();
    }
}
