package io.penstock.dataplane.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings of virtual services that a configuration says. */
class ConfiguredServicesTest {

    @Test
    void shouldKnowItsNames() {
        assertTrue(ConfiguredServices.isMeant("net.ipv4.vs.conntrack"));
        assertTrue(ConfiguredServices.isMeant("net.ipv4.vs"));
        assertTrue(ConfiguredServices.isMeant("penstock.maglev_table"));
        assertFalse(ConfiguredServices.isMeant("net.ipv4.ip_forward"));
        assertFalse(ConfiguredServices.isMeant("net.ipv4.vsx"));
    }

    @Test
    void shouldRefuseWhatCannotBeSetBeforeAnythingIs() {
        ConfiguredServices.check("net.ipv4.vs.expire_nodest_conn", "1");
        ConfiguredServices.check(ServiceRegistry.SOURCES, "192.0.2.1, 2001:db8::1");
        ConfiguredServices.check(ServiceRegistry.SOURCES, "");
        assertThrows(IllegalArgumentException.class, () -> ConfiguredServices.check(ServiceRegistry.SOURCES, "192.0.2.256"));
        assertEquals("net.ipv4.vs.secure_tcp='x' cannot be set: write a number from 0 to 3",
                assertThrows(IllegalArgumentException.class, () -> ConfiguredServices.check("net.ipv4.vs.secure_tcp", "x")).getMessage());
    }

    @Test
    void shouldPassOverTheOthersWhenItPutsThemInForce() {
        final MemoryServices services = new MemoryServices();
        ConfiguredServices.apply(Map.of("net.ipv4.ip_forward", "1", "net.netfilter.nf_conntrack_max", "9"), services);
        assertThrows(IllegalArgumentException.class, () -> ConfiguredServices.apply(Map.of("net.ipv4.vs.bogus", "1"), services));
    }
}
