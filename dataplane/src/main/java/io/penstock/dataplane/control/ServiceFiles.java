package io.penstock.dataplane.control;

import io.penstock.dataplane.ipvs.health.HealthStatus;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.text.IpvsadmCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Files of virtual services: a line each as {@code ipvsadm -S} prints them, and {@code --set} for timeouts. Lines that begin with {@code #} are comments.
 *
 * <p>Threads: the services'.
 */
final class ServiceFiles {

    /** Why a line is refused that ipvsadm would run. */
    static final String WHAT_FILES_SAY = "a file of services holds what 'ipvsadm -S' prints, lines of -A and -a, and --set for timeouts";

    /** What the tool says where a line has no command, or another's. */
    private static final String NO_COMMAND = "Try `";

    private ServiceFiles() {
    }

    /**
     * Reads a file; changes nothing.
     *
     * @param store    whose schedulers there are
     * @param warnings takes what ipvsadm says without refusing
     * @throws RulesException when it is refused
     */
    static StagedServices read(final Path file, final ServiceStore store, final Consumer<String> warnings) {
        if (!Files.exists(file) || Files.isDirectory(file)) {
            throw new RulesException(file + ": there is no such file of services; check services: or --services");
        }
        final String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            throw new RulesException(file + ": the file cannot be read: " + e.getMessage() + "; check its rights");
        }
        final StagedServices staged = new StagedServices(store.schedulers());
        final Runner runner = new Runner(staged, warnings);
        final String[] lines = text.split("\n");
        for (int i = 0; i < lines.length; i++) {
            final List<String> words = words(lines[i]);
            if (!words.isEmpty()) {
                staged.line(i + 1);
                try {
                    runner.run(words);
                } catch (final RulesException e) {
                    throw refusal(file, i + 1, e.getMessage());
                }
            }
        }
        try {
            staged.end();
        } catch (final ServiceProblem e) {
            throw refusal(file, staged.line(), e.getMessage());
        }
        return staged;
    }

    private static List<String> words(final String line) {
        final List<String> words = new ArrayList<>();
        if (!line.startsWith("#")) {
            for (final String word : line.split("[ \t\r]+")) {
                // As ipvsadm -R has it, wherever it is.
                if (!word.isEmpty() && !word.equals(ServiceCommands.IPVSADM)) {
                    words.add(word);
                }
            }
        }
        return words;
    }

    /** Runs line after line. */
    private static final class Runner {

        private final StagedServices staged;
        private final Consumer<String> warnings;
        private final IpvsadmCommand command;
        // One of each for all lines: a stream's buffers are more than a line's work.
        private final ByteArrayOutputStream said = new ByteArrayOutputStream();
        private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        private final PrintStream err = new PrintStream(said, false, StandardCharsets.ISO_8859_1);
        private final PrintStream out = new PrintStream(printed, false, StandardCharsets.ISO_8859_1);

        private Runner(final StagedServices staged, final Consumer<String> warnings) {
            this.staged = staged;
            this.warnings = warnings;
            this.command = new IpvsadmCommand(staged);
        }

        private void run(final List<String> words) {
            said.reset();
            final int changes = staged.changes();
            final int status = command.run(words, InputStream.nullInputStream(), out, err);
            err.flush();
            out.flush();
            final List<String> told = said.size() == 0 ? List.of()
                    : said.toString(StandardCharsets.ISO_8859_1).lines().filter(line -> !line.isBlank()).toList();
            if (status != 0) {
                throw new RulesException(told.isEmpty() || told.getFirst().startsWith(NO_COMMAND) ? WHAT_FILES_SAY
                        : String.join(": ", told.stream().map(line -> line.replaceFirst("^penstock: ", "")).toList()));
            }
            if (staged.changes() == changes || printed.size() > 0) {
                throw new RulesException(WHAT_FILES_SAY);
            }
            told.forEach(warnings);
        }
    }

    /**
     * Puts a file's services in the place of those that are there: what it does not name is removed, what is as it says is not touched.
     *
     * @param staged   what {@link #read} has read of the file
     * @param health   of servers that checks have changed
     * @param warnings takes what keeps services from being of use
     * @return what checks are to be told when the services are in force
     * @throws RulesException when they are refused; then nothing has changed
     */
    static List<ServicePlan.Told> apply(
            final Path file, final StagedServices staged, final ServiceStore store, final List<HealthStatus> health,
            final Consumer<String> warnings) {
        final ServicePlan plan = new ServicePlan(store, staged, health);
        store.together(plan::run);
        final ServiceProblem problem = plan.problem();
        if (problem != null) {
            throw refusal(file, plan.line(), problem.getMessage() == null ? problem.kind().name() : problem.getMessage());
        }
        staged.wanted().keySet().stream().map(store::advice).filter(advice -> advice != null).forEach(warnings);
        return plan.told();
    }

    private static RulesException refusal(final Path file, final int line, final String reason) {
        return new RulesException(file + ":" + line + ": the services are refused: " + reason);
    }
}
