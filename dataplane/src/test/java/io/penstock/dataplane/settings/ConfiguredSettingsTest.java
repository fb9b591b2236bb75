package io.penstock.dataplane.settings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.IpSettings;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.os.sys.KernelTicks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfiguredSettingsTest {

    private static final int USUAL = PortTable.FORWARDING4 | PortTable.FORWARDING6 | PortTable.SEND_REDIRECTS
            | PortTable.SHARED_MEDIA | PortTable.ROUTER6;

    private final PortTable table = new PortTable();
    private final IpSettings settings = new IpSettings();

    @Test
    void shouldForwardWithTheKernelsDefaultsWhenNothingIsSaid() {
        final ConfiguredSettings configured = apply();
        assertEquals(USUAL, table.flags(0));
        assertEquals(USUAL, table.flags(1));
        assertTrue(configured.isRouter6(0));
        assertTrue(configured.hasIpv6(0));
        assertEquals(1500, table.mtu6(0));
    }

    @Test
    void shouldCombineAsTheKernelDoesWhenAllAndADeviceDiffer() {
        apply("net.ipv4.conf.all.rp_filter", "1", "net.ipv4.conf.a.rp_filter", "2", "net.ipv4.conf.all.accept_source_route", "1",
                "net.ipv4.conf.b.accept_source_route", "0", "net.ipv4.conf.all.accept_local", "1",
                "net.ipv4.conf.a.send_redirects", "0", "net.ipv4.conf.b.bc_forwarding", "1");
        assertEquals(USUAL | PortTable.RP_FILTER_LOOSE | PortTable.ACCEPT_SOURCE_ROUTE | PortTable.ACCEPT_LOCAL, table.flags(0));
        assertEquals(USUAL | PortTable.RP_FILTER_STRICT | PortTable.ACCEPT_LOCAL, table.flags(1));
        apply("net.ipv4.conf.all.send_redirects", "0", "net.ipv4.conf.a.send_redirects", "0", "net.ipv4.conf.all.bc_forwarding",
                "1", "net.ipv4.conf.a.bc_forwarding", "1", "net.ipv4.conf.b.shared_media", "0");
        assertEquals(USUAL & ~PortTable.SEND_REDIRECTS | PortTable.BC_FORWARDING, table.flags(0));
        assertEquals(USUAL, table.flags(1));
    }

    @Test
    void shouldFollowTheOrderWhenASwitchOfAllFollowsADevices() {
        apply("net.ipv4.ip_forward", "0", "net.ipv4.conf.b.forwarding", "1");
        assertEquals(USUAL & ~PortTable.FORWARDING4, table.flags(0));
        assertEquals(USUAL, table.flags(1));
        apply("net.ipv4.conf.b.forwarding", "1", "net.ipv4.conf.all.forwarding", "0");
        assertEquals(USUAL & ~PortTable.FORWARDING4, table.flags(1));
    }

    @Test
    void shouldChangeDevicesThatWereNotSetWhenTheDefaultChanges() {
        apply("net.ipv4.conf.a.rp_filter", "0", "net.ipv4.conf.default.rp_filter", "1", "net.ipv4.conf.default.forwarding", "0");
        assertEquals(USUAL, table.flags(0));
        assertEquals(USUAL | PortTable.RP_FILTER_STRICT, table.flags(1));
    }

    @Test
    void shouldAskAllForIpv6ForwardingUnlessADeviceIsForced() {
        final ConfiguredSettings router = apply("net.ipv6.conf.a.forwarding", "0");
        assertEquals(USUAL & ~PortTable.ROUTER6, table.flags(0));
        assertFalse(router.isRouter6(0));
        apply("net.ipv6.conf.all.forwarding", "0", "net.ipv6.conf.b.force_forwarding", "1");
        assertEquals(USUAL & ~PortTable.FORWARDING6 & ~PortTable.ROUTER6, table.flags(0));
        assertEquals(USUAL & ~PortTable.ROUTER6, table.flags(1));
        assertFalse(apply("net.ipv6.conf.all.disable_ipv6", "1", "net.ipv6.conf.b.disable_ipv6", "0").hasIpv6(0));
        assertEquals(USUAL | PortTable.DISABLE_IPV6, table.flags(0));
        assertEquals(USUAL, table.flags(1));
    }

    @Test
    void shouldWriteWhatIsNoDevicesWhenItIsGiven() {
        final long hz = KernelTicks.perSecond();
        apply("net.ipv4.icmp_ratelimit", "0", "net.ipv4.route.error_cost", Long.toString(hz * 2), "net.ipv6.icmp.ratemask", "3,128",
                "net.ipv6.conf.a.mtu", "1400", "net.ipv4.ip_default_ttl", "33");
        assertEquals(0, settings.limits.ratelimitMs);
        assertEquals(2000, settings.limits.errorCostMs);
        assertArrayEquals(new long[] {1 << 3, 0, 1, 0}, settings.limits.ratemask6);
        assertEquals(33, settings.defaultTtl);
        assertEquals(1400, table.mtu6(0));
        assertEquals(1500, table.mtu4(0));
        assertEquals(1000, new IpSettings().limits.ratelimitMs);
    }

    private ConfiguredSettings apply(final String... namesAndValues) {
        final Map<String, String> sysctl = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            SysctlNames.check(namesAndValues[i], namesAndValues[i + 1], List.of("a", "b"), (word, words) -> "");
            sysctl.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        final ConfiguredSettings configured = ConfiguredSettings.of(List.of("a", "b"), sysctl);
        configured.apply(table, settings);
        return configured;
    }
}
