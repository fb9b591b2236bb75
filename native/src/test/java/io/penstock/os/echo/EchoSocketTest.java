package io.penstock.os.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Privileged
final class EchoSocketTest {

    private static final int ID = 0xBEEF;

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "::1", "10.77.0.2", "fd77::2"})
    void shouldTellTheAnswerWhenAHostAnswers(final String host) throws Exception {
        try (TestNetNs near = TestNetNs.create("hc"); TestNetNs far = TestNetNs.create("hc")) {
            connect(near, far);
            assertEquals(1, NetNs.within(near.name(), () -> ask(host)));
        }
    }

    @ParameterizedTest
    @CsvSource({"10.78.0.1", "fd78::1"})
    void shouldTellTheErrorWhenARouterHasNoRoute(final String host) throws Exception {
        try (TestNetNs near = TestNetNs.create("hc"); TestNetNs far = TestNetNs.create("hc")) {
            connect(near, far);
            far.exec("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
            near.ip("route add default via 10.77.0.2");
            near.ip("route add default via fd77::2");
            final int result = NetNs.within(near.name(), () -> ask(host));
            assertTrue(result == -113 || result == -101, "EHOSTUNREACH or ENETUNREACH, not " + result);
        }
    }

    @Test
    void shouldRefuseWhenNoRouteLeadsThere() throws Exception {
        try (TestNetNs alone = TestNetNs.create("hc")) {
            final SysException e = NetNs.within(alone.name(), () -> assertThrows(
                    SysException.class, () -> EchoSocket.open(IpAddress.parse("192.0.2.1"))));
            assertEquals("connect(192.0.2.1): errno 101 (network is unreachable)", e.getMessage());
        }
    }

    private static void connect(final TestNetNs near, final TestNetNs far) {
        near.veth("v0", far, "v1");
        near.ip("addr add 10.77.0.1/24 dev v0");
        far.ip("addr add 10.77.0.2/24 dev v1");
        near.ip("addr add fd77::1/64 dev v0 nodad");
        far.ip("addr add fd77::2/64 dev v1 nodad");
    }

    private static int ask(final String host) {
        try (EchoSocket socket = EchoSocket.open(IpAddress.parse(host))) {
            assertTrue(socket.send(ID, 1) > 0);
            final long start = System.nanoTime();
            int result = socket.receive(ID, 1);
            while (result == 0 && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                result = socket.receive(ID, 1);
            }
            return result;
        }
    }
}
