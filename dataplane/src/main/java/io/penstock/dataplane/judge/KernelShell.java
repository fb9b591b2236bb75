package io.penstock.dataplane.judge;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A shell in the kernel's namespace that runs commands, one after the other: a process of its own for each costs a shell less than it costs the
 * virtual machine.
 *
 * <p>Invariant: behind what a command says comes a mark on both outputs, which no command says.
 *
 * <p>Threads: one.
 */
final class KernelShell implements AutoCloseable {

    private static final int MARK = 1;
    private static final int PATIENCE_SECONDS = 5;
    private static final String END = "PENSTOCK-JUDGE-END";

    private final Process process;
    private final OutputStream in;
    private final InputStream out;
    private final InputStream err;

    /** In the calling thread's namespace. */
    KernelShell() {
        try {
            final ProcessBuilder shell = new ProcessBuilder("sh");
            // Nobody asks a name server for what is no address: the question would be a packet of the router's own.
            shell.environment().put("RES_OPTIONS", "attempts:0");
            process = shell.start();
        } catch (final IOException e) {
            throw new JudgeException("cannot run 'sh': " + e.getMessage(), e);
        }
        in = process.getOutputStream();
        out = new BufferedInputStream(process.getInputStream());
        err = new BufferedInputStream(process.getErrorStream());
    }

    /** Runs a command with something to read. */
    ToolAnswer run(final List<String> words, final String input) {
        final StringBuilder script = new StringBuilder();
        words.forEach(word -> script.append('\'').append(word.replace("'", "'\\''")).append("' "));
        if (input.isEmpty()) {
            script.append("</dev/null\n");
        } else {
            script.append("<<'").append(END).append("'\n").append(input).append(END).append('\n');
        }
        script.append("printf '\\n\\001%d\\n' $?; printf '\\n\\001\\n' >&2\n");
        try {
            in.write(script.toString().getBytes(StandardCharsets.ISO_8859_1));
            in.flush();
            final String said = untilMark(out);
            final int status = Integer.parseInt(line(out));
            final String complained = untilMark(err);
            line(err);
            return new ToolAnswer(status, said, complained);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String untilMark(final InputStream from) throws IOException {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        int one = from.read();
        while (one != MARK) {
            if (one < 0) {
                throw new IOException("the shell in the kernel's namespace has ended");
            }
            text.write(one);
            one = from.read();
        }
        final String all = text.toString(StandardCharsets.ISO_8859_1);
        return all.substring(0, all.length() - 1);
    }

    private static String line(final InputStream from) throws IOException {
        final StringBuilder text = new StringBuilder();
        for (int one = from.read(); one != '\n' && one >= 0; one = from.read()) {
            text.append((char) one);
        }
        return text.toString();
    }

    @Override
    public void close() {
        try {
            in.close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (final IOException _) {
            process.destroyForcibly();
        } catch (final InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
