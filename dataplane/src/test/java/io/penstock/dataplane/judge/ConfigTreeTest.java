package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.penstock.dataplane.judge.random.Scenarios;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigTreeTest {

    private static final String YAML = """
            ports:
              lan: { device: d0 }
            sysctl:
              net.ipv4.conf.lan.rp_filter: 1
            network:
              addresses:
                lan: [10.0.0.1/24, "2001:db8::1/64"]
              routes:
                - { to: "::/0", via: [{ via: "2001:db8::2", port: lan, weight: 2 }, { via: "2001:db8::3", port: lan }] }
                - { to: 10.1.0.0/16, type: blackhole }
            """;

    @Test
    void shouldPrintWhatItReadWhenReadAgain() {
        assertEquals(YAML, ConfigTree.parse(YAML).toString());
        final ConfigTree random = Scenarios.ipv6(7, 1).config();
        assertEquals(random.toString(), ConfigTree.parse(random.toString()).toString());
    }

    @Test
    void shouldShareNothingWhenCopied() {
        final ConfigTree tree = ConfigTree.parse(YAML);
        final ConfigTree copy = tree.copy();
        copy.list("network", "routes").clear();
        copy.map("sysctl").clear();
        assertEquals(YAML, tree.toString());
        assertNotEquals(YAML, copy.toString());
    }

    @Test
    void shouldLoseOneThingEachWhenRemovalsAreTried() {
        final ConfigTree tree = ConfigTree.parse(YAML);
        // A sysctl, two addresses, two routes, two ways, three words of the ways.
        assertEquals(10, Removals.count(tree));
        for (int i = 0; i < Removals.count(tree); i++) {
            assertNotEquals(YAML, Removals.without(tree, i, i + 1).toString(), "removal " + i);
        }
        assertEquals("ports:\n  lan: { device: d0 }\n", Removals.without(tree, 0, Removals.count(tree)).toString());
        assertEquals(YAML, tree.toString());
    }

    @Test
    void shouldMakeOneConfigurationForEachWayWhenRoutesHaveSeveral() {
        final List<ConfigTree> variants = Multipath.variants(ConfigTree.parse(YAML));
        assertEquals(2, variants.size());
        assertEquals(YAML.replace(", { via: \"2001:db8::3\", port: lan }", ""), variants.get(0).toString());
        assertEquals(YAML.replace("{ via: \"2001:db8::2\", port: lan, weight: 2 }, ", ""), variants.get(1).toString());
        assertEquals(List.of(), Multipath.variants(ConfigTree.parse("ports: { lan: { device: d0 } }")));
    }
}
