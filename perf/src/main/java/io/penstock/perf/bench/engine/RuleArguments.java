package io.penstock.perf.bench.engine;

import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.rules.RuleMix;
import io.penstock.perf.rules.RuleSet;
import io.penstock.perf.rules.RuleTier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of {@code bench engine} that are about rules. Threads: main. */
final class RuleArguments {

    private static final String ALL = "all";
    private static final String KERNEL = "kernel";
    private static final String NFT = "nft";
    /** Who takes rules. */
    static final List<String> PEERS = List.of(KERNEL, NFT, PeerArguments.DPDK);
    private static final List<String> ALONE = List.of("--table", "--routes", "--routes6", "--hooks");

    @Option(names = "--rules", paramLabel = "MIX", description = "Let the flows go through made-up rules in FORWARD, of which the last "
            + "takes them all: equality (source /32 and destination port), classbench (prefixes, port ranges, protocols) or overlap "
            + "(every rule but the last fails in one field only).")
    private String mix;

    @Option(names = "--rule-count", paramLabel = "N", split = ",", description = "With --rules: how many, one number or several "
            + "(default 10,100,1000,10000,40000).")
    private List<Integer> counts;

    @Option(names = "--rules-file", paramLabel = "FILE", description = "Let them go through the rules of an iptables-save file (with "
            + "--ipv6 of ip6tables-save); what cannot run is left out and counted.")
    private Path file;

    @Option(names = "--sets-file", paramLabel = "FILE", description = "With --rules-file: the IP sets that its rules name, as 'ipset save' "
            + "prints them.")
    private Path sets;

    @Option(names = "--tier", paramLabel = "TIER", split = ",", description = "What runs the rules: plain, indexed, specialized, or none, "
            + "the same packets without rules; one, several or all (default). With several tiers or numbers each is measured in a JVM "
            + "of its own, and the rules' own share is told, against none.")
    private List<String> tiers;

    /** Refuses what does not go together. */
    void check(final CommandSpec spec, final String against, final boolean ipv6, final boolean captures) {
        for (final String option : List.of("--rule-count", "--tier")) {
            if (!any() && isGiven(spec, option)) {
                throw Options.usage(spec, option + " needs --rules MIX or --rules-file FILE, the rules that it is about");
            }
        }
        if (sets != null && file == null) {
            throw Options.usage(spec, "--sets-file needs --rules-file FILE, whose rules name the sets");
        }
        if (!any()) {
            return;
        }
        if (mix != null && file != null) {
            throw Options.usage(spec, "--rules and --rules-file do not go together; give one of them");
        }
        if (mix != null && RuleMix.of(mix) == null) {
            throw Options.usage(spec, "there are no --rules '" + mix + "'; supported are " + String.join(", ", RuleMix.names()));
        }
        if (mix == null) {
            if (isGiven(spec, "--rule-count")) {
                throw Options.usage(spec, "--rule-count needs --rules MIX; a file has the rules that it has");
            }
            if (against.equals(PeerArguments.DPDK)) {
                throw Options.usage(spec, "--against dpdk needs --rules MIX; a file's rules ask for more than it knows");
            }
            if (PEERS.contains(against) && (ipv6 || captures)) {
                throw Options.usage(spec, "--against is for the built-in IPv4 flows; leave " + (ipv6 ? "--ipv6" : "--in") + " out");
            }
        } else if (ipv6 || captures) {
            throw Options.usage(spec, "--rules brings IPv4 flows of its own; leave " + (ipv6 ? "--ipv6" : "--in") + " out");
        }
        for (final String option : ALONE) {
            if (isGiven(spec, option)) {
                throw Options.usage(spec, option + " and rules do not go together; leave one of them out");
            }
        }
        (mix == null ? List.<Integer>of() : counts()).forEach(count -> Options.check(spec, "--rule-count", count, 2, RuleSet.MAX_RULES));
        checkTiers(spec);
        if (!against.equals(PeerArguments.NOBODY) && !PEERS.contains(against)) {
            throw Options.usage(spec, "'" + against + "' takes no rules; supported are none, " + String.join(", ", PEERS));
        }
    }

    private void checkTiers(final CommandSpec spec) {
        if (tiers == null || tiers.equals(List.of(ALL))) {
            return;
        }
        for (final String tier : tiers) {
            if (RuleTier.of(tier) == null) {
                throw Options.usage(spec, "there is no --tier '" + tier + "'; supported are all, " + String.join(", ",
                        RuleTier.names()));
            }
        }
    }

    /** Whether there are any. */
    boolean any() {
        return mix != null || file != null;
    }

    /** Whether it is one measurement, in this JVM. */
    boolean isSingle(final PeerArguments peers) {
        return !any() || tiers().size() == 1 && counts().size() == 1 && !peers.any() && peers.runs() == 1;
    }

    /** What a single measurement is about. */
    RuleOptions single() {
        return !any() ? RuleOptions.NONE
                : new RuleOptions(mix == null ? null : RuleMix.of(mix), counts().getFirst(), file, sets, tiers().getFirst());
    }

    /** How many rules, one after the other; a file has what it has. */
    List<Integer> counts() {
        return counts != null ? counts : mix == null ? List.of(0) : List.of(10, 100, 1_000, 10_000, 40_000);
    }

    /** What is to run them. */
    List<RuleTier> tiers() {
        if (tiers == null || tiers.equals(List.of(ALL))) {
            return List.of(RuleTier.PLAIN, RuleTier.INDEXED, RuleTier.SPECIALIZED);
        }
        final List<RuleTier> list = new ArrayList<>();
        tiers.forEach(tier -> list.add(RuleTier.of(tier)));
        return list;
    }

    /** Who does the same, with a run that lasts so long; null for nobody. */
    static RulePeer peer(final String against, final int cpu, final double seconds) {
        return switch (against) {
            case KERNEL -> new KernelRules(KernelRules.Kind.IPTABLES, cpu, seconds);
            case NFT -> new KernelRules(KernelRules.Kind.NFT, cpu, seconds);
            case PeerArguments.DPDK -> new DpdkAcl(cpu, seconds);
            default -> null;
        };
    }

    /** What the peer is given: so many made-up rules with so many flows, or the file's. */
    PeerRules peerRules(final int count, final int flows) {
        return mix == null ? PeerRules.of(file, sets, flows) : PeerRules.of(RuleSet.of(mix(), count, flows));
    }

    /** What the rules are called. */
    String source() {
        return mix == null ? file.getFileName().toString() : mix;
    }

    /** The made-up ones, or null. */
    RuleMix mix() {
        return mix == null ? null : RuleMix.of(mix);
    }

    private static boolean isGiven(final CommandSpec spec, final String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }
}
