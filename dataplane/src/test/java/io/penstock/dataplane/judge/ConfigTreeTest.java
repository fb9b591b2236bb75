package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.penstock.dataplane.judge.random.Scenarios;
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
    void shouldLeaveWaysWithoutGatewayOutWhenThereAreOthers() {
        final String routes = """
                network:
                  routes:
                    - { to: 10.1.0.0/16, via: [{ port: lan }, { via: 10.0.0.2, port: lan }, { via: 10.0.0.3, port: lan }] }
                    - { to: 10.2.0.0/16, via: [{ port: lan, weight: 2 }, { via: 10.0.0.2, port: lan, weight: 3 }] }
                    - { to: 10.3.0.0/16, via: [{ port: lan }, { port: wan }] }
                """;
        assertEquals("""
                network:
                  routes:
                    - { to: 10.1.0.0/16, via: [{ via: 10.0.0.2, port: lan }, { via: 10.0.0.3, port: lan }] }
                    - { to: 10.2.0.0/16, via: 10.0.0.2, port: lan }
                    - { to: 10.3.0.0/16, port: lan }
                """, Multipath.usedOnly(ConfigTree.parse(routes)).toString());
        assertNull(Multipath.usedOnly(ConfigTree.parse(YAML)));
        assertNull(Multipath.usedOnly(ConfigTree.parse("ports: { lan: { device: d0 } }")));
    }
}
