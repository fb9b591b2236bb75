package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.penstock.os.testkit.Allocation;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.model.MemoryTableStore;
import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * For the fuzzer: the first byte's lowest bit is the family, the rest is what iptables-restore reads. It is put into force, or refused
 * with a message; and what is saved then is restored, and saved the same.
 */
public final class RestoreFuzzTarget {

    /** Heap for each byte of the text, and for a run as such: an option of a byte or two makes an object with lists. */
    private static final long HEAP_FACTOR = 1 << 16;
    private static final long HEAP_BYTES = 32L << 20;
    /** Heap for each rule that lists of sources and destinations come to. */
    private static final long RULE_BYTES = 8192;

    private static final Extensions EXTENSIONS = RuleExtensions.installed();
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    private RestoreFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        if (input.length > 0) {
            final String prefix = (input[0] & 1) == 0 ? IpFamily.IPV4.tool() : IpFamily.IPV6.tool();
            final byte[] text = Arrays.copyOfRange(input, 1, input.length);
            Allocation.atMost(heap(text), () -> restore(prefix, text));
        }
    }

    /** A line's sources times its destinations are rules; in all there are no more than if all commas were in one line, half and half. */
    private static long heap(final byte... text) {
        long commas = 0;
        for (final byte b : text) {
            commas += b == ',' ? 1 : 0;
        }
        return HEAP_BYTES + HEAP_FACTOR * text.length + RULE_BYTES * (commas / 2 + 1) * (commas / 2 + 1);
    }

    private static void restore(final String prefix, final byte... text) {
        final ToolBox box = box();
        final ToolBox.Outcome outcome = box.run(prefix + "-restore", new ByteArrayInputStream(text), List.of("-c"));
        assertFalse(outcome.status() != 0 && outcome.err().isEmpty(), "refused without a word");
        final String saved = save(box, prefix);
        // Names are saved as they are: one with a quote is read otherwise. So it is with the real tools.
        if (saved.indexOf('"') < 0 && saved.indexOf('\'') < 0 && saved.indexOf('\\') < 0) {
            final ToolBox again = box();
            final ToolBox.Outcome second = again.run(prefix + "-restore", saved, List.of("-c"));
            assertEquals(0, second.status(), second::err);
            assertEquals(saved, save(again, prefix));
        }
    }

    private static ToolBox box() {
        return new ToolBox(new MemoryTableStore(), EXTENSIONS, new FixedNames(), CLOCK);
    }

    /** All tables, in one order. */
    private static String save(final ToolBox box, final String prefix) {
        return List.of("filter", "mangle", "nat", "raw", "security").stream()
                .map(table -> box.run(prefix + "-save", "", List.of("-c", "-t", table)).out()).collect(Collectors.joining());
    }
}
