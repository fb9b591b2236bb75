package io.penstock.conntrack.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.conntrack.model.ConnSysctl.Access;
import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConnSysctlsTest {

    @Test
    void shouldFindASettingWhenItsNameIsWrittenEitherWay() {
        assertEquals(432_000, ConnSysctls.of("net.netfilter.nf_conntrack_tcp_timeout_established").byDefault());
        assertEquals("udp_timeout", ConnSysctls.of("net/netfilter/nf_conntrack_udp_timeout").shortName());
        assertNull(ConnSysctls.of("net.netfilter.nf_conntrack_nonsense"));
        assertEquals(41, ConnSysctls.all().size());
    }

    @Test
    void shouldTakeOnlyNumbersInRangeWhenASettingIsWritten() {
        final ConnSysctl flag = ConnSysctls.of("net.netfilter.nf_conntrack_tcp_loose");
        assertTrue(flag.takes(1));
        assertFalse(flag.takes(2));
        assertTrue(ConnSysctls.of("net.netfilter.nf_conntrack_tcp_max_retrans").takes(255));
        assertFalse(ConnSysctls.of("net.netfilter.nf_conntrack_tcp_max_retrans").takes(256));
        assertTrue(ConnSysctls.of("net.netfilter.nf_conntrack_log_invalid").takes(255));
        assertFalse(ConnSysctls.of("net.netfilter.nf_conntrack_log_invalid").takes(256));
        assertTrue(ConnSysctls.of("net.netfilter.nf_conntrack_udp_timeout").takes(8_589_934));
        assertFalse(ConnSysctls.of("net.netfilter.nf_conntrack_udp_timeout").takes(8_589_935));
        assertFalse(ConnSysctls.of("net.netfilter.nf_conntrack_count").takes(0));
    }

    @Test
    @Privileged
    void shouldBeWhatTheKernelHasWhenANamespaceIsNew() throws Exception {
        final String kernelVersion = System.getProperty("os.version");
        assumeTrue(kernelVersion.startsWith("6.18"), "the list is Linux 6.18's: kernel=" + kernelVersion);
        try (TestNetNs namespace = TestNetNs.create("sysctl")) {
            final Map<String, Long> kernel = NetNs.within(namespace.name(), ConnSysctlsTest::settings);
            final Map<String, Long> ours = new TreeMap<>();
            for (final ConnSysctl setting : ConnSysctls.all()) {
                final boolean isFixed = setting.byDefault() != ConnSysctl.BY_MEMORY;
                ours.put(setting.name(), isFixed ? (Long) setting.byDefault() : kernel.get(setting.name()));
            }
            assertEquals(kernel, ours);
            assertEquals(NetNs.within(namespace.name(), ConnSysctlsTest::writable), ConnSysctls.all().stream()
                    .filter(setting -> setting.access() == Access.NAMESPACE).map(ConnSysctl::name).toList());
        }
    }

    private static Map<String, Long> settings() throws IOException {
        final Map<String, Long> settings = new TreeMap<>();
        try (Stream<Path> files = Files.list(Path.of("/proc/sys/net/netfilter"))) {
            for (final Path file : files.filter(ConnSysctlsTest::isOurs).toList()) {
                settings.put("net.netfilter." + file.getFileName(), read(file));
            }
        }
        return settings;
    }

    /** In one read: a second one would find the end. */
    private static long read(final Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            final byte[] bytes = new byte[Long.SIZE];
            return Long.parseLong(new String(bytes, 0, in.read(bytes), StandardCharsets.US_ASCII).strip());
        }
    }

    private static List<String> writable() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/sys/net/netfilter"))) {
            return files.filter(ConnSysctlsTest::isOurs).filter(ConnSysctlsTest::isWritable)
                    .map(file -> "net.netfilter." + file.getFileName()).sorted().toList();
        }
    }

    private static boolean isOurs(final Path file) {
        return file.getFileName().toString().startsWith("nf_conntrack_");
    }

    private static boolean isWritable(final Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_WRITE);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
