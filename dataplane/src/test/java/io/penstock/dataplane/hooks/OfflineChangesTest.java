package io.penstock.dataplane.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.dataplane.worker.StolenPacketsProxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Changes where packets run on the thread that makes the changes, as in a replay. */
class OfflineChangesTest {

    private final TestEngine engine = new TestEngine();
    private final List<String> refusals = new ArrayList<>();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldRefuseChangesFromInsideWhereverAFunctionRuns() {
        final long[] token = new long[1];
        final List<Registration> own = new ArrayList<>();
        own.add(Places.register(engine, HookList.IPV4_FORWARD, 0, (packet, state) -> {
            tryAll(own.getFirst());
            token[0] = packet.steal();
            return Verdict.STOLEN;
        }));
        engine.hooks.registerQueueHandler("", (packet, state, queue, held) -> {
            tryAll(own.getFirst());
            return QueueHandler.NOBODY;
        });
        engine.hooks.register(Places.ops(HookList.EGRESS, "egress", 0, (packet, state) -> {
            tryAll(own.getFirst());
            return Verdict.ACCEPT;
        }).on("dmz"));
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        assertEquals(3, refusals.size(), "in a batch");
        engine.stolen.resume(token[0], Verdict.queueOrBypass(1));
        engine.boundary();
        assertEquals(6, refusals.size(), "in a queue handler, while a packet comes back");
        final int gateway = engine.gateway(4, TestEngine.DMZ, "10.9.0.9");
        engine.route("10.1.0.0", 16, gateway);
        own.getFirst().close();
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"));
        engine.resolve(gateway);
        engine.boundary();
        assertEquals(9, refusals.size(), "while a packet that waited leaves");
        engine.originate(Packets.udp4("10.1.0.5"));
        assertEquals(12, refusals.size(), "for a packet of this host");
        refusals.forEach(message -> assertEquals("hooks cannot be changed from inside a hook function, which the change would "
                + "wait for; hand the change to another thread", message));
        Places.register(engine, HookList.IPV4_FORWARD, 0, (packet, state) -> Verdict.ACCEPT).close();
        assertEquals(0, engine.counters().hookExceptions);
        engine.assertBooks();
    }

    @Test
    void shouldRefuseWhatIsNoToken() {
        final StolenPacketsProxy proxy = new StolenPacketsProxy();
        for (final long wrong : new long[] {-1, Long.MIN_VALUE, 0, 1L << 48}) {
            assertEquals("no such packet: token=" + wrong + "; use what Packet.steal() returned",
                    assertThrows(IllegalArgumentException.class, () -> proxy.resume(wrong, Verdict.ACCEPT)).getMessage());
            assertThrows(IllegalArgumentException.class, () -> proxy.release(wrong));
        }
        assertEquals(Lane.PARKING_PLACES, proxy.capacity());
    }

    private void tryAll(final Registration own) {
        refusals.add(refusal(() -> Places.register(engine, HookList.IPV6_FORWARD, 0, (packet, state) -> Verdict.ACCEPT)));
        refusals.add(refusal(() -> engine.hooks.registerQueueHandler("", (packet, state, queue, token) -> 0)));
        refusals.add(refusal(own::close));
        assertTrue(engine.lane.isInside());
    }

    private static String refusal(final Runnable change) {
        return assertThrows(HookException.class, change::run).getMessage();
    }
}
