package io.penstock.dataplane.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.ipvs.ServiceRig;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceProblem.Kind;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.Timeouts;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The services of a namespace as commands change them: what is refused, and what many changes take. */
final class ServiceRegistryTest {

    private static final ServiceKey WEB = ServiceRig.tcp("10.0.0.254", 80);
    private static final ServerKey ONE = new ServerKey(IpAddress.parse("10.1.0.1"), 80);
    private static final ServerSpec NAT = spec(Forwarding.MASQUERADE);
    private static final ServiceSpec RR = new ServiceSpec("rr", 0, 0, 32, null);

    private final ServiceRig rig = new ServiceRig();
    private final ServiceRegistry services = rig.services;

    @AfterEach
    void end() {
        rig.close();
    }

    private static ServerSpec spec(final Forwarding method) {
        return new ServerSpec(method, 1, 0, 0, TunnelSpec.IPIP);
    }

    private static void assertRefused(final Kind kind, final String detail, final Executable action) {
        final ServiceProblem problem = assertThrows(ServiceProblem.class, action);
        assertEquals(kind, problem.kind());
        assertEquals(detail, problem.getMessage());
    }

    @Test
    void shouldRefuseWhatIsNotThere() throws ServiceProblem {
        final List<Executable> absent = List.of(() -> services.editService(WEB, RR), () -> services.deleteService(WEB), () -> services.zero(WEB),
                () -> services.addServer(WEB, ONE, NAT), () -> services.editServer(WEB, ONE, NAT), () -> services.deleteServer(WEB, ONE),
                () -> services.endConnections(WEB, ONE));
        for (final Executable action : absent) {
            assertRefused(Kind.NO_SERVICE, null, action);
        }
        services.addService(WEB, RR);
        assertRefused(Kind.NO_ENTRY, null, () -> services.editServer(WEB, ONE, NAT));
        assertRefused(Kind.NO_ENTRY, null, () -> services.deleteServer(WEB, ONE));
        assertRefused(Kind.NO_ENTRY, null, () -> services.endConnections(WEB, ONE));
        assertTrue(services.service(ServiceRig.udp("10.0.0.254", 80)).isEmpty());
    }

    @Test
    void shouldRefuseWhatIsThereTwice() throws ServiceProblem {
        services.addService(WEB, RR);
        services.addServer(WEB, ONE, NAT);
        assertRefused(Kind.EXISTS, null, () -> services.addService(WEB, new ServiceSpec("wlc", 0, 0, 32, null)));
        assertRefused(Kind.EXISTS, null, () -> services.addServer(WEB, ONE, spec(Forwarding.ROUTE)));
        assertEquals("rr", services.service(WEB).orElseThrow().spec().scheduler());
        assertEquals(NAT, services.service(WEB).orElseThrow().servers().getFirst().spec());
    }

    @Test
    void shouldRefuseServicesThatCannotBe() throws ServiceProblem {
        assertRefused(Kind.NO_ENTRY, "there is no scheduler 'none-such'; there are " + String.join(" ", services.schedulers()),
                () -> services.addService(WEB, new ServiceSpec("none-such", 0, 0, 32, null)));
        assertRefused(Kind.NO_ENTRY, "there is no persistence engine 'sip': clients are told apart by their addresses; leave out --pe",
                () -> services.addService(WEB, new ServiceSpec("rr", 0, 300, 32, "sip")));
        assertRefused(Kind.INVALID, "maglev has no flags: it goes by addresses and ports, and past servers that are full; leave out -b",
                () -> services.addService(WEB, new ServiceSpec("maglev", ServiceSpec.SCHEDULER_1, 0, 32, null)));
        assertRefused(Kind.INVALID, "a prefix of IPv6 addresses has 1 to 128 bits: length=0",
                () -> services.addService(ServiceRig.tcp("2001:db8::fe", 80), new ServiceSpec("rr", 0, 300, 0, null)));
        assertEquals(List.of(), services.services());
        services.addService(WEB, RR);
        assertRefused(Kind.NO_ENTRY, "there is no scheduler 'none-such'; there are " + String.join(" ", services.schedulers()),
                () -> services.editService(WEB, new ServiceSpec("none-such", 0, 0, 32, null)));
        assertEquals(RR, services.service(WEB).orElseThrow().spec());
    }

    @Test
    void shouldRefuseServersThatCannotBe() throws ServiceProblem {
        services.addService(WEB, RR);
        assertRefused(Kind.RANGE, "a weight is not below 0: weight=-1", add(ONE, new ServerSpec(Forwarding.ROUTE, -1, 0, 0, TunnelSpec.IPIP)));
        assertRefused(Kind.RANGE, "the lower threshold is above the upper one: lower=5 upper=4",
                add(ONE, new ServerSpec(Forwarding.ROUTE, 1, 4, 5, TunnelSpec.IPIP)));
        assertRefused(Kind.INVALID, "a threshold is at most 2147483647: upper=2147483648",
                add(ONE, new ServerSpec(Forwarding.ROUTE, 1, 1L << 31, 5, TunnelSpec.IPIP)));
        assertRefused(Kind.INVALID, "GUE needs the port that it goes to; say --tun-port",
                add(ONE, new ServerSpec(Forwarding.TUNNEL, 1, 0, 0, new TunnelSpec(TunnelSpec.Kind.GUE, 0, TunnelSpec.Checksum.NONE))));
        assertRefused(Kind.INVALID, "a server of the other family is reached by a tunnel alone: server=2001:db8::1; say -i",
                add(new ServerKey(IpAddress.parse("2001:db8::1"), 80), NAT));
        assertRefused(Kind.INVALID, "no address of this host is there to send from; set penstock.fullnat_sources first", add(ONE, spec(Forwarding.FULL)));
        for (final String nobody : List.of("0.0.0.0", "224.0.0.1", "255.255.255.255")) {
            assertRefused(Kind.INVALID, "that is no host's address: server=" + nobody, add(new ServerKey(IpAddress.parse(nobody), 80), NAT));
        }
        assertEquals(List.of(), services.service(WEB).orElseThrow().servers());
        services.addServer(WEB, ONE, NAT);
        assertRefused(Kind.RANGE, "a weight is not below 0: weight=-1",
                () -> services.editServer(WEB, ONE, new ServerSpec(Forwarding.ROUTE, -1, 0, 0, TunnelSpec.IPIP)));
        assertEquals(NAT, services.service(WEB).orElseThrow().servers().getFirst().spec());
    }

    @Test
    void shouldRefuseServersWhoseAnswersNeedAConnectionWhenTheServiceKeepsNone() throws ServiceProblem {
        services.setSetting(ServiceRegistry.SOURCES, "10.0.0.254");
        final ServiceKey dns = ServiceRig.udp("10.0.0.254", 53);
        final ServiceSpec onePacket = new ServiceSpec("rr", ServiceSpec.ONE_PACKET, 0, 32, null);
        final String server = "answers of a server that is reached by --fullnat find their client by a connection, and the service keeps none;"
                + " say -m, -g or -i, or edit the service without --ops first";
        services.addService(dns, onePacket);
        assertRefused(Kind.INVALID, server, () -> services.addServer(dns, ONE, spec(Forwarding.FULL)));
        services.addServer(dns, ONE, NAT);
        assertRefused(Kind.INVALID, server, () -> services.editServer(dns, ONE, spec(Forwarding.FULL)));
        assertEquals(NAT, services.service(dns).orElseThrow().servers().getFirst().spec());
        services.editService(dns, RR);
        services.editServer(dns, ONE, spec(Forwarding.FULL));
        assertRefused(Kind.INVALID, "it has a server that is reached by --fullnat, whose answers find their client by a connection,"
                + " and --ops keeps none; remove the server first, or reach it by -m, -g or -i", () -> services.editService(dns, onePacket));
        assertEquals(RR, services.service(dns).orElseThrow().spec());
        services.deleteServer(dns, ONE);
        services.editService(dns, onePacket);
        assertEquals(onePacket, services.service(dns).orElseThrow().spec());
    }

    private Executable add(final ServerKey key, final ServerSpec spec) {
        return () -> services.addServer(WEB, key, spec);
    }

    @Test
    void shouldRefuseSettingsThatCannotBe() throws ServiceProblem {
        assertEquals(Kind.NO_ENTRY, assertThrows(ServiceProblem.class, () -> services.setSetting("net.ipv4.vs.none", "1")).kind());
        assertEquals(Kind.INVALID, assertThrows(ServiceProblem.class, () -> services.setSetting("net.ipv4.vs.conntrack", "x")).kind());
        assertRefused(Kind.INVALID, "'10.0.0' is no address; penstock.fullnat_sources takes some with commas between",
                () -> services.setSetting(ServiceRegistry.SOURCES, "10.0.0.1,10.0.0"));
        assertEquals("", services.setting(ServiceRegistry.SOURCES));
        services.setSetting(ServiceRegistry.SOURCES, "10.0.0.254, 2001:db8::fe");
        assertEquals("10.0.0.254,2001:db8::fe", services.setting(ServiceRegistry.SOURCES));
        assertTrue(services.settings().contains(ServiceRegistry.SOURCES) && services.settings().contains("net.ipv4.vs.conntrack"));
        assertNull(services.setting("net.ipv4.vs.none"));
        assertEquals(Kind.INVALID, assertThrows(ServiceProblem.class, () -> services.setTimeouts(new Timeouts(-1, 0, 0))).kind());
        services.setTimeouts(new Timeouts(100, 0, 7));
        assertEquals(new Timeouts(100, 120, 7), services.timeouts());
    }

    @Test
    void shouldSayWhenNobodyCanReachAService() throws ServiceProblem {
        services.addService(WEB, RR);
        final ServiceKey away = ServiceRig.tcp("192.0.2.1", 80);
        services.addService(away, RR);
        services.addService(ServiceKey.ofMark(IpAddress.V4, 3), RR);
        assertNull(services.advice(ServiceKey.ofMark(IpAddress.V4, 3)));
        assertEquals("192.0.2.1 is no address of this host, so no packet comes to the service; add it with 'ip address add'", services.advice(away));
    }

    @Test
    void shouldListInTheOrderOfTheKernel() throws ServiceProblem {
        services.addService(WEB, RR);
        services.addService(ServiceRig.udp("10.0.0.254", 53), RR);
        for (int i = 1; i <= 3; i++) {
            services.addServer(WEB, new ServerKey(IpAddress.parse("10.1.0." + i), 80), NAT);
        }
        assertEquals(List.of(WEB, ServiceRig.udp("10.0.0.254", 53)), services.services().stream().map(state -> state.key()).toList());
        assertEquals(List.of("10.1.0.3", "10.1.0.2", "10.1.0.1"),
                services.service(WEB).orElseThrow().servers().stream().map(state -> state.key().address().toString()).toList());
    }

    @Test
    void shouldChangeTogetherWhatIsChangedTogether() throws ServiceProblem {
        services.addService(WEB, RR);
        services.addServer(WEB, ONE, NAT);
        final List<String> seen = new ArrayList<>();
        services.together(() -> {
            try {
                services.addService(ServiceRig.tcp("10.0.0.254", 81), RR);
                services.addServer(ServiceRig.tcp("10.0.0.254", 81), new ServerKey(ONE.address(), 81), NAT);
                services.addServer(WEB, new ServerKey(IpAddress.parse("10.1.0.2"), 80), NAT);
                seen.add(to(81));
                seen.add(to(80) + ' ' + to(80));
            } catch (final ServiceProblem e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(List.of("delivered", "10.1.0.1:80 10.1.0.1:80"), seen);
        assertEquals("10.1.0.1:81", to(81));
        assertEquals(2, List.of(to(80), to(80)).stream().distinct().count());
    }

    private int port = 4000;

    private String to(final int service) {
        port++;
        return rig.fromClient(FlowPackets.tcp("10.0.0.1", port, "10.0.0.254", service, FlowPackets.SYN, 1, 0)).replaceAll(".*> ", "");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeManyServersInLittleTime(final boolean isTogether) throws ServiceProblem {
        final int count = isTogether ? 1000 : 200;
        for (int round = 0; round < 2; round++) {
            final long startNs = System.nanoTime();
            final List<Long> times = new ArrayList<>();
            for (final Change change : List.<Change>of(
                    (key, server) -> services.addServer(key, server, NAT),
                    (key, server) -> services.editServer(key, server, new ServerSpec(Forwarding.MASQUERADE, 2, 0, 0, TunnelSpec.IPIP)),
                    services::deleteServer)) {
                final long atNs = System.nanoTime();
                final boolean isFirst = times.isEmpty();
                final Runnable all = () -> change(count, isFirst, change);
                if (isTogether) {
                    services.together(all);
                } else {
                    all.run();
                }
                times.add((System.nanoTime() - atNs) / 1_000_000);
            }
            services.flush();
            rig.engine.boundary();
            services.maintain();
            services.maintain();
            final long ms = (System.nanoTime() - startNs) / 1_000_000;
            System.out.println("servers=" + count * 100 + " together=" + isTogether + " add,edit,delete ms=" + times + " in all ms=" + ms);
            // Ten times what it takes on an idle machine.
            assertTrue(ms < 20_000, () -> "ms=" + ms);
        }
        assertEquals(List.of(), services.services());
        assertTrue(services.highestNumber() <= count * 100);
    }

    private interface Change {
        void make(ServiceKey key, ServerKey server) throws ServiceProblem;
    }

    private void change(final int count, final boolean isFirst, final Change change) {
        try {
            for (int i = 0; i < count; i++) {
                final ServiceKey key = ServiceRig.tcp("10.0.0.254", 1000 + i);
                if (isFirst) {
                    services.addService(key, RR);
                }
                for (int server = 0; server < 100; server++) {
                    change.make(key, new ServerKey(IpAddress.v4(0x0A01_0000 + i % 200 * 256 + server), 80));
                }
            }
        } catch (final ServiceProblem e) {
            throw new IllegalStateException(e);
        }
    }
}
