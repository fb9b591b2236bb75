package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link Interfaces} and {@link Ethtool} against the kernel. */
@Privileged
class DeviceTest {

    private TestNetNs ns;

    @BeforeEach
    void makeNamespace() {
        ns = TestNetNs.create("device");
        ns.ip("link add d0 numrxqueues 4 numtxqueues 3 address 02:00:00:00:00:01 mtu 1400 type veth peer name d1");
        ns.ip("link set d0 up");
        ns.ip("link set d1 up");
    }

    @AfterEach
    void removeNamespace() {
        ns.close();
    }

    @Test
    void shouldDescribeDeviceWhenItExists() throws Exception {
        NetNs.within(ns.name(), () -> {
            final Link link = Interfaces.byName("d0");
            final Link peer = Interfaces.byName("d1");
            assertEquals(0x020000000001L, link.mac());
            assertEquals(1400, link.mtu());
            assertEquals(4, link.numRxQueues());
            assertEquals(3, link.numTxQueues());
            assertEquals("veth", link.kind());
            assertEquals(Link.TYPE_ETHERNET, link.type());
            assertEquals(peer.ifindex(), link.peer());
            assertEquals(-1, link.peerNetNs());
            assertTrue(link.up());
            assertTrue(Interfaces.byName("lo").loopback());
            assertEquals(3, Interfaces.all().size());
            return null;
        });
    }

    @Test
    void shouldSuggestNearestNameWhenDeviceDoesNotExist() throws Exception {
        NetNs.within(ns.name(), () -> {
            assertEquals("device d9 does not exist in this network namespace; did you mean d0? 'ip -br link' lists them",
                    assertThrows(IllegalArgumentException.class, () -> Interfaces.byName("d9")).getMessage());
            assertEquals("device enp3s0 does not exist in this network namespace; 'ip -br link' lists them",
                    assertThrows(IllegalArgumentException.class, () -> Interfaces.byName("enp3s0")).getMessage());
            assertEquals("device a-name-that-is-too-long does not exist in this network namespace; 'ip -br link' lists them",
                    assertThrows(IllegalArgumentException.class,
                            () -> Interfaces.byName("a-name-that-is-too-long")).getMessage());
            return null;
        });
    }

    @Test
    void shouldChooseLeastChangeWhenSeveralNamesAreNear() {
        assertEquals("did you mean eth1? ", Interfaces.suggestion("eht1", List.of("eth0", "eth1", "lo")));
        assertEquals("did you mean eth10? ", Interfaces.suggestion("eth11", List.of("eth10", "eth0")));
        assertEquals("", Interfaces.suggestion("x", List.of("y")));
    }

    @Test
    void shouldTellDriverAndQueuesWhenAsked() throws Exception {
        NetNs.within(ns.name(), () -> {
            try (Ethtool ethtool = Ethtool.open()) {
                assertEquals(Optional.of("veth"), ethtool.driver("d0"));
                final Ethtool.Channels channels = ethtool.channels("d0").orElseThrow();
                assertEquals(4, channels.maxRx());
                assertEquals(3, channels.maxTx());
                assertEquals(4, channels.receiving());
                assertEquals(3, channels.transmitting());
                assertEquals(Optional.empty(), ethtool.rings("lo"));
                assertEquals(Optional.empty(), ethtool.channels("lo"));
                assertEquals("ethtool channels(device=d9): ENODEV (no such device); 'ip -br link' lists the devices",
                        assertThrows(SysException.class, () -> ethtool.channels("d9")).getMessage());
                assertEquals("device name 'sixteen-bytes-xx' is too long: bytes=16 max=15",
                        assertThrows(IllegalArgumentException.class, () -> ethtool.driver("sixteen-bytes-xx")).getMessage());
            }
            return null;
        });
    }
}
