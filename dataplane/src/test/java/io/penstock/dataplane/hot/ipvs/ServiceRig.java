package io.penstock.dataplane.hot.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.fib.AdjacencyFields;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.ipvs.ServiceRegistry;
import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Virtual services of one lane: clients on lan (10.0.0.0/24, 2001:db8::/64), servers by wan (10.1.0.0/16, 2001:db8:1::/48), the host is 10.0.0.254 and 2001:db8::fe. */
public final class ServiceRig implements AutoCloseable {

    public static final String VIP = "10.0.0.254";
    public static final String VIP6 = "2001:db8::fe";
    public static final String CLIENT = "10.0.0.1";
    public static final String CLIENT6 = "2001:db8::1";

    private static final long SECOND_NS = 1_000_000_000L;
    /** Steps in which time passes, at the most; and in each, how often the worker tends its tables, how far apart. */
    private static final int STEPS = 200;
    private static final int SLICES = 40;
    private static final long SLICE_NS = 1_100_000;
    private static final int MASK4 = 32;
    private static final int MASK6 = 128;

    public final TestEngine engine = new TestEngine();
    public final RuleTables tables;
    public final ServiceRegistry services;

    /** Without services. */
    public ServiceRig() {
        this(hooks -> hooks);
    }

    /** Without services, with something around the hooks. */
    public ServiceRig(final UnaryOperator<HookRegistrar> around) {
        final HookRegistrar hooks = around.apply(engine.hooks);
        tables = new RuleTables(engine.namespace, hooks, RuleServices::new, () -> engine.nowNs, CompiledTable::indexed);
        services = new ServiceRegistry(engine.namespace, hooks, tables.connections(), () -> engine.nowNs);
        engine.route("10.0.0.0", 24, resolved(TestEngine.LAN, "10.0.0.2", VIP));
        engine.route("2001:db8::", 64, resolved(TestEngine.LAN, "2001:db8::2", VIP6));
        engine.route("10.1.0.0", 16, resolved(TestEngine.WAN, "10.9.0.1", "10.9.0.254"));
        engine.route("2001:db8:1::", 48, resolved(TestEngine.WAN, "2001:db8:9::1", "2001:db8:9::fe"));
    }

    /** A way by a port, with an address of this host that packets leave with. */
    private int resolved(final int port, final String gateway, final String source) {
        final int way = way(port, gateway, source, TestEngine.MTU);
        engine.resolve(way);
        return way;
    }

    /** A way by a gateway that is not resolved yet, and what fits on it. */
    public int way(final int port, final String gateway, final String source, final int mtu) {
        final IpAddress hop = IpAddress.parse(gateway);
        final IpAddress own = IpAddress.parse(source);
        final boolean isIpv4 = hop.family() == IpAddress.V4;
        return engine.fib().adjacencies().create(new AdjacencyFields(AdjacencyKind.UNRESOLVED_GATEWAY, 1, isIpv4 ? 4 : 6, port, port + 11, mtu,
                hop.high(), hop.low(), isIpv4 ? 0 : own.high(), own.low()));
    }

    /** A way to a port's own link, with an address of this host that packets leave with. */
    public int glean(final int port, final String source) {
        final IpAddress own = IpAddress.parse(source);
        final boolean isIpv4 = own.family() == IpAddress.V4;
        return engine.fib().adjacencies().create(new AdjacencyFields(
                AdjacencyKind.GLEAN, 0, isIpv4 ? 4 : 6, port, port + 11, TestEngine.MTU, 0, 0, isIpv4 ? 0 : own.high(), own.low()));
    }

    /** A rule of iptables, or with an address of IPv6 in it, of ip6tables. */
    public void rule(final String line) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true);
        assertEquals(0, new IptablesCommand(tables, RuleExtensions.installed(), new SystemNames(),
                line.contains("::") ? IpFamily.IPV6 : IpFamily.IPV4).run(List.of(line.split(" ")), out, out), said::toString);
    }

    /** How many packets the rules of a chain have seen. */
    public List<Long> seen(final IpFamily family, final TableName name, final String chain) {
        final TableSnapshot snapshot = tables.read(family, name);
        int at = 0;
        for (final Chain of : snapshot.table().chains()) {
            if (of.name().equals(chain)) {
                return Arrays.stream(snapshot.packets(), at, at + of.rules().size()).boxed().toList();
            }
            at += of.rules().size() + 1;
        }
        throw new IllegalArgumentException(chain);
    }

    /** Sets net.ipv4.vs. something. */
    public void set(final String name, final int value) throws ServiceProblem {
        services.setSetting("net.ipv4.vs." + name, Integer.toString(value));
    }

    /** A service of SCTP. */
    public static ServiceKey sctp(final String address, final int port) {
        return ServiceKey.of(IpProtocol.SCTP, IpAddress.parse(address), port);
    }

    /** A service of TCP. */
    public static ServiceKey tcp(final String address, final int port) {
        return ServiceKey.of(IpProtocol.TCP, IpAddress.parse(address), port);
    }

    /** A service of UDP. */
    public static ServiceKey udp(final String address, final int port) {
        return ServiceKey.of(IpProtocol.UDP, IpAddress.parse(address), port);
    }

    /** Adds a service whose clients do not stay. */
    public ServiceKey add(final ServiceKey key, final String scheduler) throws ServiceProblem {
        return add(key, scheduler, 0, 0);
    }

    /** Adds a service. */
    public ServiceKey add(final ServiceKey key, final String scheduler, final int flags, final int persistenceSeconds) throws ServiceProblem {
        services.addService(key, new ServiceSpec(scheduler, flags, persistenceSeconds, key.family() == IpAddress.V4 ? MASK4 : MASK6, null));
        return key;
    }

    /** Adds a server of weight 1. */
    public ServerKey server(final ServiceKey key, final String address, final int port, final Forwarding method) throws ServiceProblem {
        return server(key, address, port, new ServerSpec(method, 1, 0, 0, TunnelSpec.IPIP));
    }

    /** Adds a server. */
    public ServerKey server(final ServiceKey key, final String address, final int port, final ServerSpec spec) throws ServiceProblem {
        final ServerKey server = new ServerKey(IpAddress.parse(address), port);
        services.addServer(key, server, spec);
        return server;
    }

    /** A server as it is. */
    public ServerState state(final ServiceKey key, final ServerKey server) {
        return services.service(key).orElseThrow().servers().stream().filter(state -> state.key().equals(server)).findFirst().orElseThrow();
    }

    /** The connections, a line each: protocol, client, service, server, state. */
    public List<String> connections() {
        final List<String> lines = new ArrayList<>();
        services.connections(c -> lines.add(line(c)));
        return lines;
    }

    private static String line(final ConnectionState c) {
        return c.protocol() + " " + c.client() + ':' + c.clientPort() + ' ' + c.virtual() + ':' + c.virtualPort() + ' ' + c.server() + ':'
                + c.serverPort() + ' ' + c.state();
    }

    /** Receives a packet by lan; what became of it, with the ends of what left by wan if it did. */
    public String fromClient(final byte[] packet) {
        return pass(TestEngine.LAN, TestEngine.WAN, packet);
    }

    /** Receives a packet by wan; what became of it, with the ends of what left by lan if it did. */
    public String fromServer(final byte[] packet) {
        return pass(TestEngine.WAN, TestEngine.LAN, packet);
    }

    private String pass(final int in, final int out, final byte[] packet) {
        final int before = engine.ports[out].sent.size();
        engine.receive(in, packet);
        final String outcome = engine.outcome(0);
        return engine.ports[out].sent.size() == before ? outcome
                : outcome + ' ' + FlowPackets.ends(engine.ports[out].sent.getLast());
    }

    /** Lets time pass, with what workers and control do meanwhile. */
    public void pass(final long seconds) {
        final long steps = Math.min(seconds, STEPS);
        for (long i = 0; i < steps; i++) {
            engine.nowNs += seconds * SECOND_NS / steps - SLICES * SLICE_NS;
            for (int slice = 0; slice < SLICES; slice++) {
                engine.nowNs += SLICE_NS;
                engine.boundary();
            }
            services.maintain();
        }
    }

    /** An address. */
    public static IpAddress address(final String text) {
        return IpAddress.parse(text);
    }

    /** The highest number that a server was ever given. */
    public int highestNumber() {
        return services.highestNumber();
    }

    /** Nothing is left of what passed by a service: no connections, and all its servers have none. */
    public void assertAtRest(final ServiceKey key) {
        assertEquals(List.of(), connections());
        for (final ServerState state : services.service(key).orElseThrow().servers()) {
            assertEquals("0 0 0", state.active() + " " + state.inactive() + " " + state.persistent(), state::toString);
        }
    }

    @Override
    public void close() {
        services.close();
        tables.close();
        engine.close();
    }
}
