package io.penstock.rules.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.hot.TableImage;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which chains packets may often come to. */
class ChainSharesTest {

    private static final double LEAST = 1.0 / 64;

    private static String likely(final String rules) {
        final MemoryTableStore store = new MemoryTableStore();
        final PrintStream none = new PrintStream(PrintStream.nullOutputStream());
        assertEquals(0, new IptablesRestoreCommand(store, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4).run(List.of(),
                new ByteArrayInputStream(("*filter\n" + rules + "COMMIT\n").getBytes(StandardCharsets.ISO_8859_1)), none, none));
        try (CompiledTable table = TableCompiler.compile(store.read(IpFamily.IPV4, TableName.FILTER).table(), _ -> null, 1)) {
            final TableImage image = table.image();
            return Arrays.stream(ChainShares.likely(image, LEAST)).mapToObj(chain -> image.names[chain]).collect(Collectors.joining(" "));
        }
    }

    @Test
    void shouldNameWhatLeadsToServicesAndNoneOfAThousandServices() {
        final String chains = IntStream.range(0, 1000).mapToObj(i -> ":svc" + i + " -\n").collect(Collectors.joining());
        final String jumps = IntStream.range(0, 1000).mapToObj(i -> "-A services -d 10.0." + i / 250 + '.' + i % 250 + " -j svc" + i + '\n')
                .collect(Collectors.joining());
        final String rules = IntStream.range(0, 1000).mapToObj(i -> "-A svc" + i + " -j DROP\n").collect(Collectors.joining());
        assertEquals("INPUT FORWARD OUTPUT services", likely(":services -\n" + chains + "-A FORWARD -j services\n-A FORWARD -j ACCEPT\n" + jumps + rules));
    }

    @Test
    void shouldAddUpWhatComesFromSeveralChains() {
        assertEquals("both INPUT FORWARD OUTPUT half quarter", likely(":both -\n:half -\n:quarter -\n:never -\n"
                + "-A INPUT -j both\n-A FORWARD -j both\n-A OUTPUT -g half\n-A OUTPUT -j ACCEPT\n-A half -j quarter\n-A half -j RETURN\n"
                + "-A never -j ACCEPT\n"));
    }

    @Test
    void shouldComeToAnEndWhereChainsCallEachOtherTwice() {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            text.append(":c").append(i).append(" -\n");
        }
        for (int i = 0; i < 99; i++) {
            text.append(("-A c" + i + " -j c" + (i + 1) + '\n').repeat(2));
        }
        assertEquals("INPUT FORWARD OUTPUT c0 c1 c10 c2 c3 c4 c5 c6 c7 c8 c9", likely(text + "-A INPUT -j c0\n"));
    }

    @Test
    void shouldComeToAnEndWhereEachOfManyChainsCallsTheNext() {
        final int count = 50_000;
        final String chains = IntStream.range(0, count).mapToObj(i -> ":c" + i + " -\n").collect(Collectors.joining());
        final String jumps = IntStream.range(1, count).mapToObj(i -> "-A c" + (i - 1) + " -j c" + i + '\n').collect(Collectors.joining());
        assertEquals(3 + 64, likely(chains + jumps + "-A INPUT -j c0\n").split(" ").length);
    }
}
