package io.penstock.dataplane.hot.icmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.penstock.dataplane.testkit.RandomPacket4;
import io.penstock.dataplane.testkit.TunRouter;
import io.penstock.os.tap.TapDevice;
import io.penstock.os.testkit.Privileged;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Errors, options and fragments, byte for byte as the kernel makes them of the same packet. */
@Privileged
class Router4KernelTest {

    private static final int PACKETS = 20_000;
    private static final long SEED = 0x1CC0_0004L;
    private static final int NEIGHBOUR = 0x0A01_4000;
    private static final long DEADLINE_NS = 10_000_000_000L;
    private static final int ATTEMPTS = 3;
    private static final int DAY_MS = 86_400_000;
    private static final int FIRST_SOURCE = 0x0A01_0100;
    private static final int SOURCES = 60_000;
    private static final int[] PROTOCOLS = {1, 1, 6, 17, 253};
    private static final int[] TTLS = {0, 1, 2, 64, 255};
    private static final int[] FRAGMENT_WORDS = {0, 0, 0x4000, 0x2000, 0x0064, 0x2064, 0x8000, 0x1FFF};

    @Test
    void shouldSendWhatTheKernelSendsWhenPacketsAreRandom(final TestReporter reporter) throws Exception {
        final Map<String, Integer> kinds = new HashMap<>();
        run(1500, 600, PACKETS, kinds);
        reporter.publishEntry("what the kernel sent", kinds.toString());
        for (final String kind : List.of("3/0", "3/1", "3/2", "3/4", "3/5", "3/13", "11/0", "12/0", "forwarded", "fragmented")) {
            assertTrue(kinds.containsKey(kind), () -> "no " + kind + " in " + kinds);
        }
    }

    /** Some errors find no room for a quotation, and are not sent; fragments are as small as they get. */
    @Test
    void shouldSendWhatTheKernelSendsWhenMtusAreTiny() throws Exception {
        run(68, 68, PACKETS / 4, new HashMap<>());
        run(97, 71, PACKETS / 4, new HashMap<>());
    }

    /** The better hop is on the link that the packet came from: told, and the packet forwarded nevertheless. */
    @Test
    void shouldSendTheKernelsRedirectWhenTheWayLeadsBack() throws Exception {
        try (TunRouter kernel = TunRouter.open("icmp"); Router4Model model = new Router4Model(1500, 1500)) {
            model.configure(kernel);
            model.sendRedirects(kernel);
            for (int i = 0; i < 200; i++) {
                final byte[] payload = RandomPacket4.bytes(new Random(i), 5 * i);
                final byte[] packet = RandomPacket4.packet(i, i, 0, 9, 17, source(i), Router4Model.BETTER_0, new byte[0], payload);
                assertEquals("5/1", Sendings.describe(compare(i, packet, kernel, model)));
            }
        }
    }

    /** The kernel then takes the packet, which had been forwarded already, for one that has just come. */
    @Test
    void shouldFillInOptionsAgainWhenTheNeighbourFails() throws Exception {
        final int ethernet = 14;
        final byte[] route = HexFormat.of().parseHex("070f04000000000000000000000000");
        try (TunRouter kernel = TunRouter.open("icmp", TapDevice.Kind.TAP); Router4Model model = new Router4Model(1500, 1500)) {
            model.configure(kernel);
            kernel.ip("link set t0 address 02:00:00:00:00:01");
            kernel.ip("neigh add 10.1.64.0 lladdr 02:00:00:00:00:02 dev t0 nud permanent");
            kernel.sysctl("net/ipv4/neigh/t1/mcast_solicit", "1");
            kernel.sysctl("net/ipv4/neigh/t1/retrans_time_ms", "20");
            final byte[] packet = RandomPacket4.packet(0, 1, 0, 9, 17, NEIGHBOUR, Router4Model.HOST_1, route, new byte[8]);
            final byte[] frame = ByteBuffer.allocate(ethernet + packet.length).putLong(0x0200_0000_0001_0200L)
                    .putInt(2).putShort((short) 0x0800).put(packet).array();
            List<TunRouter.Sent> sent = kernel.forward(0, frame);
            final long start = System.nanoTime();
            while (sent.stream().noneMatch(Router4KernelTest::isAnswer) && System.nanoTime() - start < DEADLINE_NS) {
                LockSupport.parkNanos(1_000_000);
                sent = kernel.sent();
            }
            final List<TunRouter.Sent> errors = sent.stream().filter(Router4KernelTest::isAnswer)
                    .map(one -> new TunRouter.Sent(0, Arrays.copyOfRange(one.packet(), ethernet, one.packet().length))).toList();
            assertEquals("3/1", Sendings.describe(errors));
            assertNull(Sendings.difference(errors, model.failNeighbour(packet)));
        }
    }

    /** At a TAP the kernel also tells, now and then, of its own IPv6 groups. */
    private static boolean isAnswer(final TunRouter.Sent one) {
        return one.device() == 0 && ByteBuffer.wrap(one.packet()).getShort(12) == 0x0800;
    }

    private static void run(final int mtu0, final int mtu1, final int packets, final Map<String, Integer> kinds)
            throws Exception {
        final Random random = new Random(SEED);
        try (TunRouter kernel = TunRouter.open("icmp"); Router4Model model = new Router4Model(mtu0, mtu1)) {
            model.configure(kernel);
            for (int i = 0; i < packets; i++) {
                kinds.merge(Sendings.describe(compare(i, packet(random, i), kernel, model)), 1, Integer::sum);
            }
        }
    }

    /** The kernel may read its clock twice for one packet; when its tick falls in between, the packet is sent again. */
    private static List<TunRouter.Sent> compare(
            final int number, final byte[] packet, final TunRouter kernel, final Router4Model model) {
        for (int attempt = 1;; attempt++) {
            final long beforeMs = System.currentTimeMillis();
            final List<TunRouter.Sent> expected = kernel.forward(0, packet);
            final long afterMs = System.currentTimeMillis();
            String difference = null;
            for (long ms = beforeMs; ms <= afterMs; ms++) {
                difference = Sendings.difference(expected, model.forward(packet, (int) (ms % DAY_MS)));
                if (difference == null) {
                    return expected;
                }
            }
            if (beforeMs == afterMs || attempt == ATTEMPTS) {
                fail("packet " + number + ' ' + HexFormat.of().formatHex(packet) + '\n' + difference);
            }
        }
    }

    static byte[] packet(final Random random, final int number) {
        final int destination = switch (random.nextInt(4)) {
            case 0, 1 -> Router4Model.HOST_1;
            case 2 -> Router4Model.OWN_0;
            default -> Router4Model.ADDRESSES[random.nextInt(Router4Model.ADDRESSES.length)];
        };
        final boolean own = destination == Router4Model.OWN_0 || destination == Router4Model.OWN_1;
        // Route errors are limited for each source, so every packet has a source of its own.
        final int source = source(number);
        final byte[] options = random.nextInt(8) == 0 ? new byte[0] : RandomPacket4.options(random, Router4Model.ADDRESSES);
        final byte[] payload = RandomPacket4.bytes(random, random.nextInt(3) == 0 ? random.nextInt(1400) : random.nextInt(40));
        final int protocol = own ? 253 : PROTOCOLS[random.nextInt(PROTOCOLS.length)];
        if (protocol == 1 && payload.length > 0) {
            payload[0] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(20));
        }
        return RandomPacket4.packet(random.nextInt(256), random.nextInt(65_536),
                own ? 0 : FRAGMENT_WORDS[random.nextInt(FRAGMENT_WORDS.length)], TTLS[random.nextInt(TTLS.length)], protocol,
                source, destination, options, payload);
    }

    private static int source(final int number) {
        return FIRST_SOURCE + number % SOURCES;
    }
}
