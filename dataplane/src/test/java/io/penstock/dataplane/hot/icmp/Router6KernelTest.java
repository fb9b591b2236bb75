package io.penstock.dataplane.hot.icmp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.penstock.dataplane.testkit.RandomPacket4;
import io.penstock.dataplane.testkit.RandomPacket6;
import io.penstock.dataplane.testkit.TunRouter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.tap.TapDevice;
import io.penstock.os.testkit.Privileged;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** ICMPv6 errors and redirects, byte for byte as the kernel makes them of the same packet. */
@Privileged
class Router6KernelTest {

    private static final int PACKETS = 10_000;
    private static final long SEED = 0x1CC0_0006L;
    private static final int[] HOP_LIMITS = {0, 1, 1, 2, 64, 255};
    private static final int[] OPTIONS = {0x1E, 0x5E, 0x9E, 0xDE, 1};
    private static final long[] DESTINATIONS = {Router6Model.NET_0, Router6Model.NET_1, Router6Model.NET_1,
            Router6Model.BEHIND_0, Router6Model.UNREACHABLE, Router6Model.PROHIBITED, Router6Model.BLACKHOLE,
            Router6Model.NOWHERE, Router6Model.GROUP};
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void shouldSendWhatTheKernelSendsWhenPacketsAreRandom(final TestReporter reporter) throws Exception {
        final Random random = new Random(SEED);
        final Map<String, Integer> kinds = new HashMap<>();
        try (TunRouter kernel = TunRouter.open("icmp"); Router6Model model = new Router6Model()) {
            Router6Model.configure(kernel);
            kernel.sysctl("net/ipv6/auto_flowlabels", "0");
            for (int i = 0; i < PACKETS; i++) {
                final byte[] packet = packet(random, i);
                final List<TunRouter.Sent> expected = kernel.forward(0, packet);
                final String difference = Sendings.difference6(expected, model.forward(packet));
                if (difference != null) {
                    fail("packet " + i + ' ' + HEX.formatHex(packet) + '\n' + difference);
                }
                kinds.merge(Sendings.describe6(expected), 1, Integer::sum);
            }
        }
        reporter.publishEntry("what the kernel sent", kinds.toString());
        for (final String kind : List.of("1/0", "1/1", "2/0", "3/0", "4/1", "4/2", "137/0", "forwarded", "nothing")) {
            assertTrue(kinds.containsKey(kind), () -> "no " + kind + " in " + kinds);
        }
    }

    /** On a device with link-layer addresses the kernel adds the target's, if it knows it. */
    @Test
    void shouldSendTheKernelsRedirectWhenTheTargetsAddressIsKnown() throws Exception {
        final int ethernet = 14;
        final byte[] mac = HEX.parseHex("020000000001");
        final byte[] target = HEX.parseHex("020000000099");
        try (TunRouter kernel = TunRouter.open("icmp", TapDevice.Kind.TAP);
                MappedMemory memory = MappedMemory.reserve(4096, MappedMemory.Pages.NORMAL)) {
            kernel.ip("link set t0 address 02:00:00:00:00:01");
            kernel.ip("addr add fd01::1/64 dev t0 nodad");
            kernel.ip("addr add fe80::1/64 dev t0 nodad");
            kernel.ip("neigh add fe80::99 lladdr 02:00:00:00:00:99 dev t0 nud permanent");
            kernel.ip("neigh add fd01::2 lladdr 02:00:00:00:00:02 dev t0 nud permanent");
            kernel.ip("-6 route add fd04::/64 via fe80::99 dev t0");
            kernel.sysctl("net/ipv6/conf/t0/ndisc_tclass", "192");
            final byte[] packet = RandomPacket6.packet(0x0AB1_2345, 17, 64, address(Router6Model.NET_0, 2),
                    address(Router6Model.BEHIND_0, 5), RandomPacket4.bytes(new Random(SEED), 1300));
            final byte[] frame = ByteBuffer.allocate(ethernet + packet.length)
                    .put(mac).put(target).putShort((short) 0x86DD).put(packet).array();
            final byte[] redirect = kernel.forward(0, frame).stream().map(TunRouter.Sent::packet)
                    .filter(f -> f[ethernet + 6] == 58 && (f[ethernet + 40] & 0xFF) == 137).findFirst().orElseThrow();
            Memory.copyFromArray(packet, 0, memory.address(), packet.length);
            final long out = memory.address() + 2048;
            final int bytes = NdRedirect.write(out, memory.address(), packet.length, Router6Model.LINK_LOCAL, 1,
                    Router6Model.LINK_LOCAL, Router6Model.GATEWAY_0, 0x0200_0000_0099L, 192);
            final byte[] actual = new byte[bytes];
            Memory.copyToArray(out, actual, 0, bytes);
            assertEquals(Icmp6Reply.MAX_BYTES, bytes);
            assertArrayEquals(Arrays.copyOfRange(redirect, ethernet, redirect.length), actual);
        }
    }

    static byte[] packet(final Random random, final int number) {
        final long net = DESTINATIONS[random.nextInt(DESTINATIONS.length)];
        final boolean own = (net == Router6Model.NET_0 || net == Router6Model.NET_1) && random.nextInt(3) == 0;
        final boolean options = net == Router6Model.GROUP || random.nextInt(4) == 0;
        final int bytes = random.nextInt(3) == 0 ? random.nextInt(1400) : random.nextInt(60);
        final byte[] chain = own ? new byte[bytes + 1] : RandomPacket6.chain(random, bytes);
        if (own) {
            chain[0] = (byte) 253;
        }
        final ByteBuffer payload = ByteBuffer.allocate(chain.length + 7);
        if (options) {
            payload.put(chain[0]).put((byte) 0).put((byte) OPTIONS[own ? 4 : random.nextInt(OPTIONS.length)]).put((byte) 4)
                    .putInt(0);
        }
        payload.put(chain, 1, chain.length - 1);
        // Redirects are limited by source and by destination, so every packet has its own.
        final int low = 0x100 + number;
        final byte[] source = net == Router6Model.GROUP && random.nextInt(4) == 0
                ? new byte[16] : address(Router6Model.NET_0, low);
        return RandomPacket6.packet(random.nextInt(), options && !own ? 0 : own ? 253 : chain[0],
                HOP_LIMITS[random.nextInt(HOP_LIMITS.length)], source,
                address(net, own ? Router6Model.OWN : low + 0x10_0000),
                Arrays.copyOf(payload.array(), own ? chain.length - 1 : payload.position()));
    }

    private static byte[] address(final long high, final long low) {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }
}
