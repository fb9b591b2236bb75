package io.penstock.dataplane.replay;

import io.penstock.dataplane.metrics.CounterSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a replay came to.
 *
 * @param packets        input packets
 * @param verdicts       how many of them ended how: forward, local, drop, stolen, queue
 * @param startNs        the first packet's time
 * @param endNs          where the clock stood in the end
 * @param counters       what the engine counted
 * @param notes          what an operator should know, a sentence each
 */
public record ReplaySummary(
        long packets,
        Map<String, Long> verdicts,
        long startNs,
        long endNs,
        CounterSnapshot counters,
        List<String> notes) {

    private static final double NS_PER_SECOND = 1e9;

    /** Copies what could change. */
    public ReplaySummary {
        notes = List.copyOf(notes);
    }

    /** For people: a line for the packets, and one for the drops if there were any. */
    public String text() {
        final List<String> words = new ArrayList<>();
        for (final String verdict : new String[] {"forward", "local", "drop", "stolen", "queue"}) {
            words.add(verdict + '=' + verdicts.get(verdict));
        }
        final StringBuilder out = new StringBuilder(String.format(Locale.ROOT,
                "packets=%d in %.6f s of their time: %s unaccounted=%d%n",
                packets, (endNs - startNs) / NS_PER_SECOND, String.join(" ", words), counters.unaccounted()));
        counters.dropped().forEach((reason, count) ->
                out.append("  ").append(reason.metric()).append('=').append(count).append(": ").append(reason.sentence())
                        .append('\n'));
        return out.toString();
    }
}
