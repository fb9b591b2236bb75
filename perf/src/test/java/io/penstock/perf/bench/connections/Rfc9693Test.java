package io.penstock.perf.bench.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.connections.TrackingOptions.Mode;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The procedure on a gateway that is made up: its limits are known. */
final class Rfc9693Test {

    private static final int CONNECTIONS = 10_000;

    @Test
    void shouldFindTheLimitsOfAGateway() {
        final Report report = measure(new Fake());
        assertEquals(500_000, report.number("connections_per_second"), 5_000);
        assertEquals(3, report.samples("connections_per_second").sorted().length);
        assertEquals(4_000_000, report.number("teardowns_per_second"), 1);
        assertEquals(11_000, report.number("capacity"), 5);
        assertEquals(CONNECTIONS, report.number("capacity_entries_wanted"));
        final Map<?, ?> row = (Map<?, ?>) ((List<?>) report.values().get("two_phase")).getFirst();
        assertEquals(64, ((Number) row.get("size")).intValue());
        assertEquals(2.0, ((Number) row.get("mpps")).doubleValue(), 0.02);
        assertEquals("device", row.get("limit"));
        assertEquals(10, ((List<?>) report.values().get("rate_at_fill")).size());
        // Nothing else is counted.
        assertEquals(Set.of("answers", "trials", "repeated"), ((Map<?, ?>) report.values().get("checked")).keySet());
    }

    @Test
    void shouldSayThatTheGeneratorWasTheLimitWhenItFellBehind() {
        final Fake fake = new Fake();
        fake.generatorPerSecond = 300_000;
        final Report report = measure(fake);
        assertEquals(300_000, report.number("connections_per_second"), 3_000);
        assertEquals("generator", report.values().get("connections_per_second_limit"));
    }

    @Test
    void shouldCountTrialsThatWereMadeAgainWhenTheMachineTookACpuAway() {
        assertEquals(0, measure(new Fake()).number("checked.repeated"));
        final Fake fake = new Fake();
        fake.isRestless = true;
        final Rfc9693Result result = new Rfc9693(options(), fake, MachineFacts.ofThis(), line -> { }).run();
        final Report report = Report.parse("", result.json());
        final long repeated = report.number("checked.repeated").longValue();
        assertTrue(repeated > 0 && repeated < report.number("checked.trials"), report::toString);
        assertTrue(result.text().contains(String.format(Locale.ROOT, " trials, %,d of them made again, since the machine", repeated)), result::text);
    }

    @Test
    void shouldFailWhenTheTableLosesEntries() {
        final Fake fake = new Fake();
        fake.forgets = true;
        assertEquals("at no rate did every packet arrive and have its connection: forgetful", assertThrows(BenchException.class, () -> measure(fake))
                .getMessage());
    }

    @Test
    void shouldFailWhenTheGatewayComplains() {
        final Fake fake = new Fake();
        fake.complaint = "invalid=3";
        assertEquals("the gateway did what it should not have, so that no figure counts: invalid=3",
                assertThrows(BenchException.class, () -> measure(fake)).getMessage());
    }

    private static Report measure(final TrackingDevice device) {
        return Report.parse("", new Rfc9693(options(), device, MachineFacts.ofThis(), line -> { }).run().json());
    }

    private static TrackingOptions options() {
        return new TrackingOptions(Mode.ENGINE, true, IpProtocol.UDP, CONNECTIONS, 0,
                EnumSet.allOf(TrackingOptions.Test.class), List.of(60), 0.05, 3, 0);
    }

    /** Takes half a million connections a second, holds 11,000, and forwards two million packets a second. */
    private static final class Fake implements TrackingDevice {

        private long generatorPerSecond = Long.MAX_VALUE;
        private boolean forgets;
        private String complaint = "";
        private int entries;
        private long disturbances;
        private boolean isRestless;

        @Override
        public Map<String, String> parts() {
            return Map.of("gateway", "made up");
        }

        @Override
        public int most() {
            return 2 * CONNECTIONS;
        }

        @Override
        public Fill fill(final int connections, final long perSecond) {
            final boolean late = perSecond > 500_000;
            entries = forgets ? connections - 1 : Math.min(connections, 11_000);
            final boolean limited = perSecond > generatorPerSecond;
            final double[] tenths = new double[10];
            Arrays.fill(tenths, connections / 10 / 400_000.0);
            return new Fill(connections, late ? connections - 7 : connections, entries, entries / 400_000.0, limited, tenths);
        }

        @Override
        public double tearDown() {
            return entries / 4e6;
        }

        @Override
        public long establish(final int connections) {
            return connections;
        }

        @Override
        public Exchange exchange(final int frameBytes, final long perSecond, final double seconds) {
            return new Exchange(1_000, perSecond > 2_000_000 ? 999 : 1_000, 0, 1_000 / 1.5e6, false);
        }

        @Override
        public long disturbances() {
            return isRestless ? ++disturbances : 0;
        }

        @Override
        public String complaint() {
            return forgets ? "forgetful" : complaint;
        }

        @Override
        public void close() {
            assertTrue(entries >= 0);
        }
    }
}
