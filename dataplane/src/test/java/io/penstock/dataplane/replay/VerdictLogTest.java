package io.penstock.dataplane.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.Outcome;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VerdictLogTest {

    private static final int NEIGHBOUR_FAILED = Outcome.DROPPED | DropReason.NEIGHBOUR_FAILED.id() << 16;

    private final StringWriter out = new StringWriter();
    private final VerdictLog log = new VerdictLog(out, List.of("lan", "wan"));
    private final Batch batch = new Batch();

    @Test
    void shouldHoldLinesBackWhileAnEarlierPacketWaits() {
        add(Outcome.PARKED, 100);
        add(Outcome.FORWARDED, 200);
        add(Outcome.PARKED, 300);
        add(Outcome.STOLEN, 400);
        assertEquals("", out.toString());
        end(Outcome.FORWARDED, 999);
        end(NEIGHBOUR_FAILED, 300);
        assertEquals("", out.toString());
        end(Outcome.PARKED, 100);
        assertTrue(log.isWaiting());
        end(Outcome.FORWARDED, 100);
        assertFalse(log.isWaiting());
        assertEquals("""
                {"n":1,"port":"lan","verdict":"forward","out":"wan"}
                {"n":2,"port":"lan","verdict":"forward","out":"wan"}
                {"n":3,"port":"lan","verdict":"drop","reason":"neighbour_failed"}
                {"n":4,"port":"lan","verdict":"stolen"}
                """, out.toString());
        assertEquals(4, log.packets());
    }

    @Test
    void shouldTellPacketsApartWhenAFrameIsUsedAgain() {
        add(Outcome.PARKED, 100);
        end(Outcome.FORWARDED, 100);
        add(Outcome.PARKED, 100);
        end(NEIGHBOUR_FAILED, 100);
        end(Outcome.FORWARDED, 100);
        assertEquals("""
                {"n":1,"port":"lan","verdict":"forward","out":"wan"}
                {"n":2,"port":"lan","verdict":"drop","reason":"neighbour_failed"}
                """, out.toString());
    }

    @Test
    void shouldComplainOfAPacketWithoutAnOutcome() {
        assertEquals("a packet has no verdict: n=1 outcome=0",
                assertThrows(IllegalStateException.class, () -> add(Outcome.NONE, 100)).getMessage());
    }

    private void add(final int outcome, final long chunk) {
        batch.outcome[0] = outcome;
        batch.outPort[0] = 1;
        log.add(batch, 0, chunk);
    }

    private void end(final int outcome, final long chunk) {
        batch.outcome[0] = outcome;
        batch.outPort[0] = 1;
        log.ended(batch, 0, chunk);
    }
}
