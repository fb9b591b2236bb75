package io.penstock.dataplane.demo;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs other programs to their end. Threads: any. */
public final class Programs {

    private Programs() {
    }

    /** What a program printed, standard output and error in one, and its exit code. */
    public record Result(int exit, String output) {
    }

    /** True when a program of that name can be run. */
    public static boolean exist(final String name) {
        final String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
    }

    /** Runs a program that has to succeed and returns what it printed. */
    public static String run(final List<String> command) {
        final Result result = attempt(command);
        if (result.exit != 0) {
            throw new DemoException('\'' + String.join(" ", command) + "' failed: exit=" + result.exit + ": "
                    + result.output.strip());
        }
        return result.output;
    }

    /** Starts a program; its standard output and error are one. */
    public static Process start(final List<String> command) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Meant for the user's own data plane, not for the demonstration's.
        builder.environment().remove("PENSTOCK_SOCKET");
        return builder.start();
    }

    /** Runs a program that may fail. */
    public static Result attempt(final List<String> command) {
        try {
            final Process process = start(command);
            process.getOutputStream().close();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (final IOException e) {
            throw new DemoException("cannot run '" + command.getFirst() + "': " + e.getMessage(), e);
        } catch (final InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Asks a process to end, and insists after a while. */
    public static void end(final Process process, final long patienceSeconds) {
        process.destroy();
        try {
            if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** What to throw when waiting was interrupted; the flag is set again. */
    public static DemoException interrupted(final InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new DemoException("interrupted", cause);
    }
}
