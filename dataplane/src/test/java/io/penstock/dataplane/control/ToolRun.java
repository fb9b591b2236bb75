package io.penstock.dataplane.control;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What a tool did, run in this process against a control socket.
 *
 * @param status the exit status
 * @param out    standard output
 * @param err    standard error
 */
public record ToolRun(int status, String out, String err) {

    /** Runs a tool that has nothing to read. */
    public static ToolRun of(final Path socket, final String command) {
        return of(socket, "", command);
    }

    /** Runs a tool that reads a text; the command is words between blanks. */
    public static ToolRun of(final Path socket, final String input, final String command) {
        return of(socket, new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)), command);
    }

    /** Runs a tool that reads a stream. */
    public static ToolRun of(final Path socket, final InputStream input, final String command) {
        return of(socket, input, new ByteArrayOutputStream(), command);
    }

    /** Runs a tool that has nothing to read; what it prints can be seen meanwhile. */
    public static ToolRun of(final Path socket, final ByteArrayOutputStream out, final String command) {
        return of(socket, InputStream.nullInputStream(), out, command);
    }

    private static ToolRun of(final Path socket, final InputStream input, final ByteArrayOutputStream out, final String command) {
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final int status = new ToolClient(socket, input, out, err).run(List.of(command.split(" ")));
        return new ToolRun(status, out.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.ISO_8859_1));
    }

    /** Runs a tool that must end well without a complaint; gives what it printed. */
    public static String ok(final Path socket, final String command) {
        final ToolRun run = of(socket, command);
        if (run.status != 0 || !run.err.isEmpty()) {
            throw new AssertionError(command + ": " + run);
        }
        return run.out;
    }
}
