package io.penstock.dataplane.settings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.hot.pipeline.IpSettings;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel's settings as they are read, beside the same ones written to a configuration. */
@Privileged
class LiveSettingsTest {

    private static final int CHANGES = 60;
    private static final int READS = 200;
    /** Bytes that a read may allocate while its code is interpreted still: five times a second that is 20 KiB. */
    private static final long BYTES_PER_READ = 4096;

    private static final List<String> DEVICES = List.of("p.1", "p2");
    private static final List<String> NAMES4 = List.of("forwarding", "rp_filter", "accept_local", "route_localnet",
            "send_redirects", "shared_media", "accept_source_route", "bc_forwarding");
    private static final List<String> NAMES6 = List.of("forwarding", "force_forwarding", "disable_ipv6");

    private final PortTable live = new PortTable();
    private final IpSettings settings = new IpSettings();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeWithTheConfigurationsRulesWhenTheKernelIsToldTheSame(final long seed) throws Exception {
        try (TestNetNs here = TestNetNs.create("ls"); TestNetNs there = TestNetNs.create("lt")) {
            for (final String device : DEVICES) {
                here.veth(device, there, device);
            }
            here.exec("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
            try (LiveSettings kernel = NetNs.within(here.name(), LiveSettings::new)) {
                NetNs.within(here.name(), () -> {
                    kernel.port(0, DEVICES.get(0), 0);
                    kernel.port(1, DEVICES.get(1), 0);
                    return null;
                });
                final Map<String, String> told = new LinkedHashMap<>();
                final SplittableRandom random = new SplittableRandom(seed);
                for (int i = 0; i < CHANGES; i++) {
                    final boolean ipv4 = random.nextInt(3) != 0;
                    final List<String> names = ipv4 ? NAMES4 : NAMES6;
                    final String name = names.get(random.nextInt(names.size()));
                    final List<String> wheres = List.of("all", "default", DEVICES.get(0), DEVICES.get(1));
                    final String where = wheres.get(random.nextInt(ipv4 ? 4 : 2) * (ipv4 ? 1 : 2));
                    final String value = Integer.toString(random.nextInt(name.equals("rp_filter") ? 3 : 2));
                    final String family = ipv4 ? "ipv4" : "ipv6";
                    final String key = "net." + family + ".conf." + where + '.' + name;
                    if (told.putIfAbsent(key, value) != null) {
                        // A configuration says it once.
                        continue;
                    }
                    here.exec("sysctl -qw net/%s/conf/%s/%s=%s", family, where, name, value);
                    kernel.read(live, settings);
                    final PortTable configured = new PortTable();
                    ConfiguredSettings.of(DEVICES, told).apply(configured, new IpSettings());
                    final String after = key + '=' + value + " after " + told;
                    assertEquals(configured.flags(0), live.flags(0), after);
                    assertEquals(configured.flags(1), live.flags(1), after);
                }
            }
        }
    }

    @Test
    void shouldSeeTheRestWhenItChanges() throws Exception {
        try (TestNetNs here = TestNetNs.create("ls"); TestNetNs there = TestNetNs.create("lt")) {
            here.veth("p3", there, "p3");
            try (LiveSettings kernel = NetNs.within(here.name(), LiveSettings::new)) {
                NetNs.within(here.name(), () -> {
                    kernel.port(0, "p3", PortTable.FORWARDING4);
                    return null;
                });
                kernel.read(live, settings);
                assertEquals(PortTable.FORWARDING4 | PortTable.SEND_REDIRECTS | PortTable.SHARED_MEDIA, live.flags(0));
                assertFalse(kernel.forwards4(0));
                here.exec("sysctl -qw net.ipv4.icmp_ratelimit=40 net.ipv6.icmp.ratemask=3,128 net.ipv6.conf.p3.mtu=1400 "
                        + "net.ipv4.ip_default_ttl=33");
                assertTrue(kernel.read(live, settings));
                assertEquals(40, settings.limits.ratelimitMs);
                assertEquals(33, settings.defaultTtl);
                assertArrayEquals(new long[] {1 << 3, 0, 1, 0}, settings.limits.ratemask6);
                assertEquals(1400, live.mtu6(0));
                assertFalse(kernel.read(live, settings));
                here.ip("link del p3");
                kernel.read(live, settings);
                assertEquals(PortTable.FORWARDING4, live.flags(0) & ~(PortTable.SEND_REDIRECTS | PortTable.SHARED_MEDIA));
            }
        }
    }

    @Test
    void shouldSeeTheNewFilesWhenTheKernelHasMadeThemAnew() throws Exception {
        try (TestNetNs here = TestNetNs.create("ls"); TestNetNs there = TestNetNs.create("lt")) {
            here.veth("p3", there, "p3");
            here.exec("sysctl -qw net.ipv4.ip_forward=1");
            try (LiveSettings kernel = NetNs.within(here.name(), LiveSettings::new)) {
                NetNs.within(here.name(), () -> {
                    // The message about a new name may come before the new files are there.
                    kernel.port(0, "p4", 0);
                    kernel.read(live, settings);
                    assertFalse(kernel.forwards4(0));
                    here.ip("link set p3 name p4");
                    assertTrue(kernel.read(live, settings));
                    assertTrue(kernel.forwards4(0));
                    here.ip("link set p4 mtu 1200");
                    kernel.read(live, settings);
                    assertEquals(0, kernel.mtu6(0));
                    here.ip("link set p4 mtu 1500");
                    kernel.read(live, settings);
                    assertEquals(1500, kernel.mtu6(0));
                    return null;
                });
            }
        }
    }

    @Test
    void shouldAllocateNextToNothingWhenNothingChanges() throws Exception {
        try (TestNetNs here = TestNetNs.create("ls"); TestNetNs there = TestNetNs.create("lt")) {
            here.veth("p3", there, "p3");
            try (LiveSettings kernel = NetNs.within(here.name(), LiveSettings::new)) {
                NetNs.within(here.name(), () -> {
                    kernel.port(0, "p3", 0);
                    return null;
                });
                final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                for (int i = 0; i < READS; i++) {
                    kernel.read(live, settings);
                }
                final long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < READS; i++) {
                    kernel.read(live, settings);
                }
                final long each = (threads.getCurrentThreadAllocatedBytes() - before) / READS;
                assertTrue(each <= BYTES_PER_READ, () -> "bytes=" + each);
            }
        }
    }
}
