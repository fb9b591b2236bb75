package io.penstock.dataplane.testkit.soak;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * First packets of connections that nobody answers: they fill the table, and both workers get them at the same time. Most of TCP and UDP get a port that
 * both workers choose alike, or each at random; of the rest one worker gets the first packet one way, and the other that of the other way.
 *
 * <p>Threads: the workers.
 */
final class SoakStrangers {

    private static final int CLIENT_NET = 0x0AC8_0000;
    private static final int NEXT_NET = 0x0001_0000;
    private static final int SERVER = 0xC633_65C8;
    private static final int SERVER_PORT = 53;
    private static final int CLIENT_PORT = 1024;
    /** Packets of a meeting. */
    private static final int EACH = 6;
    /** Ways in which packets begin: TCP and UDP, with the ports chosen alike and at random. */
    private static final int WAYS = 4;

    private final SoakTraffic traffic;
    private final SoakMeeting alike = new SoakMeeting();
    private final SoakMeeting across = new SoakMeeting();
    private final AtomicInteger alone = new AtomicInteger();
    private boolean isAcross;

    SoakStrangers(final SoakTraffic traffic) {
        this.traffic = traffic;
    }

    /** How often both workers got first packets at the same time. */
    int meetings() {
        return alike.count() + across.count();
    }

    /** What a worker receives next by a side. */
    SoakOrder[] next(final int worker, final int side) {
        return traffic.begin(() -> {
            if (worker == 0 && side == SoakTraffic.CLIENTS) {
                isAcross = !isAcross;
                return isAcross ? across(worker) : alike(worker);
            }
            return worker == 0 ? new SoakOrder[0] : side == SoakTraffic.CLIENTS ? alike(worker) : across(worker);
        });
    }

    private SoakOrder[] alike(final int worker) {
        final int round = alike.meet(worker);
        if (round == SoakMeeting.ALONE) {
            return orders(i -> {
                // Each twice, by whoever comes.
                final int number = alone.getAndIncrement() / 2;
                return order(true, IpProtocol.TCP, CLIENT_NET + 3 * NEXT_NET + (number >>> 2 & NEXT_NET - 1), number);
            });
        }
        return orders(i -> {
            final int number = round * EACH + i;
            final int client = CLIENT_NET + (number & 1) * NEXT_NET + (number >>> 2 & NEXT_NET - 1);
            final int protocol = number % WAYS < WAYS / 2 ? IpProtocol.TCP : IpProtocol.UDP;
            return order(true, protocol, client, number);
        });
    }

    private SoakOrder[] across(final int worker) {
        final int round = across.meet(worker);
        return round == SoakMeeting.ALONE ? new SoakOrder[0] : orders(i -> {
            final int number = round * EACH + i;
            final int protocol = number % WAYS < WAYS / 2 ? IpProtocol.TCP : IpProtocol.UDP;
            return order(worker == 0, protocol, CLIENT_NET + 2 * NEXT_NET + (number >>> 2 & NEXT_NET - 1), number);
        });
    }

    private static SoakOrder[] orders(final IntFunction<SoakOrder> maker) {
        final SoakOrder[] orders = new SoakOrder[EACH];
        Arrays.setAll(orders, maker);
        return orders;
    }

    private static SoakOrder order(final boolean fromClient, final int protocol, final int client, final int number) {
        final int port = CLIENT_PORT + (number & WAYS - 1);
        final SoakOrder order = fromClient ? new SoakOrder(null, 0, false, true, protocol, client, port, SERVER, SERVER_PORT)
                : new SoakOrder(null, 0, false, false, protocol, SERVER, SERVER_PORT, client, port);
        return protocol == IpProtocol.TCP ? order.tcp(TcpLayout.SYN, number, 0) : order;
    }
}
