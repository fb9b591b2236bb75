package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Privileged
class NetlinkSocketTest {

    @TempDir
    private Path directory;

    @Test
    void shouldQuoteKernelWhenRequestIsRefused() throws Exception {
        inNamespace(ns -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                final NetlinkRequest request = new NetlinkRequest(Rtnl.RTM_NEWNEIGH, Rtnl.NLM_F_CREATE)
                        .put8(IpAddress.V4).put8(0).put16(0).put32(1).put16(0).put8(0).put8(0)
                        .attribute(1, new byte[3]);
                assertEquals("add(x=1): EINVAL (invalid argument); the kernel says: Invalid network address",
                        assertThrows(SysException.class, () -> socket.execute(request, "add(x=1)")).getMessage());
                // The socket is as good as before.
                assertEquals(List.of("lo"),
                        RouteMonitor.list(socket, Part.LINKS, Link.class).stream().map(Link::name).toList());
            }
        });
    }

    @Test
    void shouldReadDumpToItsEndWhenDecoderFails() throws Exception {
        inNamespace(ns -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                for (int i = 0; i < 3; i++) {
                    assertEquals("on purpose", assertThrows(IllegalStateException.class,
                            () -> socket.dump(Dumps.request(Part.ROUTES_V4), "routes", m -> {
                                throw new IllegalStateException("on purpose");
                            })).getMessage());
                }
                assertEquals(3, RouteMonitor.list(socket, Part.ROUTES_V4, Route.class).size());
            }
        });
    }

    @Test
    void shouldDumpWhenAnEarlierDumpWasNotReadToItsEnd() throws Exception {
        final int routes = 5000;
        final Path file = Files.write(directory.resolve("routes"), IntStream.range(0, routes)
                .mapToObj(i -> "route add blackhole 20.%d.%d.0/24".formatted(i >> 8, i & 255)).toList());
        inNamespace(ns -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                final int local = RouteMonitor.list(socket, Part.ROUTES_V4, Route.class).size();
                ns.ip("-batch %s", file);
                for (int i = 0; i < 3; i++) {
                    // Breaks off in the middle, as the kernel does when it has no memory for the next datagram.
                    assertThrows(AssertionError.class, () -> socket.dump(Dumps.request(Part.ROUTES_V4), "routes", m -> {
                        throw new AssertionError("on purpose");
                    }));
                    socket.get(Dumps.link(1), "link", m -> m.type());
                    assertEquals(routes + local, RouteMonitor.list(socket, Part.ROUTES_V4, Route.class).size());
                }
            }
        });
    }

    @Test
    void shouldSayThatEventsWereLostWhenBufferOverruns() throws Exception {
        inNamespace(ns -> {
            try (NetlinkSocket socket = NetlinkSocket.subscribe(4096, Rtnl.RTNLGRP_LINK)) {
                for (int i = 0; i < 20; i++) {
                    ns.ip("link set lo mtu %d", 60000 + i);
                }
                int events = 0;
                int result = 0;
                boolean lost = false;
                while (result != -Errno.EAGAIN) {
                    result = socket.receive(m -> { });
                    lost |= result == -Errno.ENOBUFS;
                    events += Math.max(0, result);
                }
                assertTrue(lost);
                assertTrue(events > 0 && events < 20, "events=" + events);
            }
        });
    }

    private interface Body {
        void run(TestNetNs ns) throws Exception;
    }

    private static void inNamespace(final Body body) throws Exception {
        try (TestNetNs ns = TestNetNs.create("nlsock")) {
            NetNs.within(ns.name(), () -> {
                body.run(ns);
                return null;
            });
        }
    }
}
