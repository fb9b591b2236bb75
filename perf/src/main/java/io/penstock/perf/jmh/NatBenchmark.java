package io.penstock.perf.jmh;

import io.penstock.dataplane.hot.pipeline.Batch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The whole way of a packet that is translated, by what translates it. Beside {@link ConnectionBenchmark#established}, of packets that are not, they tell what
 * translating costs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class NatBenchmark {

    /** What translates. */
    @Param({"snat", "dnat", "masquerade", "redirect", "netmap"})
    private String translation;

    /** IP version. */
    @Param({"4", "6"})
    private int family;

    /** What is translated. */
    @Param({"tcp", "udp", "icmp"})
    private String protocol;

    /** Connections. */
    @Param("16384")
    private int flows;

    private TrackedEngine engine;

    /** Establishes the connections. */
    @Setup
    public void setUp() {
        engine = new TrackedEngine(rules(translation, family == 6), family == 6, protocol, flows, isForwarded());
    }

    /** A client's packet. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void request() {
        engine.request();
    }

    /** The answer to it; where a translation makes clients' packets this host's, clients' packets. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void reply() {
        if (isForwarded()) {
            engine.reply();
        } else {
            engine.request();
        }
    }

    /** An ICMP error about it, in which the quoted packet is translated, too; where clients' packets are this host's, those. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void error() {
        if (isForwarded()) {
            engine.error();
        } else {
            engine.request();
        }
    }

    /** The first packet of a connection, for which an end is chosen; another one ends meanwhile. Making the packet is part of it. */
    @Benchmark
    @OperationsPerInvocation(Batch.CAPACITY)
    public void begin() {
        engine.begin();
    }

    /** Frees everything. */
    @TearDown
    public void tearDown() {
        engine.close();
    }

    private boolean isForwarded() {
        return !translation.equals("redirect");
    }

    /** Table nat with one rule, and table filter with what every firewall has. */
    static String rules(final String translation, final boolean ipv6) {
        final String rule = switch (translation) {
            case "snat" -> "POSTROUTING -o wan -j SNAT --to-source "
                    + (ipv6 ? "2001:db8:2::c000:202-2001:db8:2::c000:2fd" : "192.0.2.2-192.0.2.253");
            case "dnat" -> "PREROUTING -i lan -j DNAT --to-destination " + (ipv6 ? "2001:2:0:1::1-2001:2:0:1::fc" : "198.18.1.1-198.18.1.252");
            case "masquerade" -> "POSTROUTING -o wan -j MASQUERADE";
            case "redirect" -> "PREROUTING -i lan -j REDIRECT";
            case "netmap" -> "POSTROUTING -o wan -j NETMAP --to " + (ipv6 ? "2001:db8:2::/64" : "192.0.2.0/24");
            default -> throw new IllegalArgumentException("there is no translation '" + translation + "'");
        };
        return "*nat\n-A " + rule + "\nCOMMIT\n*filter\n-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\nCOMMIT\n";
    }
}
