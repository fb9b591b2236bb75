package io.penstock.perf.bench.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What of a plan is about the engine alone, memory to memory.
 *
 * <p>Threads: one.
 */
final class EnginePlan {

    /** Frames' sizes as RFC 2544 counts them, with the 4 bytes of the check sequence, which frames in memory do not have. */
    private static final List<Integer> QUICK_SIZES = List.of(1518);
    private static final List<Integer> SIZES = List.of(128, 256, 512, 1024, 1280, 1518);
    private static final int FCS_BYTES = 4;
    /** A budget's measurement is made so often, in other processes each time. */
    private static final int QUICK_ROUNDS = 2;
    private static final int ROUNDS = 5;
    /** Until as many connections go as come, and what memory they use was touched before. Unit: s. */
    private static final String SETTLING_WARM_UP = "10";

    private final boolean quick;
    private final List<Measurement> all = new ArrayList<>();

    EnginePlan(final boolean quick) {
        this.quick = quick;
    }

    List<Measurement> measurements() {
        all.add(budget("engine-forward", "plain forwarding, 16,384 flows", 5));
        connections();
        rules();
        services();
        variants();
        return all;
    }

    private void connections() {
        all.add(budget("engine-established-16k", "connections established, 16,384 flows", 6, "--connections", "established"));
        all.add(budget("engine-snat-16k", "SNAT, 16,384 flows", 6, "--connections", "snat"));
        all.add(budget("engine-snat-1m", "SNAT, 1,000,000 flows", 7.5, "--connections", "snat", "--flows", "1000000"));
        all.add(budget("engine-new", "new connections through 1,000 rules, with SNAT", 13, "--connections", "new"));
        all.add(once("engine-established-1m", "connections established, 1,000,000 flows", 6, "--connections", "established", "--flows", "1000000"));
        if (!quick) {
            for (final String kind : List.of("established", "snat")) {
                for (final int flows : List.of(1, 1024, 262_144, 4_000_000)) {
                    all.add(once("engine-" + kind + '-' + flows, String.format(Locale.ROOT, "%s, %,d flows",
                            kind.equals("snat") ? "SNAT" : "connections established", flows), flows > 1_000_000 ? 25 : 8, "--connections", kind,
                            "--flows", Integer.toString(flows)));
                }
            }
        }
    }

    private void rules() {
        for (final int count : quick ? List.of(10, 1_000, 10_000) : List.of(10, 100, 1_000, 10_000, 40_000)) {
            for (final String mix : List.of("equality", "classbench", "overlap")) {
                if (quick && mix.equals("overlap") && count != 10_000) {
                    continue;
                }
                final String id = "rules-" + mix + '-' + count;
                final String title = String.format(Locale.ROOT, "%,d rules, %s, the last one matches", count, mix);
                final String[] arguments = {"--rules", mix, "--rule-count", Integer.toString(count), "--tier", "specialized"};
                // What ratios come from is repeated, for their spread.
                all.add(!mix.equals("overlap") && (count == 10 || count == 10_000) ? budget(id, title, 5, arguments) : once(id, title, 5, arguments));
            }
        }
        all.add(once("rules-none", "the packets of the mix classbench, without rules", 5, "--rules", "classbench", "--rule-count", "10", "--tier",
                "none"));
    }

    private void services() {
        all.add(budget("service-nat", "virtual service, NAT, 10 servers", 6, "--services", "nat"));
        for (final String kind : quick ? List.of("direct") : List.of("direct", "tunnel", "fullnat")) {
            all.add(once("service-" + kind, "virtual service, " + kind + ", 10 servers", 6, "--services", kind));
        }
        all.add(once("service-new", "virtual service, a new connection with each packet", 18, "--services", "new"));
    }

    private void variants() {
        for (final int size : quick ? QUICK_SIZES : SIZES) {
            all.add(once("engine-size-" + size, "plain forwarding, frames of " + size + " bytes with their check sequence", 5,
                    "--size", Integer.toString(size - FCS_BYTES)));
        }
        for (final int batch : quick ? List.<Integer>of() : List.of(1, 4, 16, 32, 128, 256)) {
            all.add(once("engine-batch-" + batch, "plain forwarding, bursts of " + batch, 5, "--batch", Integer.toString(batch)));
        }
        for (final int hooks : quick ? List.<Integer>of() : List.of(1, 2, 4, 8, 16)) {
            all.add(once("engine-hooks-" + hooks, "plain forwarding, " + hooks + " functions at FORWARD", 5, "--hooks", Integer.toString(hooks)));
        }
        for (final int routes : quick ? List.of(1_000_000) : List.of(1_000, 100_000, 1_000_000)) {
            all.add(once("engine-routes-" + routes, String.format(Locale.ROOT, "plain forwarding, %,d routes", routes), 9,
                    "--routes", Integer.toString(routes), "--route-table", "routes"));
        }
        // The same packets, of as many flows, by the default route: what routes cost is not what flows cost.
        all.add(once("engine-routes-none", "the packets of 1,000,000 routes, by the default route", 8, "--routes", "1000000", "--route-table", "default"));
        if (!quick) {
            all.add(once("engine-ipv6", "plain forwarding, IPv6", 5, "--ipv6"));
            all.add(once("engine-established-tcp", "connections established, TCP, 16,384 flows", 6, "--connections", "established", "--protocol",
                    "tcp"));
            all.add(once("engine-established-ipv6", "connections established, IPv6, 16,384 flows", 6, "--connections", "established", "--ipv6"));
        }
    }

    private Measurement budget(final String id, final String title, final double quickSeconds, final String... arguments) {
        return once(id, title, quickSeconds, arguments).times(quick ? QUICK_ROUNDS : ROUNDS);
    }

    private Measurement once(final String id, final String title, final double quickSeconds, final String... arguments) {
        final List<String> command = new ArrayList<>(List.of("bench", "engine"));
        command.addAll(List.of(arguments));
        final String quickWarmUp = List.of(arguments).contains("new") ? SETTLING_WARM_UP : "3";
        command.addAll(quick ? List.of("--seconds", "1", "--warm-up", quickWarmUp) : List.of("--seconds", "5", "--warm-up", "12"));
        return Measurement.of(id, title, quick ? quickSeconds : quickSeconds + 6, command.toArray(String[]::new));
    }
}
