package io.penstock.perf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.bpf.XdpMode;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A generator and a sink at the two ends of a veth pair. */
@Privileged(programs = "ping")
class GeneratorTest {

    private static final TrafficProfile PROFILE = TrafficProfile.of(
            0x0200_0000_0001L, 0x0200_0000_0002L, new byte[] {10, 1, 0, 0}, new byte[] {10, 2, 0, 1}).withFlows(500);

    private TestNetNs from;
    private TestNetNs to;
    private SinkProgram sink;

    @BeforeEach
    void make() throws Exception {
        from = TestNetNs.create("h2g");
        to = TestNetNs.create("h2s");
        from.veth("g0", to, "s0");
        sink = SinkProgram.load(1, 500);
        NetNs.within(to.name(), () -> {
            sink.attach(ifindex(to, "s0"), XdpMode.NATIVE);
            return null;
        });
    }

    @AfterEach
    void remove() {
        sink.close();
        from.close();
        to.close();
    }

    @Test
    void shouldDeliverEveryFrameInOrderWhenPaced() throws Exception {
        final long sent = with(PROFILE, generator -> generator.pace(50_000, TimeUnit.MILLISECONDS.toNanos(300)));

        assertEquals(15_000, sent);
        await(sent);
        final SinkReport report = sink.read();
        assertEquals(sent, report.frames());
        assertEquals(sent * 60, report.bytes());
        assertEquals(0, report.late());
        assertEquals(sent, report.latency().count());
        assertTrue(report.latency().p50() > 0 && report.latency().max() < TimeUnit.SECONDS.toNanos(1), report.toString());
    }

    @Test
    void shouldSendTheWantedNumberWhenSaturating() throws Exception {
        final long sent = with(PROFILE.withFrameBytes(1514), generator -> generator.saturate(100_000));

        assertEquals(100_000, sent);
        final SinkReport report = sink.read();
        assertTrue(report.frames() > 0 && report.frames() <= sent, report.toString());
        assertEquals(report.frames() * 1514, report.bytes());
        assertEquals(0, report.late());
    }

    @Test
    void shouldDeliverEverySizeUnalteredWhenMixed() throws Exception {
        final TrafficProfile profile = PROFILE.withSizes(SizeMix.imix());
        for (final ArrivalPattern pattern : new ArrivalPattern[] {
                ArrivalPattern.constant(), ArrivalPattern.poisson(1), ArrivalPattern.bursts(32)}) {
            check(ArrivalCheck.of(profile, 0));
            final long sent = with(profile, pattern, generator -> {
                final long frames = generator.pace(40_000, TimeUnit.MILLISECONDS.toNanos(300));
                assertTrue(generator.busyNs() > 250_000_000, "busyNs=" + generator.busyNs());
                return frames;
            });
            // As random as the gaps are: 12,000 exponential ones, or the last burst.
            assertEquals(12_000, sent, 500, pattern::toString);
            await(sent);
            assertEquals(sent, sink.read().frames());
            assertEquals(profile.sizes().counts(sent), sink.read().sizes());
            assertEquals(0, sink.read().altered(), sink.read().alterations()::toString);
            assertEquals(0, sink.read().late());
        }
    }

    @Test
    void shouldAlterNothingWhenSaturatingAMix() throws Exception {
        final TrafficProfile profile = PROFILE.withSizes(SizeMix.imix());
        check(ArrivalCheck.of(profile, 0));
        with(profile, ArrivalPattern.constant(), generator -> generator.saturate(200_000));
        assertTrue(sink.read().frames() > 0);
        assertEquals(0, sink.read().altered(), sink.read().alterations()::toString);
    }

    @Test
    void shouldStopWhenTold() throws Exception {
        final long sent = with(PROFILE, generator -> {
            final Thread stopper = Thread.ofPlatform().start(() -> {
                while (generator.sent() == 0) {
                    LockSupport.parkNanos(1_000_000);
                }
                generator.stop();
            });
            final long made = generator.saturate(Long.MAX_VALUE);
            stopper.join();
            return made;
        });
        assertTrue(sent > 0);
    }

    @Test
    void shouldPassWhatArrivesAndLeaveNothingWhenClosed() throws Exception {
        from.ip("address add 198.51.100.1/30 dev g0");
        to.ip("address add 198.51.100.2/30 dev s0");
        with(PROFILE, generator -> {
            assertTrue(from.ip("-d link show g0").contains("prog/xdp id"));
            generator.saturate(1000);
            to.exec("ping -c 1 -W 2 198.51.100.1");
            return 0;
        });
        assertFalse(from.ip("-d link show g0").contains("xdp"));
    }

    @Test
    void shouldNameTheOtherProgramWhenTheDeviceIsTaken() throws Exception {
        final SysException e = NetNs.within(to.name(), () -> assertThrows(
                SysException.class, () -> Generator.open(PROFILE, ifindex(to, "s0"))));
        assertTrue(e.getMessage().contains("another XDP program is attached to s0: id="), e.getMessage());
    }

    private void check(final ArrivalCheck check) throws Exception {
        sink.close();
        sink = SinkProgram.load(check);
        NetNs.within(to.name(), () -> {
            sink.attach(ifindex(to, "s0"), XdpMode.NATIVE);
            return null;
        });
    }

    private long with(final TrafficProfile profile, final Sending sending) throws Exception {
        return with(profile, ArrivalPattern.constant(), sending);
    }

    private long with(final TrafficProfile profile, final ArrivalPattern pattern, final Sending sending) throws Exception {
        final Callable<Long> action = () -> {
            try (Generator generator = Generator.open(profile, pattern, ifindex(from, "g0"))) {
                return sending.send(generator);
            }
        };
        return NetNs.within(from.name(), action);
    }

    private interface Sending {
        long send(Generator generator) throws Exception;
    }

    private void await(final long frames) {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (sink.read().frames() < frames && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static int ifindex(final TestNetNs ns, final String device) {
        return Integer.parseInt(ns.ip("-o link show %s", device).split(":")[0]);
    }
}
