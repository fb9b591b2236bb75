package io.penstock.dataplane.ipvs.health;

import io.penstock.os.sys.Linux;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a program ends with exit status 0. Of arguments {@code {address}}, {@code {port}} and {@code {service}} are replaced.
 *
 * <p>The program is started by {@code setsid} (util-linux), so that what it has started itself can be killed with it when the time is over. What it prints
 * is thrown away.
 *
 * @param program   an executable file
 * @param arguments after it
 */
public record ScriptCheck(Path program, List<String> arguments) implements Check {

    private static final int SIGKILL = 9;
    private static final File NOTHING = new File("/dev/null");

    /** Copies what could change. */
    public ScriptCheck {
        arguments = List.copyOf(arguments);
    }

    @Override
    public String kind() {
        return "script";
    }

    @Override
    public boolean needsPort() {
        return arguments.stream().anyMatch(a -> a.contains("{port}"));
    }

    @Override
    public String run(final CheckRun run) throws CheckFailure, IOException, InterruptedException {
        if (!Files.isExecutable(program)) {
            throw CheckFailure.unable("there is no executable file " + program);
        }
        final List<String> command = new ArrayList<>(List.of("setsid", program.toString()));
        for (final String argument : arguments) {
            command.add(argument.replace("{address}", run.address().toString())
                    .replace("{port}", Integer.toString(run.port()))
                    .replace("{service}", run.service()));
        }
        final Group group = run.open(() -> new Group(new ProcessBuilder(command)
                .redirectInput(Redirect.from(NOTHING))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start()));
        final int status = group.process.waitFor();
        if (run.isOver()) {
            throw CheckFailure.of(run.late().getMessage() + ", killed");
        }
        if (status != 0) {
            throw CheckFailure.of("exit status " + status);
        }
        return "exit status 0";
    }

    /** A process that leads a group of its own. */
    private record Group(Process process) implements AutoCloseable {

        @Override
        public void close() {
            if (process.isAlive()) {
                Linux.kill(-Math.toIntExact(process.pid()), SIGKILL);
                // Before setsid has made the group there is none to kill.
                process.destroyForcibly();
            }
        }
    }
}
