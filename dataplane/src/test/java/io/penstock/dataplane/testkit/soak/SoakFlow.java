package io.penstock.dataplane.testkit.soak;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A client and a server that talk to each other in turns, one connection after the other, from the same ports.
 *
 * <p>A turn is over when what became of all its packets is known; when none of them has arrived they are sent again. TCP connections end with FIN or
 * RST and begin again at once; those of UDP, and those that were lost, are ended by control first.
 *
 * <p>Threads: any; under its own lock.
 */
final class SoakFlow {

    /** Which worker a packet is given to. */
    enum Way {
        /** The client's to the first worker, the server's to the second. */
        SPLIT,
        /** The other way round. */
        CROSSED,
        /** Any; now and then both get the same packet. */
        MIXED,
        /** The client's to both at once, the server's to any. */
        TWICE
    }

    private static final int WORKERS = 2;
    private static final int SYN_ACK = TcpLayout.SYN | TcpLayout.ACK;
    private static final int FIN_ACK = TcpLayout.FIN | TcpLayout.ACK;
    private static final int DATA = TcpLayout.PSH | TcpLayout.ACK;
    /** Of TCP: when the connection is established both ways. */
    private static final int ESTABLISHED_STEP = 3;
    /** Of TCP: the first one that may end it, the client's as all even ones. */
    private static final int FIRST_END = 4;
    /** Turns of a connection, at the most; one of so many is long. */
    private static final int SHORT_TURNS = 60;
    private static final int LONG_ONE = 8;
    private static final long LONG_NS = 6_000_000_000L;
    /** UDP is assured by the first packet after two seconds; a little later here. Unit: ns. */
    private static final long STREAM_NS = 2_100_000_000L;
    /** Beyond everything that the last connection's numbers were. */
    private static final int NEXT_SEQUENCES = 1 << 20;

    final int protocol;
    final int client;
    final int clientPort;
    final int server;
    final int serverPort;

    private final SoakTraffic traffic;
    private final Way way;
    private final Set<Integer> candidates = new TreeSet<>();
    private int step;
    private int endStep;
    private boolean ends;
    private boolean endsByReset;
    private int outstanding;
    private int arrived;
    private int binding;
    private boolean calm;
    private boolean assured;
    private boolean lost;
    private boolean over;
    private long begunNs;
    private long turnNs;
    private int clientSequence = 1000;
    private int serverSequence = 500_000;

    SoakFlow(
            final SoakTraffic traffic,
            final Way way,
            final int protocol,
            final int client,
            final int clientPort,
            final int server,
            final int serverPort) {
        this.traffic = traffic;
        this.way = way;
        this.protocol = protocol;
        this.client = client;
        this.clientPort = clientPort;
        this.server = server;
        this.serverPort = serverPort;
    }

    /** Begins a connection, of which nothing is left from before. */
    synchronized void begin() {
        step = 0;
        ends = false;
        over = false;
        endsByReset = ThreadLocalRandom.current().nextBoolean();
        final boolean isLong = ThreadLocalRandom.current().nextInt(LONG_ONE) == 0;
        endStep = isLong ? Integer.MAX_VALUE : FIRST_END + 2 * ThreadLocalRandom.current().nextInt(SHORT_TURNS);
        binding = 0;
        candidates.clear();
        calm = !traffic.isPressed();
        assured = false;
        lost = false;
        clientSequence += NEXT_SEQUENCES;
        serverSequence += NEXT_SEQUENCES;
        traffic.begins();
        turn();
    }

    /** Goes on, after a pause. */
    synchronized void turn() {
        if (!traffic.mayGoOn(this)) {
            return;
        }
        calm &= !traffic.isPressed();
        arrived = 0;
        turnNs = System.nanoTime();
        if (step == 0) {
            begunNs = turnNs;
        }
        if (protocol == IpProtocol.TCP) {
            turnTcp();
        } else {
            turnUdp();
        }
    }

    /** What became of a packet; a reason if it was dropped. */
    synchronized void settle(final SoakOrder order, final DropReason reason) {
        if (reason != null) {
            // What nobody has confirmed may meet another; what is established may not.
            if (reason == DropReason.RULE_DROP || order.strict && order.step != 0 && reason != DropReason.CONNECTION_BUSY) {
                loses(order, "dropped for " + reason);
            }
        } else if (order.fromClient) {
            arrived++;
            leftClient(order);
        } else {
            arrived++;
            leftServer(order);
        }
        outstanding--;
        if (outstanding == 0) {
            next();
        }
    }

    /** Between turns: whether an entry of its own has to be in the table, with the binding as it is known. */
    synchronized boolean isBound() {
        return binding != 0 && isStrict() && !over;
    }

    /** Whether an entry has its original tuple. */
    boolean isOf(final long entry) {
        return ConnLayout.source4(entry, ConnDirection.ORIGINAL) == client
                && ConnLayout.destination4(entry, ConnDirection.ORIGINAL) == server
                && ConnLayout.keysOf(entry, ConnDirection.ORIGINAL) == ConnLayout.keys(clientPort, serverPort)
                && ConnLayout.protocol(entry) == protocol;
    }

    /** Between turns: the port that it was translated to; 0 for not yet. */
    synchronized int binding() {
        return binding;
    }

    @Override
    public String toString() {
        return way + " protocol=" + protocol + ' ' + SoakOrder.address(client) + ':' + clientPort + " > " + SoakOrder.address(server)
                + ':' + serverPort + " step=" + step + " binding=" + binding + " candidates=" + candidates + " calm=" + calm
                + " assured=" + assured + " ends=" + ends;
    }

    /** Whether its connection may not be lost: nothing takes what is assured, and nothing takes anything while there is room. */
    private boolean isStrict() {
        return (assured || calm) && !ends;
    }

    private void loses(final SoakOrder order, final String how) {
        lost = true;
        if (order.strict) {
            traffic.violated(how + ": " + order + " of " + this);
        }
    }

    private void leftClient(final SoakOrder order) {
        if (order.leftBy != SoakTraffic.SERVERS || !order.hasLeftTo(server, serverPort)) {
            loses(order, "left elsewhere");
            return;
        }
        final int port = order.leftSourcePort;
        if (order.leftSource != SoakTraffic.PUBLIC || port < SoakTraffic.LEAST_PORT || port > SoakTraffic.MOST_PORT) {
            loses(order, "left untranslated");
        } else if (order.step == 0) {
            candidates.add(port);
            if (candidates.size() > 1 && protocol == IpProtocol.TCP) {
                loses(order, "two bindings");
            }
        } else if (binding == 0 && candidates.contains(port)) {
            binding = port;
        } else if (port != binding) {
            loses(order, "another binding");
        }
    }

    private void leftServer(final SoakOrder order) {
        if (order.leftBy != SoakTraffic.CLIENTS || !order.hasLeftTo(client, clientPort) || !order.hasLeftFrom(server, serverPort)) {
            loses(order, "came to somebody else");
        }
    }

    private void next() {
        if (lost) {
            over = true;
            traffic.end(this);
            return;
        }
        if (arrived == 0) {
            turn();
            return;
        }
        if (candidates.size() == 1) {
            binding = candidates.iterator().next();
        }
        if (protocol == IpProtocol.TCP) {
            nextTcp();
        } else {
            nextUdp();
        }
    }

    private void nextUdp() {
        // When it is not calm it may have been taken and begun again, which cannot be seen from here.
        assured |= calm && step > 1 && turnNs - begunNs > STREAM_NS;
        step++;
        if (step > endStep || turnNs - begunNs > LONG_NS) {
            ends = true;
            over = true;
            traffic.end(this);
        } else {
            turn();
        }
    }

    private void turnUdp() {
        if (step % 2 == 0) {
            send(true, server, serverPort, 0);
            return;
        }
        // One that lost a clash is answered, too, but lives for a second only.
        if (binding != 0) {
            send(false, SoakTraffic.PUBLIC, binding, 0);
            return;
        }
        outstanding = candidates.size();
        for (final int port : candidates) {
            give(workerOf(false), order(false, SoakTraffic.PUBLIC, port, false));
        }
    }

    private void nextTcp() {
        final int flags = flags();
        final boolean fromClient = isClients();
        final int length = SoakOrder.dataBytes(flags) + ((flags & (TcpLayout.SYN | TcpLayout.FIN)) != 0 ? 1 : 0);
        if (fromClient) {
            clientSequence += length;
        } else {
            serverSequence += length;
        }
        step++;
        assured |= step >= ESTABLISHED_STEP;
        if (ends) {
            if (step > endStep + (endsByReset ? 0 : 2)) {
                begin();
                return;
            }
        } else if (step == endStep || isClients() && step >= FIRST_END && turnNs - begunNs > LONG_NS) {
            endStep = step;
            ends = true;
        }
        turn();
    }

    /** The client speaks at even steps, in the handshake as after it. */
    private boolean isClients() {
        return step % 2 == 0;
    }

    private int flags() {
        if (ends) {
            return step == endStep ? endsByReset ? TcpLayout.RST | TcpLayout.ACK : FIN_ACK : step == endStep + 1 ? FIN_ACK : TcpLayout.ACK;
        }
        return switch (step) {
            case 0 -> TcpLayout.SYN;
            case 1 -> SYN_ACK;
            case 2 -> TcpLayout.ACK;
            default -> DATA;
        };
    }

    private void turnTcp() {
        final boolean fromClient = isClients();
        send(fromClient, fromClient ? server : SoakTraffic.PUBLIC, fromClient ? serverPort : binding, flags());
    }

    private void send(final boolean fromClient, final int to, final int toPort, final int flags) {
        final boolean twice = way == Way.TWICE ? fromClient
                : way == Way.MIXED && ThreadLocalRandom.current().nextInt(4) == 0;
        final int worker = workerOf(fromClient);
        outstanding = twice ? WORKERS : 1;
        for (int i = outstanding - 1; i >= 0; i--) {
            final SoakOrder order = order(fromClient, to, toPort, isStrict());
            if (protocol == IpProtocol.TCP) {
                final int acknowledged = step == 0 ? 0 : fromClient ? serverSequence : clientSequence;
                order.tcp(flags, fromClient ? clientSequence : serverSequence, acknowledged);
            }
            give(worker ^ i, order);
        }
    }

    private SoakOrder order(final boolean fromClient, final int to, final int toPort, final boolean strict) {
        return fromClient ? new SoakOrder(this, step, strict, true, protocol, client, clientPort, to, toPort)
                : new SoakOrder(this, step, strict, false, protocol, server, serverPort, to, toPort);
    }

    private void give(final int worker, final SoakOrder order) {
        traffic.give(worker, order.fromClient ? SoakTraffic.CLIENTS : SoakTraffic.SERVERS, order);
    }

    private int workerOf(final boolean fromClient) {
        return switch (way) {
            case SPLIT -> fromClient ? 0 : 1;
            case CROSSED -> fromClient ? 1 : 0;
            default -> ThreadLocalRandom.current().nextInt(WORKERS);
        };
    }
}
