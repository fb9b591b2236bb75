package io.penstock.dataplane.ipvs.health;

import io.penstock.os.testkit.FuzzSeeds;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whatever a server that is checked answers, it is judged or refused. */
class AnswerFuzzTest {

    private static final String SEED = """
            HTTP/1.1 100 Continue\r
            \r
            HTTP/1.1 200 OK\r
            Content-Length: 11\r
            Transfer-Encoding: chunked\r
            \r
            b\r
            all is ok.\n\r
            0\r
            \r
            """;

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenAnswersAreKnown() {
        return FuzzSeeds.tests("answers", AnswerFuzzTarget::fuzzerTestOneInput);
    }

    @Property(tries = 2_000)
    void shouldHoldWhenAnAnswerIsDamaged(@ForAll final long seed) {
        final Random random = new Random(seed);
        final byte[] bytes = SEED.getBytes(StandardCharsets.UTF_8);
        final String interesting = "\r\n 0123456789abfF:;-";
        for (int i = random.nextInt(6); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = random.nextInt(10) == 0
                    ? (byte) random.nextInt()
                    : (byte) interesting.charAt(random.nextInt(interesting.length()));
        }
        AnswerFuzzTarget.fuzzerTestOneInput(bytes);
    }
}
