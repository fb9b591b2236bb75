package io.penstock.dataplane.cli;

import io.penstock.dataplane.doctor.Doctor;
import io.penstock.dataplane.doctor.Finding;
import io.penstock.dataplane.doctor.Finding.Level;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: one line for each thing that matters, and the command that mends it. */
@Command(
        name = "doctor",
        description = "Check this machine and network namespace; change nothing.",
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Penstock can run here", "1:something fails", "2:usage"})
public final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    @Override
    public Integer call() {
        final List<Finding> findings = Doctor.examine();
        final PrintWriter out = spec.commandLine().getOut();
        out.print(json ? json(findings) + '\n' : text(findings, spec.commandLine().getColorScheme().ansi()));
        out.flush();
        return worst(findings) == Level.FAIL ? ExitCode.FAILED : ExitCode.DONE;
    }

    static String text(final List<Finding> findings, final Ansi ansi) {
        final StringBuilder out = new StringBuilder();
        for (final Finding finding : findings) {
            final String colour = switch (finding.level()) {
                case OK -> "green";
                case WARN -> "yellow";
                case FAIL -> "red";
            };
            final String level = ansi.string("@|" + colour + ' ' + finding.level() + "|@");
            out.append(level).repeat(' ', 5 - finding.level().name().length());
            out.append(finding.topic()).repeat(' ', Math.max(1, 11 - finding.topic().length())).append(finding.what()).append('\n');
            if (!finding.mend().isEmpty()) {
                out.repeat(' ', 16).append("mend: ").append(finding.mend()).append('\n');
            }
        }
        final long warnings = findings.stream().filter(f -> f.level() == Level.WARN).count();
        final long failures = findings.stream().filter(f -> f.level() == Level.FAIL).count();
        out.append(failures == 0 ? "Penstock can run here: " : "Penstock cannot run here: ")
                .append("ok=").append(findings.size() - warnings - failures)
                .append(" warn=").append(warnings)
                .append(" fail=").append(failures)
                .append('\n');
        return out.toString();
    }

    static String json(final List<Finding> findings) {
        final Json json = new Json().object().field("worst", worst(findings).name()).name("checks").array();
        for (final Finding finding : findings) {
            json.object()
                    .field("level", finding.level().name())
                    .field("topic", finding.topic())
                    .field("what", finding.what())
                    .field("mend", finding.mend().isEmpty() ? null : finding.mend())
                    .end();
        }
        return json.end().end().toString();
    }

    private static Level worst(final List<Finding> findings) {
        return findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.OK);
    }
}
