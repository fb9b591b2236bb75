package io.penstock.dataplane.ipvs.health;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Allocation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * For the fuzzer: the input is what a server that is checked answers, of HTTP and of DNS. It is judged or refused in one line, with a heap
 * that its size accounts for.
 */
public final class AnswerFuzzTarget {

    private static final int HEAP_FACTOR = 32;
    private static final int HEAP_BYTES = 4 << 20;
    /** As {@link DnsCheck} makes room for. */
    private static final int DATAGRAM_BYTES = 4096;
    private static final Pattern LINE = Pattern.compile("\\P{Cc}*");
    private static final BodyTest BODY = new BodyTest.Matches(Pattern.compile("o+k"));

    private AnswerFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        Allocation.atMost(HEAP_BYTES + (long) HEAP_FACTOR * input.length, () -> {
            http(input);
            dns(input);
        });
    }

    private static void http(final byte[] input) {
        try {
            final HttpExchange.Response response =
                    HttpExchange.of(new ByteArrayInputStream(input), OutputStream.nullOutputStream(), "", true);
            assertTrue(response.status() >= 101 && response.status() <= 999, () -> "status " + response.status());
            assertTrue(response.body().length <= input.length);
            BODY.problem(response.body(), response.cut(), () -> false);
        } catch (final CheckFailure e) {
            assertTrue(LINE.matcher(e.getMessage()).matches(), e.getMessage());
        } catch (final IOException e) {
            assertTrue(LINE.matcher(Names.ofProblem(e)).matches(), e.getMessage());
        }
    }

    private static void dns(final byte[] input) {
        final byte[] datagram = Arrays.copyOf(input, Math.min(input.length, DATAGRAM_BYTES));
        final ByteBuffer answer = ByteBuffer.allocate(DATAGRAM_BYTES).put(datagram);
        final int identifier = datagram.length < Short.BYTES ? 0 : answer.getShort(0);
        DnsCheck.answers(answer, new DnsCheck("example.org", 1, 0).query(identifier));
    }
}
