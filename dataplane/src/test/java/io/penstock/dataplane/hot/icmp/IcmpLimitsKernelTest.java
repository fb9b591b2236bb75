package io.penstock.dataplane.hot.icmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.testkit.RandomPacket4;
import io.penstock.dataplane.testkit.RandomPacket6;
import io.penstock.dataplane.testkit.TunRouter;
import io.penstock.os.testkit.Privileged;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The numbers that {@link IcmpLimitsTest} asserts, from the kernel. */
@Privileged
class IcmpLimitsKernelTest {

    private static final int SOURCE = 0x0A01_4000;
    private static final long SECOND_NS = 1_000_000_000L;

    @Test
    void shouldAnswerAsOftenAsTheKernelWhenPacketsComeAtOnce() throws Exception {
        try (TunRouter kernel = TunRouter.open("icmp"); Router4Model model = new Router4Model(1500, 1500)) {
            model.configure(kernel);
            assertEquals(5, answers(kernel, 20, SOURCE, Router4Model.UNREACHABLE, 64), "route errors alone");
            kernel.sysctl("net/ipv4/icmp_ratemask", "6168");
            assertEquals(2, answers(kernel, 20, SOURCE + 1, Router4Model.UNREACHABLE, 64), "route errors, limited twice");
            assertEquals(6, answers(kernel, 20, SOURCE + 2, Router4Model.HOST_1, 1), "errors to one host");
            model.sendRedirects(kernel);
            assertEquals(1, answers(kernel, 5, SOURCE + 3, Router4Model.BETTER_0, 64) - 5, "redirects");
            int sent = 0;
            for (int i = 0; i < 500; i++) {
                sent += answers(kernel, 1, SOURCE + 100 + i, Router4Model.HOST_1, 1);
            }
            // 50 at once, and what comes back while the test runs.
            assertTrue(sent > 20 && sent < 300, "errors to all hosts: " + sent);
        }
    }

    /** The prefix of the route to the destination makes no difference. */
    @Test
    void shouldAnswerAsOftenAsTheKernelWhenIpv6PacketsKeepComing() throws Exception {
        try (TunRouter kernel = TunRouter.open("icmp")) {
            Router6Model.configure(kernel);
            kernel.sysctl("net/ipv6/icmp/ratemask", "0-1,3-127");
            final int ratelimitMs = Integer.parseInt(kernel.sysctl("net/ipv6/icmp/ratelimit"));
            assertEquals(new LimitSettings().ratelimit6Ms, ratelimitMs);
            final byte[] packet = RandomPacket6.packet(0, 17, 1, address(Router6Model.NET_0, 9), address(Router6Model.NET_1, 9),
                    new byte[16]);
            final long start = System.nanoTime();
            int sent = 0;
            while (System.nanoTime() - start < SECOND_NS) {
                sent += kernel.forward(0, packet).size();
            }
            final int expected = 6 + 1000 / ratelimitMs;
            assertTrue(Math.abs(sent - expected) <= 3, "sent=" + sent + " expected=" + expected);
        }
    }

    /** Of 20 packets at once the first six are told of, and all are forwarded. */
    @Test
    void shouldRedirectAsOftenAsTheKernelWhenIpv6() throws Exception {
        try (TunRouter kernel = TunRouter.open("icmp")) {
            Router6Model.configure(kernel);
            final byte[] packet = RandomPacket6.packet(0, 17, 64, address(Router6Model.NET_0, 9),
                    address(Router6Model.BEHIND_0, 9), new byte[16]);
            int sent = 0;
            for (int i = 0; i < 20; i++) {
                sent += kernel.forward(0, packet).size();
            }
            assertEquals(20 + 6, sent);
        }
    }

    private static int answers(
            final TunRouter kernel, final int packets, final int source, final int destination, final int ttl) {
        final byte[] packet = RandomPacket4.packet(0, 0, 0, ttl, 17, source, destination, new byte[0], new byte[8]);
        int sent = 0;
        for (int i = 0; i < packets; i++) {
            sent += kernel.forward(0, packet).size();
        }
        return sent;
    }

    private static byte[] address(final long high, final long low) {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }
}
