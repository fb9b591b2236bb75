package io.penstock.dataplane.judge;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.config.ConfigurationException;
import io.penstock.dataplane.judge.random.FlowScenarios;
import io.penstock.dataplane.judge.random.RuleScenarios;
import io.penstock.dataplane.judge.random.Scenarios;
import io.penstock.dataplane.judge.random.SetScenario;
import io.penstock.dataplane.judge.random.SetScenarios;
import io.penstock.dataplane.pcap.PcapException;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.replay.ReplayException;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import io.penstock.rules.api.IpFamily;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code judge}: the same configuration and packets through the kernel and through Penstock; differences are printed. */
@Command(
        name = "judge",
        description = {
            "Put the same configuration and the same packets through the kernel and through Penstock; print every difference.",
            "",
            "The kernel routes in a network namespace of its own, which is gone when the command ends, however it ends. The "
                + "engine is that of 'replay'. Packets are given to both one after the other; what leaves each port and what "
                + "reaches this host must be the same bytes. Answers of the host itself are left out, and so is what is random: "
                + "IP identifications and flow labels of ICMP errors, the choice among the ways of a multipath route (it must "
                + "be one of them, the same for a flow), readings of the clock.",
            "Limits on ICMP are off unless the configuration sets them.",
            "With rules in the configuration, they go to iptables-legacy-restore too, and what they have counted must be the same in the "
                + "end, as iptables-save -c says it. Matches of time go by each side's own clock. With net.netfilter.nf_log_all_netns=1, so "
                + "must what they and net.netfilter.nf_conntrack_log_invalid have logged.",
            "",
            "Needs root."},
        exitCodeOnInvalidInput = ExitCode.USAGE,
        footerHeading = "%nExamples:%n",
        footer = {
            "  penstock judge --config router.yaml --in lan=lan.pcap --in wan=wan.pcap",
            "  penstock judge --random 500 --packets 2000 --seed 1 --keep found",
            "  penstock judge --random 500 --packets 500 --rules",
            "  penstock judge --random 500 --packets 200 --flows",
            "  penstock judge --random 500 --sets"},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:no difference", "1:differences, or failed", "2:usage", "4:configuration refused"})
public final class JudgeCommand implements Callable<Integer> {

    private static final int MAX_PACKETS = 1_000_000;
    private static final int DEFAULT_SET_PACKETS = 120;
    private static final String NEEDS_ROOT = "judge makes a network namespace, which needs root; run 'sudo penstock judge ...'";

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration, with its network.")
    private Path config;

    @Option(names = "--in", paramLabel = "PORT=PCAP", arity = "1..*",
            description = "What a port receives: Ethernet or raw IP, merged by time.")
    private List<String> in = List.of();

    @Option(names = "--random", paramLabel = "N", description = "Instead of a configuration: this many random set-ups.")
    private Integer random;

    @Option(names = "--packets", paramLabel = "M", description = "Random packets for each set-up (default: 1000; with --sets 120).")
    private Integer packets;

    @Option(names = "--seed", paramLabel = "S", description = "The first set-up's seed (default: 1); the next one has the next.")
    private Long seed;

    @Option(names = "--ipv4", description = "Random IPv4 only (default: both families, in turn).")
    private boolean ipv4;

    @Option(names = "--ipv6", description = "Random IPv6 only.")
    private boolean ipv6;

    @Option(names = "--rules",
            description = "With --random: a plain router each time, with random iptables rules and packets for them. How many rules there "
                    + "were of each kind of match and target, and how many of them took a packet, is printed.")
    private boolean rules;

    @Option(names = "--flows",
            description = "With --random: connections that answer what the kernel lets through, with rules about them, address translation too. "
                    + "Compared are, besides, all connections in the end, as conntrack -L says them, and what conntrack -S counts.")
    private boolean flows;

    @Option(names = "--sets",
            description = "With --random: IP sets, with random commands about them, rules that use them, and packets. Compared are what ipset "
                    + "says to each command, all sets after some of them, and the rest as for --rules; a difference ends its set-up, and the least that shows "
                    + "it is printed.")
    private boolean sets;

    @Option(names = "--tiers",
            description = "With --random: rules as for --rules, not through the kernel, but through every way in which Penstock runs rules; "
                    + "needs no root.")
    private boolean tiers;

    @Option(names = "--engine", paramLabel = "KIND",
            description = "compiled (default); plain: without generated code; or both: the two must do the same.")
    private String engine;

    @Option(names = "--keep", paramLabel = "DIR",
            description = "Make a case of each kind of difference as small as can be, and keep it there as a fixture.")
    private Path keep;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        check();
        final PrintWriter err = spec.commandLine().getErr();
        if (sets) {
            return sets(err);
        }
        final Findings findings = flows ? Findings.ofFlows() : new Findings();
        try (Judge judge = new Judge("plain".equals(engine) ? ProgramKind.PLAIN : ProgramKind.COMPILED,
                "both".equals(engine) || "plain".equals(engine) ? ProgramKind.PLAIN : ProgramKind.COMPILED)) {
            if (random == null) {
                given(judge, findings, err);
            } else {
                random(judge, findings, err);
            }
            keep(judge, findings, err);
        } catch (final ConfigurationException e) {
            return fail(err, e.getMessage(), ExitCode.CONFIGURATION_REFUSED);
        } catch (final JudgeException e) {
            return fail(err, e.getMessage(), e.exitCode());
        } catch (final ReplayException e) {
            return fail(err, e.getMessage(), e.exitCode());
        } catch (final SysException e) {
            return fail(err, e.errno() == Errno.EPERM ? NEEDS_ROOT : e.getMessage(), ExitCode.FAILED);
        } catch (final PcapException e) {
            return fail(err, e.getMessage(), ExitCode.FAILED);
        }
        final PrintWriter out = spec.commandLine().getOut();
        out.print(json ? findings.json() + '\n' : findings.text());
        out.flush();
        return findings.isClean() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void check() {
        if ((random == null) == (config == null)) {
            throw usage("give either --config FILE with --in PORT=PCAP, or --random N");
        }
        if (random == null && in.isEmpty()) {
            throw usage("--config needs packets; add --in PORT=PCAP");
        }
        if (random == null && (packets != null || seed != null || ipv4 || ipv6)) {
            throw usage("--packets, --seed, --ipv4 and --ipv6 are for --random");
        }
        if (random != null && !in.isEmpty()) {
            throw usage("--random makes its own packets; remove --in");
        }
        if (random != null && random < 1 || packets != null && (packets < 1 || packets > MAX_PACKETS)) {
            throw usage("--random and --packets are 1 at least, and --packets " + MAX_PACKETS + " at most");
        }
        if (rules && flows || flows && tiers) {
            throw usage("--flows has rules of its own, which run as a user's do; remove --rules and --tiers");
        }
        if (random == null && (rules || tiers || flows)) {
            throw usage("--rules, --flows and --tiers are for --random; rules of your own are named in the configuration: rules: { ipv4: FILE }");
        }
        if (sets && (random == null || rules || flows || tiers || json || keep != null || "both".equals(engine))) {
            throw usage("--sets is for --random, alone, and prints text; remove --rules, --flows, --tiers, --json, --keep and --engine both");
        }
        if (tiers && (engine != null || keep != null)) {
            throw usage("--tiers compares all engines, and keeps nothing; remove --engine and --keep");
        }
        if (engine != null && !List.of("compiled", "plain", "both").contains(engine)) {
            throw usage("--engine " + engine + " is none; give compiled, plain or both");
        }
        if (ipv4 && ipv6) {
            throw usage("both families are the default; remove --ipv4 and --ipv6");
        }
    }

    private void given(final Judge judge, final Findings findings, final PrintWriter err) {
        final Configuration configuration = new ConfigurationBuilder().file(config).build();
        final List<Path> captures = new ArrayList<>();
        final List<Integer> ports = new ArrayList<>();
        for (final String input : in) {
            final int equals = input.indexOf('=');
            if (equals <= 0 || equals == input.length() - 1) {
                throw usage("--in " + input + " is not PORT=PCAP; give a port's name and a capture, such as --in lan=lan.pcap");
            }
            final int port = configuration.portIndex(input.substring(0, equals));
            if (port < 0) {
                throw usage("--in " + input + ": there is no port of that name; ports are "
                        + String.join(", ", configuration.ports().stream().map(p -> p.name()).toList()));
            }
            ports.add(port);
            try {
                captures.add(Path.of(input.substring(equals + 1)));
            } catch (final InvalidPathException e) {
                throw usage("--in " + input + ": not a path: " + e.getMessage());
            }
        }
        final Captures reader = new Captures();
        final Case subject = new Case(tree(configuration), reader.read(captures, ports));
        if (reader.skipped() > 0) {
            err.println("left out, being no IP packets: packets=" + reader.skipped());
        }
        findings.add(config.toString(), subject, judge.judge(subject));
    }

    /** The file's own words, with paths that hold from anywhere. */
    private ConfigTree tree(final Configuration configuration) {
        final ConfigTree tree;
        try {
            tree = ConfigTree.parse(Files.readString(config));
        } catch (final IOException e) {
            throw new JudgeException("cannot read " + config + ": " + e.getMessage(), e);
        }
        RuleFiles.inline(tree.map("rules"), "ipv4", configuration.rules4());
        RuleFiles.inline(tree.map("rules"), "ipv6", configuration.rules6());
        RuleFiles.inline(tree.root(), "sets", configuration.sets());
        absolute(tree.root(), "services", configuration.services());
        if (tree.map("rules").isEmpty()) {
            tree.root().remove("rules");
        }
        return tree;
    }

    private static void absolute(final Map<String, Object> map, final String key, final Path path) {
        if (path != null) {
            map.put(key, path.toAbsolutePath().toString());
        }
    }

    private void random(final Judge judge, final Findings findings, final PrintWriter err) {
        final long first = seed == null ? 1 : seed;
        final int each = packets == null ? 1000 : packets;
        final Progress progress = new Progress(err, random);
        int refused = 0;
        // Random set-ups may be such that the kernel takes them for a mistake: others come in their place.
        for (int i = 0; i - refused < random && refused <= random; i++) {
            final boolean six = ipv6 || !ipv4 && i % 2 == 1;
            final String name = "--seed " + (first + i) + (six ? " --ipv6" : " --ipv4");
            try {
                if (flows) {
                    flows(judge, findings, name, FlowScenarios.of(six ? IpFamily.IPV6 : IpFamily.IPV4, first + i, each), each);
                } else {
                    final Case subject = subject(first + i, six, each);
                    findings.add(name, subject, tiers ? judge.tiers(subject) : judge.judge(subject));
                }
            } catch (final ReplayException e) {
                if (!rules && !tiers && !flows) {
                    throw e;
                }
                findings.defect(name, "Penstock refuses what the kernel takes: " + e.getMessage());
            } catch (final JudgeException e) {
                if (e.exitCode() != ExitCode.CONFIGURATION_REFUSED) {
                    throw e;
                }
                findings.refuse(name, e.getMessage());
                refused++;
            }
            progress.done(i + 1 - refused, findings.packets(), findings.differences());
        }
        findings.refused().forEach(why -> err.println("not judged: " + why));
    }

    private int sets(final PrintWriter err) {
        final long first = seed == null ? 1 : seed;
        final int each = packets == null ? DEFAULT_SET_PACKETS : packets;
        try (SetsJudge judge = new SetsJudge("plain".equals(engine) ? ProgramKind.PLAIN : ProgramKind.COMPILED)) {
            final SetFindings findings = new SetFindings(judge.types());
            final Progress progress = new Progress(err, random);
            for (int i = 0; i < random; i++) {
                final boolean six = ipv6 || !ipv4 && i % 2 == 1;
                final SetScenario scenario = SetScenarios.of(six ? IpFamily.IPV6 : IpFamily.IPV4, first + i, each, judge.types());
                final SetTrial.Outcome outcome = judge.judge(scenario);
                final String name = "--seed " + (first + i) + (six ? " --ipv6" : " --ipv4");
                if (findings.add(name, outcome)) {
                    err.println(name + ": " + outcome.difference().kind());
                    err.flush();
                    findings.smallest(outcome.difference(), judge.shrink(scenario, outcome.difference()));
                }
                progress.done(i + 1, findings.packets(), findings.differences());
            }
            final PrintWriter out = spec.commandLine().getOut();
            out.print(findings.text());
            out.flush();
            return findings.isClean() ? ExitCode.DONE : ExitCode.FAILED;
        } catch (final JudgeException e) {
            return fail(err, e.getMessage(), e.exitCode());
        } catch (final SysException e) {
            return fail(err, e.errno() == Errno.EPERM ? NEEDS_ROOT : e.getMessage(), ExitCode.FAILED);
        }
    }

    private static void flows(
            final Judge judge, final Findings findings, final String name, final FlowScenarios.Scenario scenario, final int each) {
        final List<Arrival> arrivals = new ArrayList<>();
        final Judge.Finding finding = judge.judge(scenario.config(), scenario.traffic(), arrivals, each);
        findings.add(name, new Case(scenario.config(), arrivals), finding);
    }

    private Case subject(final long number, final boolean six, final int each) {
        if (rules || tiers) {
            return RuleScenarios.of(six ? IpFamily.IPV6 : IpFamily.IPV4, number, each);
        }
        return six ? Scenarios.ipv6(number, each) : Scenarios.ipv4(number, each);
    }

    private void keep(final Judge judge, final Findings findings, final PrintWriter err) {
        if (keep == null) {
            return;
        }
        final Keeper keeper = new Keeper(judge, keep);
        for (final Map.Entry<String, Findings.Kind> kind : findings.kinds()) {
            err.println("kept " + keeper.keep(kind.getKey(), kind.getValue()));
            err.flush();
        }
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static int fail(final PrintWriter err, final String message, final int code) {
        err.println(message);
        return code;
    }
}
