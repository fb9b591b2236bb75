package io.penstock.perf.bench.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What of a plan follows a procedure (RFC 9693, RFC 9411), tells latencies, or where time goes.
 *
 * <p>Threads: one.
 */
final class ProcedurePlan {

    private final boolean quick;

    ProcedurePlan(final boolean quick) {
        this.quick = quick;
    }

    List<Measurement> measurements() {
        final List<Measurement> all = new ArrayList<>();
        all.addAll(latencies());
        all.addAll(procedures());
        all.addAll(profiles());
        return all;
    }

    private List<Measurement> latencies() {
        final List<Measurement> all = new ArrayList<>();
        // Half of what can be done: a quiet machine carries more, a busy one not even that.
        all.add(Measurement.of("latency-engine", "memory to memory, SNAT", quick ? 10 : 75, latency("engine", "--connections", "snat")));
        all.add(Measurement.of("latency-wire", "over veth, SNAT", quick ? 16 : 90, latency("wire", "--connections", "snat"))
                .needing(Need.ROOT, Need.IP));
        if (!quick) {
            all.add(Measurement.of("latency-engine-poisson", "memory to memory, SNAT, arrivals at random", 75,
                    latency("engine", "--connections", "snat", "--arrivals", "poisson")));
            all.add(Measurement.of("latency-engine-rules", "memory to memory, 10,000 rules like ClassBench's", 75,
                    latency("engine", "--rules", "classbench", "--rule-count", "10000")));
        }
        return all;
    }

    private String[] latency(final String mode, final String... more) {
        return command(List.of("bench", "latency", "--mode", mode, "--load", "50"), more,
                quick ? List.of("--seconds", "3", "--warm-up", "4") : List.of("--seconds", "60", "--warm-up", "12"));
    }

    private List<Measurement> procedures() {
        final List<Measurement> all = new ArrayList<>();
        all.add(Measurement.of("rfc9693-engine", "RFC 9693, memory to memory, SNAT, UDP", quick ? 14 : 240, command(
                List.of("bench", "rfc9693", "--mode", "engine"), new String[0], quick
                        ? List.of("--connections", "250000", "--sizes", "64", "--runs", "1", "--seconds", "0.3") : List.of())));
        all.add(Measurement.of("rfc9411-engine", "RFC 9411, memory to memory, TCP", quick ? 8 : 90, command(
                List.of("bench", "rfc9411", "--mode", "engine"), new String[0], quick
                        ? List.of("--runs", "2", "--seconds", "1", "--warm-up", "3", "--concurrent", "100000") : List.of())));
        if (!quick) {
            all.add(Measurement.of("soak", "ten minutes of SNAT at 70 % of what can be done", 620, "bench", "soak", "--connections", "snat", "--seconds",
                    "600"));
            all.add(Measurement.of("rfc9693-wire", "RFC 9693, over veth, SNAT, UDP", 680, "bench", "rfc9693", "--mode", "wire")
                    .needing(Need.ROOT, Need.IP));
            all.add(Measurement.of("rfc9411-wire", "RFC 9411, over veth, TCP, beside the kernel", 240, "bench", "rfc9411", "--mode", "wire")
                    .needing(Need.ROOT, Need.IP).beside(Need.IPTABLES, "--against", "kernel"));
        }
        return all;
    }

    private List<Measurement> profiles() {
        final List<Measurement> all = new ArrayList<>();
        all.add(profile("forward", "plain forwarding"));
        all.add(profile("established", "connections established", "--connections", "established"));
        all.add(profile("snat", "SNAT, 16,384 flows", "--connections", "snat"));
        all.add(profile("new", "new connections", "--connections", "new"));
        all.add(profile("rules", "10,000 rules, classbench", "--rules", "classbench", "--rule-count", "10000", "--tier", "specialized"));
        all.add(profile("service", "virtual service, NAT", "--services", "nat"));
        return all;
    }

    private Measurement profile(final String name, final String what, final String... arguments) {
        return Measurement.of("profile-" + name, "profile of " + what, quick ? 7 : 28, command(List.of("profile", "engine"), arguments,
                quick ? List.of("--seconds", "2", "--warm-up", "3") : List.of("--seconds", "10", "--warm-up", "12")));
    }

    private static String[] command(final List<String> head, final String[] more, final List<String> tail) {
        final List<String> all = new ArrayList<>(head);
        all.addAll(Arrays.asList(more));
        all.addAll(tail);
        return all.toArray(String[]::new);
    }
}
