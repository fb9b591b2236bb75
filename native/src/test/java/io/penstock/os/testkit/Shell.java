package io.penstock.os.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs commands for tests; a command that fails fails the test with what it printed. */
public final class Shell {

    private Shell() {
    }

    /** Runs one command line, split at blanks, and returns what it printed. */
    public static String sh(final String line, final Object... arguments) {
        final String command = arguments.length == 0 ? line : line.formatted(arguments);
        final Result result = attempt(List.of(command.trim().split("\\s+")));
        if (result.exit != 0) {
            throw new AssertionError("'" + command + "' exited " + result.exit + ":\n" + result.output);
        }
        return result.output;
    }

    /** Runs a command that may fail. */
    public static Result attempt(final List<String> command) {
        try {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An exit code with standard output and error in one. */
    public record Result(int exit, String output) {
    }
}
