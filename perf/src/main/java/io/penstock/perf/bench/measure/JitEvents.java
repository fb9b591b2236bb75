package io.penstock.perf.bench.measure;

import io.penstock.dataplane.cli.Json;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the JIT compiler did while something was measured: a figure that was taken meanwhile is not that of code that has come to rest.
 *
 * @param compiled methods, by any thread's wish
 * @param givenUp  compiled code of the measured thread that did not hold what the compiler had taken for granted: what, where, why; as often as it was
 *                 given up
 */
public record JitEvents(int compiled, List<String> givenUp) {

    /** What is known where nobody looked. */
    public static final JitEvents NONE = new JitEvents(0, List.of());

    private static final int SHOWN = 3;

    /** For people. */
    public String text() {
        return compiled + " methods compiled while it was measured, compiled code given up " + givenUp.size() + " times"
                + (givenUp.isEmpty() ? "" : ": " + givenUp.stream().distinct().limit(SHOWN).collect(Collectors.joining("; ")));
    }

    /** Fields of an object. */
    public void write(final Json json) {
        json.field("compilations", compiled).field("deoptimizations", givenUp.size());
    }
}
