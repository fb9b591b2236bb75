package io.penstock.dataplane.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.hot.ipvs.schedule.Candidate;
import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all schedulers have in common. */
final class SchedulerKindTest {

    private static final int FLAGS = ServiceSpec.SCHEDULER_1 | ServiceSpec.SCHEDULER_2;
    /** Bytes that a thread may have allocated beside: what the measurement itself does. */
    private static final long ALLOCATION_SLACK = 4_096;

    @Test
    void shouldBeFoundByNameWhenTheKernelHasIt() {
        assertEquals(List.of("rr", "wrr", "lc", "wlc", "fo", "ovf", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "twos", "maglev"), SchedulerKind.names());
        for (final SchedulerKind kind : SchedulerKind.values()) {
            assertSame(kind, SchedulerKind.of(kind.text()));
        }
        assertNull(SchedulerKind.of("RR"));
        assertNull(SchedulerKind.of(""));
    }

    @ParameterizedTest
    @EnumSource
    void shouldChooseNobodyWhenNobodyTakesConnections(final SchedulerKind kind) {
        final Flow flow = TestFlows.to("198.51.100.1");
        assertEquals(Scheduler.NONE, kind.make(new Candidate[0], FLAGS, null).pick(flow));
        final TestServer[] servers = TestServer.numbered(3);
        final Scheduler scheduler = kind.make(servers, FLAGS, null);
        for (final TestServer server : servers) {
            server.isOverloaded = true;
        }
        assertEquals(Scheduler.NONE, scheduler.pick(flow));
        for (final TestServer server : servers) {
            server.isOverloaded = false;
            server.weight = 0;
        }
        assertEquals(Scheduler.NONE, scheduler.pick(flow));
        assertEquals(Scheduler.NONE, kind.make(servers, FLAGS, scheduler).pick(flow));
        assertEquals(Scheduler.NONE, kind.make(servers, FLAGS, null).pick(flow));
    }

    @ParameterizedTest
    @EnumSource
    void shouldChooseTheOnlyServerThatTakesConnectionsWhenOthersAreFullOrQuiesced(final SchedulerKind kind) {
        final TestServer[] servers = TestServer.numbered(5);
        final Scheduler scheduler = kind.make(servers, FLAGS, null);
        servers[0].weight = 0;
        servers[1].isOverloaded = true;
        servers[3].weight = -1;
        servers[4].isOverloaded = true;
        final Scheduler next = kind.make(servers, FLAGS, scheduler);
        final Flow flow = new Flow();
        final SplittableRandom random = new SplittableRandom(1);
        int chosen = 0;
        for (int i = 0; i < 100; i++) {
            TestFlows.randomize(flow, random);
            final int index = next.pick(flow);
            assertTrue(index == 2 || kind == SchedulerKind.DESTINATION_HASH && index == Scheduler.NONE, () -> "index=" + index);
            chosen += index == 2 ? 1 : 0;
        }
        assertTrue(chosen > 0);
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepItsServersWhenTheCallersArrayChanges(final SchedulerKind kind) {
        final TestServer[] servers = TestServer.numbered(3);
        final Candidate[] given = servers.clone();
        final Scheduler scheduler = kind.make(given, 0, null);
        Arrays.fill(given, null);
        assertArrayEquals(servers, scheduler.servers());
        assertTrue(scheduler.pick(TestFlows.to("198.51.100.1")) >= 0);
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWhenTheSchedulerBeforeWasOfAnotherKind(final SchedulerKind kind) {
        final TestServer[] servers = TestServer.numbered(3);
        for (final SchedulerKind other : SchedulerKind.values()) {
            final Scheduler before = other.make(servers, 0, null);
            before.pick(TestFlows.to("198.51.100.1"));
            final Scheduler after = kind.make(servers, 0, before);
            assertEquals(kind.make(servers, 0, kind == other ? before : null).pick(TestFlows.to("198.51.100.2")), after.pick(TestFlows.to("198.51.100.2")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingWhenItChooses(final SchedulerKind kind) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final TestServer[] servers = TestServer.numbered(20);
        final Scheduler scheduler = kind.make(servers, FLAGS, null);
        final Flow flow = new Flow();
        final SplittableRandom random = new SplittableRandom(2);
        final long thread = Thread.currentThread().threadId();
        long allocated = Long.MAX_VALUE;
        // Again until it is compiled: what the interpreter's profile takes is not the scheduler's.
        for (int round = 0; round < 10 && allocated > ALLOCATION_SLACK; round++) {
            final long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 10_000; i++) {
                TestFlows.randomize(flow, random);
                final int index = scheduler.pick(flow);
                if (index >= 0) {
                    servers[index].active++;
                    servers[index].isOverloaded = (i & 7) == 0;
                }
            }
            allocated = threads.getThreadAllocatedBytes(thread) - before;
        }
        assertTrue(allocated <= ALLOCATION_SLACK, "allocated=" + allocated);
    }

    @Test
    void shouldRefuseATableWhenItsSizeIsNotPrime() {
        final SchedulerSettings settings = new SchedulerSettings();
        for (final int size : new int[] {-7, 0, 1, 65_536, 65_535, 5_000_012, Integer.MAX_VALUE}) {
            assertEquals("a maglev table needs a prime number of entries: entries=" + size + " max=5000011; take 65537, or about 100 times as many as servers",
                    assertThrows(IllegalArgumentException.class, () -> settings.setMaglevTable(size)).getMessage());
        }
        assertEquals(65_537, settings.maglevTable());
        for (final int size : new int[] {2, 3, 251, 655_373, 5_000_011}) {
            settings.setMaglevTable(size);
            assertEquals(size, settings.maglevTable());
        }
    }
}
