package io.penstock.os.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.os.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every number of the layouts against the C compiler's, from the kernel's headers. */
class XskLayoutTest {

    @TempDir
    Path directory;

    @Test
    void shouldAgreeWithTheKernelsHeader() throws IOException {
        final Map<String, Long> expected = new LinkedHashMap<>();
        expected.put("AF_XDP", (long) XskLayout.AF_XDP);
        expected.put("SOL_XDP", (long) XskLayout.SOL_XDP);
        expected.put("XDP_MMAP_OFFSETS", (long) XskLayout.MMAP_OFFSETS);
        expected.put("XDP_RX_RING", (long) XskLayout.RX_RING);
        expected.put("XDP_TX_RING", (long) XskLayout.TX_RING);
        expected.put("XDP_UMEM_REG", (long) XskLayout.UMEM_REG);
        expected.put("XDP_UMEM_FILL_RING", (long) XskLayout.UMEM_FILL_RING);
        expected.put("XDP_UMEM_COMPLETION_RING", (long) XskLayout.UMEM_COMPLETION_RING);
        expected.put("XDP_STATISTICS", (long) XskLayout.STATISTICS);
        expected.put("XDP_OPTIONS", (long) XskLayout.OPTIONS);
        expected.put("XDP_PGOFF_RX_RING", XskLayout.PGOFF_RX);
        expected.put("XDP_PGOFF_TX_RING", XskLayout.PGOFF_TX);
        expected.put("XDP_UMEM_PGOFF_FILL_RING", XskLayout.PGOFF_FILL);
        expected.put("XDP_UMEM_PGOFF_COMPLETION_RING", XskLayout.PGOFF_COMPLETION);
        expected.put("XDP_SHARED_UMEM", (long) XskLayout.BIND_SHARED_UMEM);
        expected.put("XDP_COPY", (long) XskLayout.BIND_COPY);
        expected.put("XDP_ZEROCOPY", (long) XskLayout.BIND_ZEROCOPY);
        expected.put("XDP_USE_NEED_WAKEUP", (long) XskLayout.BIND_NEED_WAKEUP);
        expected.put("XDP_OPTIONS_ZEROCOPY", (long) XskLayout.OPTION_ZEROCOPY);
        expected.put("sizeof(struct sockaddr_xdp)", (long) XskLayout.SOCKADDR_BYTES);
        expected.put("offsetof(struct sockaddr_xdp, sxdp_flags)", (long) XskLayout.SOCKADDR_FLAGS);
        expected.put("offsetof(struct sockaddr_xdp, sxdp_ifindex)", (long) XskLayout.SOCKADDR_IFINDEX);
        expected.put("offsetof(struct sockaddr_xdp, sxdp_queue_id)", (long) XskLayout.SOCKADDR_QUEUE);
        expected.put("offsetof(struct sockaddr_xdp, sxdp_shared_umem_fd)", (long) XskLayout.SOCKADDR_SHARED_FD);
        expected.put("sizeof(struct xdp_umem_reg)", (long) XskLayout.UMEM_REG_BYTES);
        expected.put("offsetof(struct xdp_umem_reg, len)", (long) XskLayout.UMEM_REG_LENGTH);
        expected.put("offsetof(struct xdp_umem_reg, chunk_size)", (long) XskLayout.UMEM_REG_CHUNK);
        expected.put("offsetof(struct xdp_umem_reg, headroom)", (long) XskLayout.UMEM_REG_HEADROOM);
        expected.put("sizeof(struct xdp_mmap_offsets)", (long) XskLayout.OFFSETS_BYTES);
        expected.put("offsetof(struct xdp_mmap_offsets, rx)", (long) XskLayout.OFFSETS_RX);
        expected.put("offsetof(struct xdp_mmap_offsets, tx)", (long) XskLayout.OFFSETS_TX);
        expected.put("offsetof(struct xdp_mmap_offsets, fr)", (long) XskLayout.OFFSETS_FILL);
        expected.put("offsetof(struct xdp_mmap_offsets, cr)", (long) XskLayout.OFFSETS_COMPLETION);
        expected.put("offsetof(struct xdp_ring_offset, producer)", (long) XskLayout.OFFSET_PRODUCER);
        expected.put("offsetof(struct xdp_ring_offset, consumer)", (long) XskLayout.OFFSET_CONSUMER);
        expected.put("offsetof(struct xdp_ring_offset, desc)", (long) XskLayout.OFFSET_DESCRIPTORS);
        expected.put("offsetof(struct xdp_ring_offset, flags)", (long) XskLayout.OFFSET_FLAGS);
        expected.put("sizeof(struct xdp_statistics)", (long) XskLayout.STATISTICS_BYTES);
        expected.put("offsetof(struct xdp_statistics, rx_dropped)", (long) XskLayout.STATISTICS_RX_DROPPED);
        expected.put("offsetof(struct xdp_statistics, rx_invalid_descs)", (long) XskLayout.STATISTICS_RX_INVALID);
        expected.put("offsetof(struct xdp_statistics, tx_invalid_descs)", (long) XskLayout.STATISTICS_TX_INVALID);
        expected.put("offsetof(struct xdp_statistics, rx_ring_full)", (long) XskLayout.STATISTICS_RX_FULL);
        expected.put("offsetof(struct xdp_statistics, rx_fill_ring_empty_descs)", (long) XskLayout.STATISTICS_FILL_EMPTY);
        expected.put("offsetof(struct xdp_statistics, tx_ring_empty_descs)", (long) XskLayout.STATISTICS_TX_EMPTY);
        expected.put("sizeof(struct xdp_desc)", 16L);
        expected.put("offsetof(struct xdp_desc, len)", 8L);
        expected.put("offsetof(struct xdp_desc, options)", 12L);
        expected.put("XDP_RING_NEED_WAKEUP", 1L);
        expected.put("SO_SNDBUF", (long) XskLayout.SO_SNDBUF);
        expected.put("SO_SNDBUFFORCE", (long) XskLayout.SO_SNDBUFFORCE);
        expected.put("SO_BUSY_POLL", (long) XskLayout.SO_BUSY_POLL);
        expected.put("SO_PREFER_BUSY_POLL", (long) XskLayout.SO_PREFER_BUSY_POLL);
        expected.put("SO_BUSY_POLL_BUDGET", (long) XskLayout.SO_BUSY_POLL_BUDGET);
        expected.put("sizeof(struct ethtool_channels)", 36L);
        expected.put("offsetof(struct ethtool_channels, max_rx)", 4L);
        expected.put("offsetof(struct ethtool_channels, max_tx)", 8L);
        expected.put("offsetof(struct ethtool_channels, max_combined)", 16L);
        expected.put("offsetof(struct ethtool_channels, rx_count)", 20L);
        expected.put("offsetof(struct ethtool_channels, tx_count)", 24L);
        expected.put("offsetof(struct ethtool_channels, combined_count)", 32L);
        expected.put("sizeof(struct ethtool_drvinfo)", 196L);
        expected.put("offsetof(struct ethtool_drvinfo, driver)", 4L);
        expected.put("ETHTOOL_GCHANNELS", 0x3CL);
        expected.put("ETHTOOL_GDRVINFO", 3L);
        expected.put("sizeof(struct ifreq)", 40L);
        expected.put("offsetof(struct ifreq, ifr_data)", 16L);
        assertEquals(expected, compiled(expected));
    }

    @Test
    void shouldAgreeWithTheKernelsHeaderOnPacketRings() throws IOException {
        final Map<String, Long> expected = new LinkedHashMap<>();
        expected.put("offsetof(struct tpacket2_hdr, tp_status)", 0L);
        expected.put("offsetof(struct tpacket2_hdr, tp_len)", 4L);
        expected.put("offsetof(struct tpacket2_hdr, tp_snaplen)", 8L);
        expected.put("offsetof(struct tpacket2_hdr, tp_mac)", 12L);
        expected.put("offsetof(struct tpacket2_hdr, tp_vlan_tci)", 24L);
        expected.put("offsetof(struct tpacket2_hdr, tp_vlan_tpid)", 26L);
        expected.put("TPACKET_ALIGN(TPACKET2_HDRLEN + 16) - 14", 66L);
        expected.put("TPACKET_V2", 1L);
        expected.put("TP_STATUS_USER", 1L);
        expected.put("TP_STATUS_VLAN_VALID", 1L << 4);
        expected.put("TP_STATUS_VLAN_TPID_VALID", 1L << 6);
        expected.put("sizeof(struct tpacket_req)", 16L);
        expected.put("sizeof(struct sockaddr_ll)", 20L);
        expected.put("offsetof(struct sockaddr_ll, sll_ifindex)", 4L);
        expected.put("PACKET_RX_RING", 5L);
        expected.put("PACKET_STATISTICS", 6L);
        expected.put("PACKET_VERSION", 10L);
        expected.put("PACKET_QDISC_BYPASS", 20L);
        expected.put("PACKET_IGNORE_OUTGOING", 23L);
        expected.put("SO_ATTACH_FILTER", 26L);
        expected.put("sizeof(struct sock_filter)", 8L);
        expected.put("sizeof(struct sock_fprog)", 16L);
        assertEquals(expected, compiled(expected));
    }

    private Map<String, Long> compiled(final Map<String, Long> wanted) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")) && Files.exists(Path.of("/usr/include/linux/if_xdp.h")),
                "lacking: a C compiler and linux/if_xdp.h");
        final Path source = directory.resolve("layout.c");
        Files.writeString(source, List.of("stddef.h", "stdio.h", "sys/socket.h", "net/if.h", "linux/if_xdp.h",
                        "linux/if_packet.h", "linux/filter.h", "linux/ethtool.h").stream()
                .map(header -> "#include <" + header + ">\n").collect(Collectors.joining())
                + "int main(void) {\n"
                + wanted.keySet().stream().map(e -> "  printf(\"%lld\\n\", (long long) (" + e + "));\n")
                        .collect(Collectors.joining())
                + "  return 0;\n}\n");
        final Path program = directory.resolve("layout");
        Shell.sh("cc -o %s %s", program, source);
        final List<String> values = Shell.sh("%s", program).lines().toList();
        final Map<String, Long> result = new LinkedHashMap<>();
        int next = 0;
        for (final String expression : wanted.keySet()) {
            result.put(expression, Long.valueOf(values.get(next++)));
        }
        return result;
    }
}
