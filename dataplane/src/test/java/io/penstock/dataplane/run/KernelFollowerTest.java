package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.RouteType;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.xdp.HostAddresses;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A host with more addresses than there is room for. */
@Privileged
class KernelFollowerTest {

    private static final int LOCAL = 255;

    private final List<String> told = new ArrayList<>();

    @Test
    void shouldLeaveOutAddressesWithoutRoomUntilThereIsSome() {
        try (HostAddresses addresses = HostAddresses.create()) {
            final KernelFollower follower = new KernelFollower(addresses, told::add);
            for (int i = 0; i < HostAddresses.CAPACITY; i++) {
                come(follower, v4(i));
            }
            assertEquals(List.of(), told);
            come(follower, v4(HostAddresses.CAPACITY));
            come(follower, v4(HostAddresses.CAPACITY + 1));
            come(follower, v4(HostAddresses.CAPACITY + 2));
            assertEquals(1, told.size(), told.toString());
            assertTrue(told.getFirst().contains("the host has more addresses than Penstock keeps: address=10.0.64.0 limit=16384 per "
                    + "family; remove addresses from the host; what comes for this one, and for more of its family, is delivered with "
                    + "local: penstock, and dropped (local_undelivered)"), told.getFirst());
            final IpAddress v6 = IpAddress.parse("fd00::1");
            come(follower, v6);
            assertTrue(addresses.contains(v6.toBytes()), "the other family has room");

            go(follower, v4(HostAddresses.CAPACITY));
            go(follower, v6);
            assertFalse(addresses.contains(v4(HostAddresses.CAPACITY + 1).toBytes()));
            go(follower, v4(3));
            assertFalse(addresses.contains(v4(3).toBytes()));
            assertFalse(addresses.contains(v4(HostAddresses.CAPACITY).toBytes()), "it is the host's no more");
            assertTrue(addresses.contains(v4(HostAddresses.CAPACITY + 1).toBytes()));
            assertFalse(addresses.contains(v4(HostAddresses.CAPACITY + 2).toBytes()));
            go(follower, v4(4));
            assertTrue(addresses.contains(v4(HostAddresses.CAPACITY + 2).toBytes()));
            assertEquals(1, told.size(), told.toString());
        }
    }

    private static void come(final KernelFollower follower, final IpAddress address) {
        final RouteKey key = key(address);
        follower.routes(key, List.of(new Route(key, RouteType.LOCAL, 254, 2, null, 0, 0, List.of(), 0)));
    }

    private static void go(final KernelFollower follower, final IpAddress address) {
        follower.routes(key(address), List.of());
    }

    private static RouteKey key(final IpAddress address) {
        return new RouteKey(address, address.bits(), IpAddress.any(address.family()), 0, LOCAL, 0, 0);
    }

    private static IpAddress v4(final int number) {
        return IpAddress.v4((10 << 24) + number);
    }
}
