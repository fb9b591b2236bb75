package io.penstock.perf.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the two commands refuse. */
final class AllCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter err = new StringWriter();

    @Test
    void shouldRefuseWordsThatNothingHas() {
        assertEquals(2, run(new AllCommand(), "--only", "nothing-like-that", "--list"));
        assertTrue(err.toString().startsWith("no measurement has a name or command with --only nothing-like-that; 'bench all --list' tells all names"),
                err.toString());
    }

    @Test
    void shouldRefuseASeedThatIsNone() {
        assertEquals(2, run(new AllCommand(), "--seed", "-1", "--list"));
        assertTrue(err.toString().startsWith("--seed=-1 is out of range: least=0 most=2147483647"), err.toString());
    }

    @Test
    void shouldRefuseToReportWhatIsNotThere() {
        assertEquals(2, run(new ReportCommand(), folder.toString()));
        assertEquals(folder + " holds no results: file=run.json is missing; give the folder that 'bench all' wrote to\n", err.toString());
    }

    private int run(final Object command, final String... arguments) {
        return new CommandLine(command).setErr(new PrintWriter(err, true)).execute(arguments);
    }
}
