package io.penstock.dataplane.hot.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.table.TableCounter;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.testkit.soak.SoakRig;
import io.penstock.dataplane.testkit.soak.SoakTraffic;
import org.junit.jupiter.api.Test;

/**
 * Two workers get the packets of the same connections, the two directions apart, the same direction by turns, and the same packet at once: never are
 * there two entries of one connection, and never is a binding lost. {@code -Dpenstock.soak.seconds} makes it longer.
 */
final class ConnectionSoakTest {

    private static final int SECONDS = Integer.getInteger("penstock.soak.seconds", 6);
    private static final int ROUND_MS = 1500;
    private static final int WAYS = 4;
    /** Of packets of established connections that wait in vain for another worker: one of so many. It is taken off the CPU while it holds one. */
    private static final int BUSY_ONE_IN = 1000;

    @Test
    void shouldKeepEveryBindingWhenTwoWorkersShareTheConnections() {
        try (SoakRig rig = new SoakRig()) {
            final int rounds = SECONDS * 1000 / ROUND_MS;
            for (int round = 0; round < rounds; round++) {
                final int way = round % WAYS;
                rig.run(way >= 2, way % 2 != 0, ROUND_MS * 1_000_000L);
            }
            final SoakTraffic traffic = rig.traffic;
            final long busy = traffic.droppedEstablished(DropReason.CONNECTION_BUSY);
            final String seen = "seconds=" + SECONDS + " forwarded=" + traffic.forwarded() + " connections=" + traffic.connections()
                    + " established=" + traffic.establishedPackets() + " busy=" + busy + " clash=" + traffic.dropped(DropReason.CONNECTION_CLASH)
                    + " gone=" + traffic.dropped(DropReason.CONNECTION_GONE) + " full=" + traffic.dropped(DropReason.CONNECTIONS_FULL)
                    + " resolved=" + rig.counter(TableCounter.CLASH_RESOLVE) + " early=" + rig.counter(TableCounter.EARLY_DROP)
                    + " resizes=" + rig.resizes()
                    + " meetings=" + traffic.meetings();
            System.out.println(seen);
            assertTrue(traffic.establishedPackets() > 200L * SECONDS && traffic.connections() > 20L * SECONDS, seen);
            assertTrue(rig.counter(TableCounter.EARLY_DROP) > 0 && rig.resizes() > 1, seen);
            assertTrue(busy * BUSY_ONE_IN <= traffic.establishedPackets(), seen);
            assertEquals(0, traffic.droppedEstablished(DropReason.CONNECTION_CLASH), seen);
        }
    }
}
