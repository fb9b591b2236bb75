package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests make the kernel send ARP and neighbour solicitations, and answers come as events. */
@Privileged
class NeighbourRequestsTest {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(8);
    private static final long PEER_MAC = 0x020000000002L;

    private TestNetNs mine;
    private TestNetNs other;

    @BeforeEach
    void makeNamespaces() {
        mine = TestNetNs.create("neigh");
        other = TestNetNs.create("neighpeer");
        mine.ip("link add d0 type veth peer name e0 address 02:00:00:00:00:02 netns %s", other.name());
        mine.ip("addr add 10.0.0.1/24 dev d0");
        mine.ip("addr add 2001:db8::1/64 dev d0 nodad");
        other.ip("addr add 10.0.0.2/24 dev e0");
        other.ip("addr add 2001:db8::2/64 dev e0 nodad");
        mine.ip("link set d0 up");
        other.ip("link set e0 up");
    }

    @AfterEach
    void removeNamespaces() {
        mine.close();
        other.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.2", "2001:db8::2"})
    void shouldHearOfNeighbourWhenKernelWasAskedToUseIt(final String ip) throws Exception {
        within((mirror, requests, ifindex) -> {
            requests.use(ifindex, IpAddress.parse(ip), null);
            final Neighbour neighbour = await(mirror, ifindex, ip, Neighbour::usable);
            assertEquals(PEER_MAC, neighbour.mac());
            assertFalse(neighbour.managed());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.3", "2001:db8::3"})
    void shouldHearOfFailureWhenNobodyAnswers(final String ip) throws Exception {
        within((mirror, requests, ifindex) -> {
            requests.use(ifindex, IpAddress.parse(ip), null);
            await(mirror, ifindex, ip, n -> n.state() == Neighbour.FAILED);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.2", "2001:db8::2"})
    void shouldKeepNeighbourResolvedWhenManaged(final String ip) throws Exception {
        within((mirror, requests, ifindex) -> {
            requests.manage(ifindex, IpAddress.parse(ip), null);
            assertEquals(PEER_MAC, await(mirror, ifindex, ip, n -> n.usable() && n.managed()).mac());
            // Managing again, as after a restart, changes nothing.
            requests.manage(ifindex, IpAddress.parse(ip), null);
            requests.unmanage(ifindex, IpAddress.parse(ip), null);
            assertTrue(await(mirror, ifindex, ip, n -> !n.managed()).usable());
        });
    }

    @Test
    void shouldEndManagementWhenUsed() throws Exception {
        within((mirror, requests, ifindex) -> {
            requests.manage(ifindex, IpAddress.parse("10.0.0.2"), null);
            await(mirror, ifindex, "10.0.0.2", n -> n.usable() && n.managed());
            requests.use(ifindex, IpAddress.parse("10.0.0.2"), null);
            await(mirror, ifindex, "10.0.0.2", n -> !n.managed());
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {Neighbour.NTF_EXT_LEARNED, 1 << 16, Neighbour.NTF_EXT_LEARNED | 1 << 16, 4 << 16, 5 << 16})
    void shouldKeepWhatOthersHaveSetWhenNeighbourIsKnown(final int flags) throws Exception {
        within((mirror, requests, ifindex) -> {
            final IpAddress ip = IpAddress.parse("10.0.0.2");
            setUp(ifindex, ip, Neighbour.STALE, flags);
            final Neighbour known = await(mirror, ifindex, "10.0.0.2", n -> n.flags() == flags);
            requests.use(ifindex, ip, known);
            assertEquals(flags, await(mirror, ifindex, "10.0.0.2", n -> n.state() == Neighbour.REACHABLE).flags());
            requests.manage(ifindex, ip, known);
            assertEquals(flags | 1 << 16, await(mirror, ifindex, "10.0.0.2", Neighbour::managed).flags());
            requests.unmanage(ifindex, ip, known);
            assertEquals(flags & ~(1 << 16), await(mirror, ifindex, "10.0.0.2", n -> !n.managed()).flags());
        });
    }

    @Test
    void shouldNotRepeatWhatWasSetWhenNeighbourIsGoneMeanwhile() throws Exception {
        within((mirror, requests, ifindex) -> {
            final IpAddress ip = IpAddress.parse("10.0.0.2");
            requests.use(ifindex, ip, new Neighbour(ip, ifindex, Neighbour.STALE, PEER_MAC, Neighbour.NTF_EXT_LEARNED | 1 << 16));
            assertEquals(0, await(mirror, ifindex, "10.0.0.2", Neighbour::usable).flags());
        });
    }

    /** As a routing daemon or an operator would. */
    private static void setUp(final int ifindex, final IpAddress ip, final int state, final int flags) {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            for (final int now : new int[] {flags & 0xFF | flags & 4 << 16, flags}) {
                // The kernel takes no address along with "managed": first the one, then the other.
                final NetlinkRequest request = new NetlinkRequest(Rtnl.RTM_NEWNEIGH, Rtnl.NLM_F_CREATE | Rtnl.NLM_F_REPLACE)
                        .put8(ip.family()).put8(0).put16(0).put32(ifindex).put16(state).put8(now & 0xFF).put8(0)
                        .attribute(LinkDecoder.NDA_DST, ip)
                        .attribute(2, new byte[] {2, 0, 0, 0, 0, 2})
                        .attribute(LinkDecoder.NDA_FLAGS_EXT, now >>> 16);
                try {
                    socket.execute(request, "setUp");
                } catch (final SysException e) {
                    // "Validated" is of Linux 6.17.
                    assumeFalse(e.errno() == Errno.EINVAL && (flags & 4 << 16) != 0, e.getMessage());
                    throw e;
                }
            }
        }
    }

    @Test
    void shouldHearOfNewMacWhenItIsSetByHand() throws Exception {
        within((mirror, requests, ifindex) -> {
            requests.manage(ifindex, IpAddress.parse("10.0.0.2"), null);
            await(mirror, ifindex, "10.0.0.2", Neighbour::usable);
            mine.ip("neigh replace 10.0.0.2 lladdr 02:00:00:00:00:99 nud reachable dev d0");
            assertEquals(0x020000000099L, await(mirror, ifindex, "10.0.0.2", n -> n.mac() != PEER_MAC).mac());
        });
    }

    @Test
    void shouldNameNeighbourWhenDeviceDoesNotExist() throws Exception {
        within((mirror, requests, ifindex) -> assertEquals(
                "use(neighbour=10.0.0.2, ifindex=999): ENODEV (no such device)",
                assertThrows(SysException.class, () -> requests.use(999, IpAddress.parse("10.0.0.2"), null)).getMessage()));
    }

    private interface Body {
        void run(KernelMirror mirror, NeighbourRequests requests, int ifindex) throws Exception;
    }

    private void within(final Body body) throws Exception {
        NetNs.within(mine.name(), () -> {
            try (KernelMirror mirror = KernelMirror.open(new KernelMirror.Observer() { });
                    NeighbourRequests requests = NeighbourRequests.open()) {
                final int ifindex = Interfaces.byName("d0").ifindex();
                final long start = System.nanoTime();
                while (!mirror.link(ifindex).running()) {
                    mirror.poll(20);
                    assertTrue(System.nanoTime() - start < DEADLINE_NS, "d0 has no carrier");
                }
                body.run(mirror, requests, ifindex);
            }
            return null;
        });
    }

    private static Neighbour await(
            final KernelMirror mirror, final int ifindex, final String ip, final Predicate<Neighbour> condition) {
        final long start = System.nanoTime();
        while (System.nanoTime() - start < DEADLINE_NS) {
            mirror.poll(20);
            final Neighbour neighbour = mirror.neighbour(ifindex, IpAddress.parse(ip));
            if (neighbour != null && condition.test(neighbour)) {
                return neighbour;
            }
        }
        return fail("last heard: " + mirror.neighbour(ifindex, IpAddress.parse(ip)));
    }
}
