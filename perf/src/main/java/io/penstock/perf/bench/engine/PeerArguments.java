package io.penstock.perf.bench.engine;

import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.peer.MemoryPeer;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of {@code bench engine} that are about somebody who is measured beside it. Threads: main. */
final class PeerArguments {

    static final String NOBODY = "none";
    /** Through rules, which their option is about. */
    static final String DPDK = "dpdk";
    private static final int MAX_RUNS = 100;
    /** Runs beside a peer, which has the machine's noise in its figures as well. */
    private static final int DEFAULT_RUNS = 3;
    private static final List<String> ALONE = List.of("--config", "--in", "--table", "--hooks", "--hook-jar", "--ipv6", "--routes", "--routes6",
            "--services", "--rfc9693", "--partial-checksums");

    @Option(names = "--against", paramLabel = "PEER", defaultValue = NOBODY, description = "Measure a peer as well, in turn, with the same IPv4 UDP "
            + "flows. Forwarding: testpmd[:mac|:csum|:5tswap], ovs or kernel. With --connections established, snat or dnat: ovs, kernel (iptables-legacy) "
            + "or nft. All from memory, each run in a process of its own, ratios of the time that each had the CPU. With --rules: "
            + "kernel or nft, the same rules, packets through TUN devices, the time of the thread that writes them against the same without "
            + "rules; or dpdk, dpdk-test-acl with the same rules and flows (default: none). 'bench peers' tells which are here.")
    private String against;

    @Option(names = "--runs", paramLabel = "N", description = "With a peer, or with several tiers or numbers of rules: how often each is measured, in "
            + "turn (default 1, with a peer 3).")
    private Integer runs;

    /** Refuses what does not go together; rules look at their peers themselves. */
    void check(final CommandSpec spec, final RuleArguments rules, final ConnectionArguments connections) {
        if (isGiven(spec, "--runs")) {
            if (!any() && !rules.any()) {
                throw Options.usage(spec, "--runs needs --against PEER, or rules, whose runs it is about");
            }
            Options.check(spec, "--runs", runs, 1, MAX_RUNS);
        }
        if (!any() || rules.any()) {
            return;
        }
        if (against.equals(DPDK)) {
            throw Options.usage(spec, "--against dpdk is about rules; add --rules MIX, or compare with testpmd");
        }
        final MemoryPeer peer = memory();
        if (peer == null) {
            throw Options.usage(spec, "there is no peer '" + against + "'; supported are none, " + String.join(", ", MemoryPeer.names())
                    + ", with --rules none, " + String.join(", ", RuleArguments.PEERS));
        }
        for (final String option : ALONE) {
            if (isGiven(spec, option)) {
                throw Options.usage(spec, option + " and --against " + against + " do not go together; leave one of them out");
            }
        }
        if (connections.any() && !connections.isComparable()) {
            throw Options.usage(spec, "--against " + against + " needs flows that are answered, of UDP: --connections established, snat or dnat");
        }
        final String refusal = peer.refusal(connections.any() ? connections.options().mix() : null,
                connections.any() ? connections.options().rules() : 0);
        if (refusal != null) {
            throw Options.usage(spec, refusal);
        }
    }

    /** Refuses more flows than a peer takes. */
    void checkFlows(final CommandSpec spec, final int flows) {
        final MemoryPeer peer = memory();
        if (peer != null && flows > peer.mostFlows()) {
            throw Options.usage(spec, String.format(Locale.ROOT, "--flows=%d is out of range beside %s: least=1 most=%d", flows, against,
                    peer.mostFlows()));
        }
    }

    /** Whether there is to be one. */
    boolean any() {
        return !against.equals(NOBODY);
    }

    /** Its name. */
    String against() {
        return against;
    }

    /** Who takes packets from memory, or null. */
    MemoryPeer memory() {
        return MemoryPeer.of(against);
    }

    /** How often each is measured. */
    int runs() {
        return runs != null ? runs : any() ? DEFAULT_RUNS : 1;
    }

    private static boolean isGiven(final CommandSpec spec, final String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }
}
