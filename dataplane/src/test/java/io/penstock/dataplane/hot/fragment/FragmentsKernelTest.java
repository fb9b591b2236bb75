package io.penstock.dataplane.hot.fragment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.testkit.RandomPacket4;
import io.penstock.dataplane.testkit.TunRouter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Privileged;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** IPv6 fragments of this host's own packets, as the kernel sends them. IPv4's are compared with forwarding. */
@Privileged
class FragmentsKernelTest {

    private static final int ROOM = 65_536;
    private static final int FRAGMENT = 44;

    @Test
    void shouldSendTheKernelsFragmentsWhenDatagramIsLarge() throws Exception {
        try (TunRouter kernel = TunRouter.open("frag");
                MappedMemory memory = MappedMemory.reserve(2 * ROOM, MappedMemory.Pages.NORMAL)) {
            kernel.ip("addr add fd02::1/64 dev t1 nodad");
            for (final int mtu : new int[] {1280, 1281, 1287, 1400, 1500}) {
                kernel.ip("link set t1 mtu %d", mtu);
                for (final int bytes : new int[] {mtu - 48, mtu - 47, 2000, 5001, 60_000}) {
                    compare(kernel, memory.address(), mtu, bytes);
                }
            }
        }
    }

    private static void compare(final TunRouter kernel, final long ip, final int mtu, final int datagramBytes) throws Exception {
        final ByteBuffer data = ByteBuffer.wrap(RandomPacket4.bytes(new Random(mtu), datagramBytes));
        final List<TunRouter.Sent> sent = kernel.during(() -> {
            try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET6)) {
                return channel.send(data, new InetSocketAddress("fd02::2", 9));
            }
        });
        final int bytes = join(sent, ip);
        assertEquals(sent.size(), Ipv6Fragments.count(ip, bytes, mtu), "mtu=" + mtu + " bytes=" + datagramBytes);
        if (sent.size() > 1) {
            final int identification = ByteBuffer.wrap(sent.getFirst().packet()).getInt(44);
            for (int k = 0; k < sent.size(); k++) {
                final byte[] actual = new byte[Ipv6Fragments.write(ip + ROOM, ip, bytes, mtu, k, identification)];
                Memory.copyToArray(ip + ROOM, actual, 0, actual.length);
                assertArrayEquals(sent.get(k).packet(), actual, "mtu=" + mtu + " bytes=" + datagramBytes + " k=" + k);
            }
        }
    }

    /** Puts the packet at {@code ip} that the fragments were cut from. */
    private static int join(final List<TunRouter.Sent> sent, final long ip) {
        final byte[] first = sent.getFirst().packet();
        Memory.copyFromArray(first, 0, ip, first.length);
        if (first[6] != FRAGMENT) {
            return first.length;
        }
        int bytes = Ipv6Layout.HEADER_BYTES;
        for (final TunRouter.Sent fragment : sent) {
            final int header = Ipv6Layout.HEADER_BYTES + Ipv6FragmentLayout.HEADER_BYTES;
            Memory.copyFromArray(fragment.packet(), header, ip + bytes, fragment.packet().length - header);
            bytes += fragment.packet().length - header;
        }
        Ipv6Layout.setNextHeader(ip, first[Ipv6Layout.HEADER_BYTES]);
        Ipv6Layout.setPayloadLength(ip, bytes - Ipv6Layout.HEADER_BYTES);
        return bytes;
    }
}
