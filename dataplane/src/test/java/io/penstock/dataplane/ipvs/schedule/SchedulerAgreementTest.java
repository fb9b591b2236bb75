package io.penstock.dataplane.ipvs.schedule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.ipvs.schedule.Flow;
import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Schedulers that hash: two that were made apart choose the same. */
final class SchedulerAgreementTest {

    private static final int FLOWS = 1_000_000;
    private static final int SERVERS = 50;

    @ParameterizedTest
    @EnumSource(names = {"MAGLEV", "MAGLEV_HASH", "SOURCE_HASH", "DESTINATION_HASH"})
    void shouldChooseTheSameWhenMadeApart(final SchedulerKind kind) {
        final int flags = ServiceSpec.SCHEDULER_1 | ServiceSpec.SCHEDULER_2;
        final Scheduler one = kind.make(servers(), flags, null);
        final Scheduler other = kind.make(servers(), flags, null);
        final SplittableRandom random = new SplittableRandom(12);
        final Flow flow = new Flow();
        int different = 0;
        int chosen = 0;
        for (int i = 0; i < FLOWS; i++) {
            TestFlows.randomize(flow, random);
            final int index = one.pick(flow);
            different += index == other.pick(flow) ? 0 : 1;
            chosen += index >= 0 ? 1 : 0;
        }
        assertTrue(different == 0, "different=" + different);
        assertTrue(chosen > FLOWS * 9 / 10, "chosen=" + chosen);
    }

    private static TestServer[] servers() {
        final TestServer[] servers = TestServer.numbered(SERVERS);
        for (int i = 0; i < SERVERS; i++) {
            servers[i].weight = 1 + i % 4;
        }
        servers[7].isOverloaded = true;
        return servers;
    }
}
