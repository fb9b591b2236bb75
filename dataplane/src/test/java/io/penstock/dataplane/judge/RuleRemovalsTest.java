package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RuleRemovalsTest {

    private static final String RULES = """
            rules:
              ipv4: |
                *raw
                COMMIT
                *filter
                :c0 - [0:0]
                -A INPUT ! -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j c0
                COMMIT
            """;

    private static String without(final int from, final int to) {
        final Object rules = Removals.without(ConfigTree.parse(RULES), from, to).map("rules").get("ipv4");
        return String.valueOf(rules).replace("\n", ";");
    }

    @Test
    void shouldTakeOutTablesChainsRulesAndOptionsWhenAsked() {
        assertEquals(9, Removals.count(ConfigTree.parse(RULES)));
        assertEquals(List.of(
                "*filter;:c0 - [0:0];-A INPUT ! -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j c0;COMMIT;",
                "*raw;COMMIT;",
                "*raw;COMMIT;*filter;-A INPUT ! -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j c0;COMMIT;",
                "*raw;COMMIT;*filter;:c0 - [0:0];COMMIT;",
                "*raw;COMMIT;*filter;:c0 - [0:0];-A INPUT -p tcp -m tcp --dport 22 -j c0;COMMIT;",
                "*raw;COMMIT;*filter;:c0 - [0:0];-A INPUT ! -s 10.0.0.0/8 -m tcp --dport 22 -j c0;COMMIT;"),
                List.of(without(0, 1), without(1, 2), without(2, 3), without(3, 4), without(4, 5), without(5, 6)));
        assertEquals("*raw;COMMIT;*filter;:c0 - [0:0];-A INPUT;COMMIT;", without(4, 9));
    }

    @Test
    void shouldBeTheSameWhenWrittenAndReadAgain() {
        final ConfigTree tree = ConfigTree.parse(RULES);
        assertEquals(RULES, tree.toString());
        assertEquals(tree.map("rules"), ConfigTree.parse(tree.toString()).map("rules"));
    }
}
