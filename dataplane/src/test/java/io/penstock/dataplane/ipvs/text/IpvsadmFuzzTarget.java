package io.penstock.dataplane.ipvs.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.penstock.dataplane.ipvs.MemoryServices;
import io.penstock.os.testkit.Allocation;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * For the fuzzer: the input is what {@code ipvsadm -R} reads. It is done, or refused with a message; and what is saved then is restored,
 * and saved the same but for the order, which may be another one.
 */
public final class IpvsadmFuzzTarget {

    /** Heap for each byte of the text, and for a run as such: three bytes list all services. */
    private static final long HEAP_FACTOR = 1 << 16;
    private static final long HEAP_BYTES = 32L << 20;

    private IpvsadmFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        Allocation.atMost(HEAP_BYTES + HEAP_FACTOR * input.length, () -> restore(new String(input, StandardCharsets.ISO_8859_1)));
    }

    private static void restore(final String file) {
        final Ipvsadm ipvsadm = new Ipvsadm(new MemoryServices());
        final Ipvsadm.Outcome outcome = ipvsadm.run(file, List.of("-R"));
        assertFalse(outcome.status() != 0 && outcome.err().isEmpty(), "refused without a word");
        final List<String> saved = save(ipvsadm);
        final Ipvsadm again = new Ipvsadm(new MemoryServices());
        final String first = ipvsadm.save("-n").out();
        assertEquals(new Ipvsadm.Outcome(0, "", ""), again.restore(first), first);
        assertEquals(saved, save(again));
    }

    private static List<String> save(final Ipvsadm ipvsadm) {
        return ipvsadm.save("-n").out().lines().sorted().toList();
    }
}
