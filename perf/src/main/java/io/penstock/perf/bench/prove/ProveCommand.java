package io.penstock.perf.bench.prove;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Options;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench prove}: whether the measurements find what they should. */
@Command(
        name = "prove",
        description = {
            "Show that a worsening is found: 20 ns and 16 bytes a packet, put into the forwarding stage on purpose, by 'bench compare', and pauses "
                + "of 2 ms by 'bench latency'; and that nothing is found where there is nothing.",
            "",
            "Everything is measured in JVMs of its own, in turn, and by how much those differ is what is taken for noise. It takes about three "
                + "minutes; a machine that is busy otherwise may fail it, and then its other measurements are worth as little."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all was found", "1:something was not, or failed", "2:usage"})
public final class ProveCommand implements Callable<Integer> {

    private static final double LEAST_SECONDS = 0.1;
    private static final double MOST_SECONDS = 3600;
    private static final int MOST_RUNS = 100;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "2", description = "How long each measurement lasts (default ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Processes for each (default ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    @Override
    public Integer call() {
        Options.checkSeconds(spec, "--seconds", seconds, LEAST_SECONDS, MOST_SECONDS);
        Options.check(spec, "--runs", runs, 1, MOST_RUNS);
        try {
            final List<Proof> proofs = new Prove(seconds, runs, spec.commandLine().getErr()).run();
            Options.print(spec, json ? json(proofs) + '\n' : text(proofs));
            return proofs.stream().allMatch(Proof::found) ? ExitCode.DONE : ExitCode.FAILED;
        } catch (final BenchException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return e.exitCode();
        }
    }

    static String text(final List<Proof> proofs) {
        return proofs.stream().map(proof -> proof.text() + '\n').collect(Collectors.joining());
    }

    static String json(final List<Proof> proofs) {
        final Json json = new Json().object().name("proofs").array();
        proofs.forEach(proof -> json.object().field("what", proof.what()).field("found", proof.found()).field("change", proof.change()).end());
        json.end().field("found", proofs.stream().allMatch(Proof::found));
        MachineFacts.ofThis().write(json.name("machine"));
        return json.end().toString();
    }
}
