package io.penstock.dataplane.replay;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.config.ConfigurationException;
import io.penstock.dataplane.pcap.PcapException;
import io.penstock.dataplane.run.HookJars;
import io.penstock.dataplane.run.RunException;
import io.penstock.os.sys.SysException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replay}: captures in, captures and verdicts out, by the engine that runs on live ports. Needs no privilege. */
@Command(
        name = "replay",
        description = {
            "Run captures through the same engine that serves live ports; needs no privilege.",
            "",
            "The clock is the packets' timestamps. A capture is pcap or pcapng, Ethernet or raw IP; several are merged by "
                + "time. Ports and their addresses, routes and neighbours come from the configuration; a neighbour that it "
                + "does not know, and a port itself, has the Ethernet address 02:00 followed by the last four bytes of its "
                + "address. Frames to any unicast address are taken."},
        exitCodeOnInvalidInput = ExitCode.USAGE,
        footerHeading = "%nFiles in DIR, replaced where they exist:%n",
        footer = {
            "  PORT.pcap       what left each port (Ethernet)",
            "  local.pcap      what was delivered to the host (Ethernet: it may be ARP)",
            "  verdicts.jsonl  a line for each input packet, in order",
            "  iptables-save.txt, ip6tables-save.txt",
            "                  the tables of rules at the end, with counters",
            "  conntrack.txt   the connections at the end, as 'conntrack -L'",
            "  ipset.txt       the sets at the end, as 'ipset save'",
            "  ipvsadm.txt     the virtual services at the end, as 'ipvsadm -Ln --stats --exact'",
            "  ipvs-connections.txt",
            "                  their connections, as 'ipvsadm -Lnc'",
            "  log.txt         what rules have logged, if they have",
            "  counters.json   as 'stat --json'; written last"},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage", "4:configuration refused"})
public final class ReplayCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The configuration, with its network.")
    private Path config;

    @Option(
            names = "--in",
            paramLabel = "PORT=PCAP",
            required = true,
            arity = "1..*",
            description = "What a port receives; with 'local' for PORT, what the host's own sockets send.")
    private List<String> in;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where results go; made if need be.")
    private Path out;

    @Option(
            names = "--until",
            paramLabel = "SECONDS",
            description = "Let the clock run on to this time since 1970; one before the first packet counts from it.")
    private BigDecimal until;

    @Option(names = "--hook-jar", paramLabel = "JAR", description = "Load hook functions, or matches and targets for rules, "
            + "from a jar; may be repeated.")
    private List<Path> hookJars = List.of();

    @Override
    public Integer call() {
        final List<ReplayInput> inputs = in.stream().map(this::input).toList();
        final PrintWriter err = spec.commandLine().getErr();
        try {
            // The configuration's rules may name what is in them.
            final HookJars jars = HookJars.open(hookJars);
            final ReplaySummary summary = Replay.run(
                    new ConfigurationBuilder().file(config).build(), inputs, out, until,
                    jars::register);
            summary.notes().forEach(err::println);
            final PrintWriter results = spec.commandLine().getOut();
            results.print(summary.text());
            results.flush();
            if (summary.counters().unaccounted() != 0) {
                err.println("the engine lost track of packets, a defect: unaccounted=" + summary.counters().unaccounted());
                return ExitCode.FAILED;
            }
            return ExitCode.DONE;
        } catch (final ConfigurationException e) {
            err.println(e.getMessage());
            return ExitCode.CONFIGURATION_REFUSED;
        } catch (final ReplayException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final PcapException | RunException | SysException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private ReplayInput input(final String text) {
        final int equals = text.indexOf('=');
        if (equals <= 0 || equals == text.length() - 1) {
            throw new ParameterException(spec.commandLine(),
                    "--in " + text + " is not PORT=PCAP; give a port's name and a capture, such as --in lan=lan.pcap");
        }
        try {
            return new ReplayInput(text.substring(0, equals), Path.of(text.substring(equals + 1)));
        } catch (final InvalidPathException e) {
            throw new ParameterException(spec.commandLine(), "--in " + text + ": not a path: " + e.getMessage(), e);
        }
    }
}
