package io.penstock.conntrack.hot.nat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Allocation;
import org.junit.jupiter.api.Test;

final class NatAllocationTest {

    private static final int ROUNDS = 2_000;

    @Test
    void shouldNotTouchTheHeapWhenConnectionsAreTranslated() {
        final NatRule rule = NatRule.parse("rule src 1 3 192.0.2.1 192.0.2.9 5000 5400 0");
        final long[] source = TestAddress.parse("10.0.0.2");
        final long[] destination = TestAddress.parse("8.8.8.8");
        try (NatBox box = new NatBox(); MappedMemory memory = MappedMemory.reserve(4096, MappedMemory.Pages.NORMAL)) {
            final long ip = memory.address();
            final long udp = ip + Ipv4Layout.HEADER_BYTES;
            Memory.putByte(ip, (byte) Ipv4Layout.VERSION_4_IHL_5);
            UdpLayout.setChecksum(udp, 1);
            final int[] port = {0};
            // What the JVM itself needs the first time is below this; a byte a round would be above.
            Allocation.atMost(ROUNDS - 1, () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    box.boundary();
                    final long entry = box.begin(true, IpProtocol.UDP, source, destination, ConnLayout.keys(++port[0], 53));
                    assertTrue(box.nat.setupNull(entry, false) && box.nat.setup(entry, rule.range(), true) && box.confirm(entry));
                    assertTrue(NatRewrite.packet4(entry, ConnDirection.ORIGINAL, true, ip, udp, UdpLayout.HEADER_BYTES, false));
                    assertTrue(NatRewrite.packet4(entry, ConnDirection.REPLY, false, ip, udp, UdpLayout.HEADER_BYTES, false));
                    // What stays makes others search for a port.
                    if (i % 40 != 0) {
                        box.worker(true).kill(entry);
                    }
                }
            });
        }
    }
}
