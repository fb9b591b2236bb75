package io.penstock.perf.bench.connections;

import io.penstock.dataplane.cli.Json;
import java.util.Locale;

/**
 * What was counted of all connections through a device, from the first one on, warm-up included.
 *
 * @param begun     connections
 * @param failed    of them
 * @param strange   segments that should not have come, or not so
 * @param resets    that came
 * @param sentAgain segments
 * @param late      segments that came late or twice
 */
record TcpChecked(long begun, long failed, long strange, long resets, long sentAgain, long late) {

    /** Adds an object. */
    void write(final Json json) {
        json.object().field("begun", begun).field("failed", failed).field("strange", strange).field("resets", resets).field("sent_again", sentAgain)
                .field("late_or_twice", late).end();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "every segment's numbers, data and checksums: %,d strange, %,d resets, %,d sent again, %,d late or twice; "
                + "of %,d connections %,d failed", strange, resets, sentAgain, late, begun, failed);
    }
}
