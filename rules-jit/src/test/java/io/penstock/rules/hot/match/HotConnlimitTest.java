package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.track.TcpState;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.testkit.Allocation;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.testkit.ConnectionPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is counted in a group; most of it was tried on a kernel, with packets that have some ticks between them. */
class HotConnlimitTest {

    private static final long PAUSE_NS = 20_000_000;
    private static final long LONG_NS = 1000 * ConnectionPacket.SECOND_NS;
    private static final int HOTDROP = -7;
    private static final int MOST = 100;
    private static final int ROUNDS = 1000;

    private final ConnectionPacket test = new ConnectionPacket(IpFamily.IPV4);
    private final RulePacket packet = test.packet;
    private ConnectionGroups groups = new ConnectionGroups(64, 4096);

    @AfterEach
    void close() {
        groups.close();
        test.close();
    }

    /** How many there are, as rules with all limits tell; each match is asked with state of its own in the kernel too. */
    private int ask() {
        packet.nowNs += PAUSE_NS;
        return askAtOnce(groups, packet, -1L >>> 32);
    }

    private static int askAtOnce(final ConnectionGroups its, final RulePacket about, final long maskLow) {
        about.hotdrop = false;
        int least = 0;
        int most = MOST;
        // All limits see the same list: the first question adds, the others find it there.
        while (least < most) {
            final int limit = (least + most) / 2;
            final boolean above = new HotConnlimit(its, limit, true, about.version == 6 ? -1 : 0, maskLow, false).matches(about);
            if (about.hotdrop) {
                return HOTDROP;
            }
            assertEquals(!above, new HotConnlimit(its, limit, false, about.version == 6 ? -1 : 0, maskLow, false).matches(about));
            least = above ? limit + 1 : least;
            most = above ? most : limit;
        }
        return least;
    }

    private int first(final int number) {
        test.connect(number, ConnInfo.NEW);
        final int count = ask();
        test.confirm(number, LONG_NS);
        return count;
    }

    private int again(final int number) {
        test.connect(number, ConnInfo.ESTABLISHED);
        return ask();
    }

    private void state(final int number, final int state) {
        ConnLayout.setTrackerState(test.at(number), state);
    }

    @Test
    void shouldCountEachConnectionOnce() {
        assertEquals(1, first(1));
        assertEquals(2, first(2));
        assertEquals(2, again(1));
        assertEquals(3, first(3));
        assertEquals(3, again(3));
        assertEquals(3, again(1));
    }

    @Test
    void shouldCountWhatWasThereBeforeTheRule() {
        for (int number = 1; number <= 3; number++) {
            test.confirm(number, LONG_NS);
        }
        assertEquals(1, again(1));
        assertEquals(2, again(2));
        assertEquals(3, again(3));
        assertEquals(3, again(1));
    }

    @Test
    void shouldForgetWhatIsOver() {
        for (int number = 1; number <= 4; number++) {
            assertEquals(number, first(number));
        }
        test.forget(2);
        assertEquals(3, again(1));
        test.confirm(3, PAUSE_NS);
        assertEquals(2, again(1));
        // Another connection has its entry.
        assertEquals(3, first(2));
        assertEquals(3, connections());
    }

    @Test
    void shouldForgetWhatIsOverOfALongListPieceByPiece() {
        final int many = 3_000;
        for (int number = 1; number <= many; number++) {
            test.connect(number, ConnInfo.NEW);
            packet.nowNs += PAUSE_NS;
            groups.count(packet, 0, 1, 0);
            test.confirm(number, LONG_NS);
        }
        assertEquals(many, groups.connections());
        for (int number = 2; number <= many; number++) {
            test.forget(number);
        }
        test.connect(1, ConnInfo.ESTABLISHED);
        int before = many;
        int packets = 0;
        while (groups.connections() > 1) {
            packet.nowNs += PAUSE_NS;
            groups.count(packet, 0, 1, 0);
            assertTrue(before - groups.connections() <= 1_024, "one packet has looked at " + (before - groups.connections()));
            before = groups.connections();
            packets++;
            assertTrue(packets <= 6, "left=" + before);
        }
    }

    @Test
    void shouldForgetAtOnceWhatWasNotConfirmed() {
        for (int number = 1; number <= 4; number++) {
            test.connect(number, ConnInfo.NEW);
            assertEquals(1, ask());
        }
    }

    @Test
    void shouldCountWhatAnotherWorkerIsAboutToConfirm() {
        test.connect(1, ConnInfo.NEW);
        assertEquals(1, ask());
        packet.worker = 1;
        packet.nowNs -= PAUSE_NS - 7_000_000;
        test.connect(2, ConnInfo.NEW);
        assertEquals(2, ask());
        packet.worker = 0;
        test.connect(3, ConnInfo.NEW);
        packet.nowNs -= PAUSE_NS;
        // Worker 0 is done with its own.
        assertEquals(2, ask());
        assertEquals(1, first(4));
    }

    @Test
    void shouldNotCountClosedTcp() {
        assertEquals(1, first(1));
        assertEquals(2, first(2));
        state(1, TcpState.CLOSE);
        assertEquals(1, again(1));
        assertEquals(1, again(2));
        state(2, TcpState.TIME_WAIT);
        // Nothing is left: as in the kernel, where none is what a lack of memory is called.
        assertEquals(HOTDROP, again(2));
        assertEquals(HOTDROP, again(1));
        assertEquals(1, first(3));
        assertEquals(1, again(1));
        state(3, TcpState.LAST_ACK);
        assertEquals(1, again(3));
    }

    @Test
    void shouldCountAClosedOneWhenTheRuleHasSeenNobodyOfItsGroup() {
        test.confirm(1, LONG_NS);
        state(1, TcpState.CLOSE);
        packet.nowNs += PAUSE_NS;
        test.connect(1, ConnInfo.ESTABLISHED);
        assertTrue(new HotConnlimit(groups, 0, true, 0, -1, false).matches(packet));
        assertEquals(HOTDROP, again(1));
    }

    @Test
    void shouldCountOtherProtocolsWhateverTheirState() {
        ConnLayout.setProtocol(test.at(1), IpProtocol.UDP);
        state(1, TcpState.CLOSE);
        assertEquals(1, first(1));
        assertEquals(1, again(1));
    }

    @Test
    void shouldCountNoConnectionForAMoment() {
        test.disconnect(ConnInfo.UNTRACKED);
        assertEquals(1, ask());
        assertEquals(1, ask());
        assertEquals(1, first(1));
        assertEquals(2, first(2));
        test.disconnect(ConnInfo.NONE);
        assertEquals(3, ask());
        assertEquals(2, again(2));
    }

    @Test
    void shouldDropWhatCannotHaveAConnection() {
        test.disconnect(ConnInfo.UNTRACKED);
        packet.transportLength = 4;
        assertEquals(1, ask());
        packet.transportLength = 3;
        assertEquals(HOTDROP, ask());
        packet.protocol = 99;
        assertEquals(1, ask());
        packet.fragmentOffset = 3;
        assertEquals(HOTDROP, ask());
    }

    @Test
    void shouldGroupByNetworkDestinationAndZone() {
        final HotMatch net = test.match("-m connlimit --connlimit-above 1 --connlimit-mask 24");
        final HotMatch target = test.match("-m connlimit --connlimit-upto 1 --connlimit-daddr");
        final HotMatch all = test.match("-m connlimit --connlimit-above 2 --connlimit-mask 0");
        final List<String> answers = new ArrayList<>();
        final int[] sources = {0x0A000001, 0x0A0000FE, 0x0A000101, 0x0A000102};
        for (int i = 0; i < sources.length; i++) {
            packet.nowNs += PAUSE_NS;
            Ipv4Layout.setSource(packet.network, sources[i]);
            Ipv4Layout.setDestination(packet.network, 0x0A090900 + i / 2);
            test.connect(i + 1, ConnInfo.NEW);
            answers.add(net.matches(packet) + " " + target.matches(packet) + " " + all.matches(packet));
            test.confirm(i + 1, LONG_NS);
        }
        assertEquals(List.of("false true false", "true false false", "false true true", "true false true"), answers);
        Ipv4Layout.setSource(packet.network, sources[0]);
        ConnLayout.setZone(test.at(9), ConnDirection.REPLY, 5);
        ConnLayout.setZone(test.at(10), ConnDirection.ORIGINAL, 5);
        assertEquals(1, first(8));
        assertEquals(1, first(9));
        assertEquals(2, first(10));
    }

    @Test
    void shouldCompareUnsigned() {
        assertTrue(test.ask("-m connlimit --connlimit-upto 4294967295"));
        assertFalse(test.ask("-m connlimit --connlimit-above 4294967295"));
        assertEquals(List.of("track connections", "track connections"), test.asked);
    }

    @Test
    void shouldMaskAddressesOfIpv6() {
        try (ConnectionPacket six = new ConnectionPacket(IpFamily.IPV6)) {
            final HotMatch half = six.match("-m connlimit --connlimit-above 1 --connlimit-mask 64");
            final HotMatch whole = six.match("-m connlimit --connlimit-above 1");
            final HotMatch most = six.match("-m connlimit --connlimit-above 1 --connlimit-mask 120");
            final StringBuilder answers = new StringBuilder();
            final long[] lows = {1, 2, 0x101, 1};
            for (int i = 0; i < lows.length; i++) {
                six.packet.nowNs += PAUSE_NS;
                Ipv6Layout.setSource(six.packet.network, ConnectionPacket.HIGH6, lows[i]);
                six.connect(i + 1, ConnInfo.NEW);
                answers.append(half.matches(six.packet) ? 'h' : '-').append(whole.matches(six.packet) ? 'w' : '-')
                        .append(most.matches(six.packet) ? 'm' : '-').append(' ');
                six.confirm(i + 1, LONG_NS);
            }
            assertEquals("--- h-m h-- hwm ", answers.toString());
        }
    }

    @Test
    void shouldFindAllThatIsOverInALongListWithinATick() {
        for (int number = 1; number <= 90; number++) {
            assertEquals(number, first(number));
        }
        for (int number = 1; number < 90; number++) {
            test.forget(number);
        }
        assertEquals(1, again(90));
        for (int number = 1; number <= 89; number++) {
            first(number);
        }
        for (int number = 1; number < 90; number++) {
            test.forget(number);
        }
        // No time passes: a slice now, the rest with the next packets.
        test.connect(91, ConnInfo.NEW);
        assertTrue(new HotConnlimit(groups, 20, true, 0, -1L >>> 32, false).matches(packet));
        test.confirm(91, LONG_NS);
        test.connect(92, ConnInfo.NEW);
        assertEquals(3, askAtOnce(groups, packet, -1L >>> 32));
    }

    @Test
    void shouldDropWhenThereIsNoRoomUntilThereIs() {
        groups.close();
        groups = new ConnectionGroups(8, 8);
        for (int number = 1; number <= 8; number++) {
            assertEquals(number, first(number));
        }
        assertEquals(HOTDROP, first(9));
        test.forget(3);
        assertEquals(8, first(10));
        for (int number = 1; number <= 10; number++) {
            test.forget(number);
        }
        for (int host = 1; host <= 500; host++) {
            Ipv4Layout.setSource(packet.network, 0x0A010000 + host);
            test.connect(host, ConnInfo.NEW);
            assertEquals(1, ask());
        }
        assertTrue(groups.groups() <= 8);
    }

    private int connections() {
        return groups.connections();
    }

    @Test
    void shouldAllocateNothing() {
        final HotConnlimit match = new HotConnlimit(groups, 3, true, 0, -1, false);
        Allocation.atMost(ROUNDS, () -> {
            for (int i = 0; i < ROUNDS; i++) {
                packet.nowNs += PAUSE_NS;
                test.connect(1 + i % 50, ConnInfo.NEW);
                match.matches(packet);
                test.confirm(1 + i % 50, PAUSE_NS * 20);
                test.forget(1 + (i + 25) % 50);
            }
        });
    }

    /** Workers begin and end connections of few groups; when all is quiet, what is alive is what is counted. */
    @Test
    void shouldCountRightWhenWorkersDisturbEachOther() throws Exception {
        final int workers = 3;
        final int each = 1000;
        try (ExecutorService threads = Executors.newFixedThreadPool(workers)) {
            final List<Future<?>> runs = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                final int number = worker;
                runs.add(threads.submit(() -> disturb(number, each)));
            }
            for (final Future<?> run : runs) {
                run.get();
            }
        }
        packet.nowNs = 2 * LONG_NS;
        int alive = 0;
        for (int number = 1; number <= workers * each; number++) {
            if (test.entry(packet, number, ConnLayout.generation(test.at(number))) != 0) {
                // One that came while its group was ended by another worker is counted with its next packet.
                Ipv4Layout.setSource(packet.network, 0x0A010000 + number % 5);
                again(number);
                alive++;
            }
        }
        assertTrue(alive > 0);
        test.disconnect(ConnInfo.UNTRACKED);
        for (int host = 0; host < 5; host++) {
            Ipv4Layout.setSource(packet.network, 0x0A010000 + host);
            packet.nowNs += PAUSE_NS;
            groups.count(packet, 0, 0x0A010000 + host, 0);
        }
        assertEquals(alive, groups.connections());
    }

    private void disturb(final int worker, final int each) {
        try (ConnectionPacket own = new ConnectionPacket(IpFamily.IPV4)) {
            final SplittableRandom random = new SplittableRandom(worker);
            own.packet.worker = worker;
            own.packet.connections = test;
            final HotConnlimit match = new HotConnlimit(groups, 3, true, 0, -1L >>> 32, false);
            for (int i = 0; i < 30_000; i++) {
                final int number = 1 + worker * each + random.nextInt(each);
                own.packet.nowNs += random.nextInt(3) == 0 ? PAUSE_NS : 0;
                // A connection stays in its group, as its packets' source does.
                Ipv4Layout.setSource(own.packet.network, 0x0A010000 + number % 5);
                own.packet.connection = test.at(number);
                own.packet.connectionInfo = ConnInfo.NEW;
                match.matches(own.packet);
                if (random.nextInt(3) == 0) {
                    test.forget(number);
                } else {
                    ConnLayout.setStatus(test.at(number), ConnStatus.CONFIRMED);
                    Deadline.set(test.at(number), 3 * LONG_NS, own.packet.nowNs);
                }
            }
        }
    }
}
