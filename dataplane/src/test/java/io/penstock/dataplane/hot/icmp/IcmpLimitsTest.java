package io.penstock.dataplane.hot.icmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** The limits on a clock of the test's own; {@link IcmpLimitsKernelTest} has the kernel's. */
class IcmpLimitsTest {

    private static final int EXCEEDED = IcmpLayout.TIME_EXCEEDED;
    private static final int UNREACHABLE = IcmpLayout.DESTINATION_UNREACHABLE;
    private static final long MS = 1_000_000L;
    private static final long START = 77 * MS;
    private static final int HOST = 0x0A00_0001;
    private static final int PEERS = 64;

    private final LimitSettings settings = new LimitSettings();
    private final IcmpLimits limits = new IcmpLimits(settings, PEERS, 42);

    @Test
    void shouldNotLimitWhenTypeIsNotInTheMask() {
        assertEquals(IcmpLimits.EXEMPT, limits.begin4(IcmpLayout.REDIRECT, 1, START));
        assertEquals(IcmpLimits.EXEMPT, limits.begin4(200, 0, START));
        assertEquals(IcmpLimits.EXEMPT, limits.begin4(UNREACHABLE, IcmpLayout.CODE_FRAGMENTATION_NEEDED, START));
        assertEquals(IcmpLimits.EXEMPT, limits.begin6(Icmpv6Layout.PACKET_TOO_BIG, START));
        assertEquals(IcmpLimits.EXEMPT, limits.begin6(Icmpv6Layout.REDIRECT, START));
        assertEquals(IcmpLimits.LIMITED, limits.begin4(EXCEEDED, 0, START));
        assertEquals(IcmpLimits.LIMITED, limits.begin6(Icmpv6Layout.TIME_EXCEEDED, START));
        assertTrue(limits.peer4(IcmpLimits.EXEMPT, HOST, START));
        assertFalse(limits.peer4(IcmpLimits.REFUSED, HOST, START));
        assertFalse(limits.peer6(IcmpLimits.REFUSED, 1, 2, START));
    }

    @Test
    void shouldAllowABurstOfSixAndThenOneASecondWhenHostIsTheSame() {
        assertEquals(6, errorsTo(HOST, 20, START));
        assertEquals(6, errorsTo(HOST + 1, 20, START));
        assertEquals(0, errorsTo(HOST, 20, START + 999 * MS));
        assertEquals(1, errorsTo(HOST, 20, START + 1000 * MS));
        assertEquals(6, errorsTo(HOST, 20, START + 60_000 * MS));
    }

    @Test
    void shouldAllowAllWhenRatelimitIsZero() {
        settings.ratelimitMs = 0;
        settings.messagesBurst = 1_000_000;
        settings.messagesPerSecond = 1_000_000;
        assertEquals(1000, errorsTo(HOST, 1000, START));
    }

    @Test
    void shouldAllowATenthOfThePauseWhenIpv6() {
        assertEquals(6, errors6(20, START));
        assertEquals(0, errors6(20, START + 99 * MS));
        assertEquals(1, errors6(20, START + 100 * MS));
        assertEquals(3, errors6(20, START + 450 * MS));
    }

    @Test
    void shouldStayNearTheBurstWhenHostsDiffer() {
        int sent = 0;
        for (int i = 0; i < 1000; i++) {
            sent += errorsTo(HOST + i, 1, START);
        }
        // Each takes 0, 1 or 2 of the 50.
        assertTrue(sent > 30 && sent < 80, "sent=" + sent);
        assertEquals(IcmpLimits.REFUSED, limits.begin4(EXCEEDED, 0, START + 19 * MS));
        assertEquals(IcmpLimits.LIMITED, limits.begin4(EXCEEDED, 0, START + 20 * MS));
        assertEquals(IcmpLimits.EXEMPT, limits.begin4(IcmpLayout.REDIRECT, 1, START));
    }

    @Test
    void shouldSendTheConfiguredNumberASecondWhenThereIsAlwaysOneToSend() {
        int sent = 0;
        for (int ms = 0; ms < 10_000; ms++) {
            for (int i = 0; i < 5; i++) {
                sent += errorsTo(HOST + 5 * ms + i, 1, START + ms * MS);
            }
        }
        assertTrue(sent > 9_500 && sent < 10_600, "sent=" + sent);
    }

    @Test
    void shouldUseOneBucketForRouteErrorsAndErrorsWhenHostIsTheSame() {
        // A route error costs its own token and the error's; five are saved up.
        int sent = 0;
        for (int i = 0; i < 20; i++) {
            if (limits.routeError4(HOST, START)) {
                sent += limits.peer4(limits.begin4(UNREACHABLE, 1, START), HOST, START) ? 1 : 0;
            }
        }
        assertEquals(2, sent);
        assertEquals(0, errorsTo(HOST, 5, START));
    }

    @Test
    void shouldAllowFiveRouteErrorsWhenErrorsAreNotLimited() {
        int sent = 0;
        for (int i = 0; i < 20; i++) {
            sent += limits.routeError4(HOST, START) ? 1 : 0;
        }
        assertEquals(5, sent);
        assertFalse(limits.routeError4(HOST, START + 999 * MS));
        assertTrue(limits.routeError4(HOST, START + 1000 * MS));
    }

    @Test
    void shouldBackOffWhenHostIgnoresRedirects() {
        final List<Integer> sentAtMs = new ArrayList<>();
        for (int ms = 0; ms < 60_000; ms++) {
            if (limits.redirect4(HOST, START + ms * MS)) {
                sentAtMs.add(ms);
            }
        }
        assertEquals(List.of(0, 41, 122, 283, 604, 1245, 2526, 5087, 10208), sentAtMs);
        assertFalse(limits.redirect4(HOST, START + (59_999 + 20_480) * MS));
        assertTrue(limits.redirect4(HOST, START + (59_999 + 2 * 20_480 + 1) * MS));
    }

    @Test
    void shouldAllowOneRedirectASecondWhenIpv6() {
        int sent = 0;
        for (int i = 0; i < 20; i++) {
            sent += limits.redirect6(1, 2, START) ? 1 : 0;
        }
        assertEquals(6, sent);
        assertFalse(limits.redirect6(1, 2, START + 999 * MS));
        assertTrue(limits.redirect6(1, 2, START + 1000 * MS));
        assertTrue(limits.redirect6(1, 3, START + 1000 * MS));
    }

    @Test
    void shouldForgetTheLongestSilentWhenTheTableIsFull() {
        final IcmpLimits small = new IcmpLimits(settings, 4, 1);
        for (int host = 0; host < 4; host++) {
            final long nowNs = START + host * MS;
            for (int i = 0; i < 7; i++) {
                small.redirect6(0, host, nowNs);
            }
            assertFalse(small.redirect6(0, host, nowNs), "host " + host);
        }
        // A fifth takes the place of host 0, and only of that one.
        assertTrue(small.redirect6(0, 4, START + 10 * MS));
        assertFalse(small.redirect6(0, 3, START + 11 * MS));
        assertFalse(small.redirect6(0, 2, START + 11 * MS));
        assertFalse(small.redirect6(0, 1, START + 11 * MS));
        assertTrue(small.redirect6(0, 0, START + 12 * MS));
    }

    @Test
    void shouldCountOnWhenTheClockIsAnyNumber() {
        for (final long origin : new long[] {0, -5_000_000_000L, Long.MIN_VALUE / 2, 1L << 62, (1L << 31) * MS - 3 * MS}) {
            final IcmpLimits fresh = new IcmpLimits(settings, PEERS, 3);
            assertEquals(IcmpLimits.LIMITED, fresh.begin4(EXCEEDED, 0, origin), "origin=" + origin);
            int sent = 0;
            for (int i = 0; i < 10; i++) {
                sent += fresh.redirect6(1, 2, origin + i * MS) ? 1 : 0;
            }
            assertEquals(6, sent, "origin=" + origin);
        }
    }

    @Test
    void shouldForgiveWhenTimesAreExtreme() {
        settings.ratelimitMs = Integer.MAX_VALUE;
        settings.errorBurstMs = Integer.MAX_VALUE;
        assertEquals(0, errorsTo(HOST, 5, START));
        assertEquals(0, errorsTo(HOST, 5, START + 3_600_000L * MS / 2));
        assertEquals(1, errorsTo(HOST, 5, START + 3_600_000L * MS));
    }

    @Test
    void shouldRefuseAnOddNumberOfPeers() {
        final String message = assertThrows(IllegalArgumentException.class, () -> new IcmpLimits(settings, 100, 1)).getMessage();
        assertEquals("peers=100 is no power of two; give at least 4", message);
    }

    @Test
    void shouldNotGiveMoreThanTheBurstWhenWorkersRace() throws InterruptedException {
        settings.ratemask = 1 << EXCEEDED;
        final int threads = 4;
        final LongAdder sent = new LongAdder();
        final CountDownLatch go = new CountDownLatch(1);
        final List<Thread> workers = new ArrayList<>();
        assertTrue(limits.peer4(IcmpLimits.LIMITED, HOST, START));
        for (int t = 0; t < threads; t++) {
            workers.add(Thread.ofPlatform().start(() -> {
                awaitGo(go);
                for (int i = 0; i < 10_000; i++) {
                    if (limits.peer4(IcmpLimits.LIMITED, HOST, START + i / 100 * MS)) {
                        sent.increment();
                    }
                }
            }));
        }
        go.countDown();
        for (final Thread worker : workers) {
            worker.join(TimeUnit.SECONDS.toMillis(20));
        }
        assertEquals(5, sent.sum());
    }

    private static void awaitGo(final CountDownLatch go) {
        try {
            go.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int errorsTo(final int host, final int attempts, final long nowNs) {
        int sent = 0;
        for (int i = 0; i < attempts; i++) {
            sent += limits.peer4(limits.begin4(EXCEEDED, 0, nowNs), host, nowNs) ? 1 : 0;
        }
        return sent;
    }

    private int errors6(final int attempts, final long nowNs) {
        int sent = 0;
        for (int i = 0; i < attempts; i++) {
            sent += limits.peer6(limits.begin6(Icmpv6Layout.TIME_EXCEEDED, nowNs), 1, 2, nowNs) ? 1 : 0;
        }
        return sent;
    }
}
