package io.penstock.conntrack.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.conntrack.hot.frag.FragmentSettings;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.conntrack.model.Connection;
import io.penstock.conntrack.model.ConnectionRequest;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Settings that change the tables under what is in them. */
final class ConnectionSettingsTest {

    private static final String MAX = ConnSysctls.PREFIX + "max";
    private static final String BUCKETS = ConnSysctls.PREFIX + "buckets";
    private static final int LIMIT = 4000;
    private static final int CONNECTIONS = 500;

    private final LiveStore live = new LiveStore(LIMIT);
    private final ConnectionSettings settings = new ConnectionSettings(new TrackerSettings(), live.switches, new FragmentSettings(), live.limit,
            family -> family == ConnLayout.FAMILY_IPV4 ? live.ipv4 : live.ipv6);

    @AfterEach
    void close() {
        settings.close();
        live.close();
    }

    @Test
    void shouldKeepAllThatIsThereWhenTheLimitIsLowered() {
        for (int i = 0; i < CONNECTIONS; i++) {
            TableConnectionStoreTest.track(live, i);
        }
        assertTrue(settings.write(MAX, 10));
        resize();
        assertEquals(CONNECTIONS, live.limit.count());
        for (int i = 0; i < CONNECTIONS; i++) {
            assertNotEquals(0, TupleFinder.find(live.ipv4.worker(0),
                    ConnectionRequest.of(Connection.of(TableConnectionStoreTest.tuple(i), null, 0).build())));
        }
        assertEquals(1024, live.ipv4.buckets());
        assertEquals(1024, live.ipv6.buckets());
        assertEquals(OptionalLong.of(10), settings.read(MAX));
    }

    @Test
    void shouldMakeTheIndexForFewerWhenTheLimitIsLoweredAndNothingIsThere() {
        settings.write(MAX, 100);
        resize();
        assertEquals(ConnTable.bucketsFor(100), live.ipv4.buckets());
        assertEquals(ConnTable.bucketsFor(100), live.ipv6.buckets());
    }

    @Test
    void shouldKeepRoomForAllThatMayComeWhenFewerBucketsAreAskedFor() {
        settings.write(BUCKETS, 16);
        resize();
        assertEquals(ConnTable.bucketsFor(LIMIT), live.ipv4.buckets());
        assertEquals(OptionalLong.of(2L * ConnTable.bucketsFor(LIMIT)), settings.read(BUCKETS));
        settings.write(MAX, 100);
        settings.write(BUCKETS, 1000);
        resize();
        assertEquals(ConnTable.bucketsFor(1000), live.ipv4.buckets());
    }

    private void resize() {
        for (final ConnTable table : List.of(live.ipv4, live.ipv6)) {
            for (int i = 0; i < 100; i++) {
                live.boundary();
                table.worker(0).maintain(1);
            }
            assertFalse(table.isResizing());
        }
        live.boundary();
    }
}
