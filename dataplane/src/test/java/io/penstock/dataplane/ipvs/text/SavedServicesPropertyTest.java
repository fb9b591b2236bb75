package io.penstock.dataplane.ipvs.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.ipvs.MemoryServices;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Any services are the same after they were saved and restored. */
class SavedServicesPropertyTest {

    private static final List<Forwarding> METHODS =
            List.of(Forwarding.MASQUERADE, Forwarding.TUNNEL, Forwarding.ROUTE, Forwarding.FULL);

    private static IpAddress address(final Random random, final int family) {
        return family == IpAddress.V4 ? IpAddress.v4(10 << 24 | random.nextInt(1 << 24))
                : IpAddress.v6(0x2001_0DB8_0000_0000L | random.nextInt(3), random.nextLong() >>> random.nextInt(64));
    }

    private static int family(final Random random) {
        return random.nextBoolean() ? IpAddress.V4 : IpAddress.V6;
    }

    private static ServiceKey key(final Random random) {
        final int family = family(random);
        if (random.nextInt(4) == 0) {
            return ServiceKey.ofMark(family, 1 | random.nextInt());
        }
        final int protocol = List.of(6, 17, 132).get(random.nextInt(3));
        return ServiceKey.of(protocol, address(random, family), random.nextInt(1 << 16));
    }

    private static ServiceSpec spec(final Random random, final ServiceKey key) {
        final boolean mustPersist = !key.isMark() && key.port() == 0;
        final int seconds = mustPersist || random.nextBoolean() ? 1 + random.nextInt(2_678_400) : 0;
        final int bits = seconds == 0 ? key.address().bits() : 1 + random.nextInt(key.address().bits());
        final int oneWay = key.isMark() || key.protocol() == 17 ? random.nextInt(2) * ServiceSpec.ONE_PACKET : 0;
        final String scheduler = List.of("rr", "sh", "mh", "wlc", "maglev").get(random.nextInt(5));
        return new ServiceSpec(scheduler, random.nextInt(8) << 3 | oneWay, seconds, bits, random.nextInt(4) == 0 ? "sip" : null);
    }

    private static TunnelSpec tunnel(final Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> TunnelSpec.IPIP;
            case 1 -> new TunnelSpec(TunnelSpec.Kind.GUE, 1 + random.nextInt(0xFFFF), TunnelSpec.Checksum.values()[random.nextInt(3)]);
            default -> new TunnelSpec(TunnelSpec.Kind.GRE, 0, TunnelSpec.Checksum.values()[random.nextInt(2)]);
        };
    }

    private static void addServer(final MemoryServices store, final ServiceKey key, final Random random) throws ServiceProblem {
        final Forwarding method = METHODS.get(random.nextInt(METHODS.size()));
        final boolean isTunnel = method == Forwarding.TUNNEL;
        final boolean isFree = key.isMark() || !isTunnel && method != Forwarding.ROUTE;
        final int upper = random.nextBoolean() ? 0 : random.nextInt(Integer.MAX_VALUE);
        final ServerKey server = new ServerKey(address(random, isTunnel ? family(random) : key.family()),
                isFree ? random.nextInt(1 << 16) : key.port());
        // Short addresses may come twice.
        if (!servers(store.service(key).orElseThrow()).containsKey(server)) {
            store.addServer(key, server, new ServerSpec(method, random.nextInt(Integer.MAX_VALUE), upper, upper == 0 ? 0 : random.nextInt(upper),
                    isTunnel ? tunnel(random) : TunnelSpec.IPIP));
        }
    }

    private static MemoryServices services(final Random random) throws ServiceProblem {
        final MemoryServices store = new MemoryServices();
        final int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            final ServiceKey key = key(random);
            if (store.service(key).isPresent()) {
                continue;
            }
            store.addService(key, spec(random, key));
            final int servers = random.nextInt(6);
            for (int j = 0; j < servers; j++) {
                addServer(store, key, random);
            }
        }
        return store;
    }

    private static Map<ServerKey, ServerState> servers(final ServiceState service) {
        return service.servers().stream().collect(Collectors.toMap(ServerState::key, Function.identity()));
    }

    @Property(tries = 300)
    void shouldBeTheSameServicesWhenTheyWereSavedAndRestored(@ForAll final long seed) throws ServiceProblem {
        final MemoryServices store = services(new Random(seed));
        final String saved = new Ipvsadm(store).save("-n").out();
        final MemoryServices restored = new MemoryServices();
        assertEquals(new Ipvsadm.Outcome(0, "", ""), new Ipvsadm(restored).restore(saved), saved);
        // Sorted: the tool's order of some addresses depends on which was added first.
        assertEquals(saved.lines().sorted().toList(), new Ipvsadm(restored).save("-n").out().lines().sorted().toList());
        assertEquals(store.services().size(), restored.services().size());
        for (final ServiceState service : store.services()) {
            final ServiceState again = restored.service(service.key()).orElseThrow();
            assertEquals(service.spec(), again.spec(), saved);
            assertEquals(servers(service), servers(again), saved);
        }
    }
}
