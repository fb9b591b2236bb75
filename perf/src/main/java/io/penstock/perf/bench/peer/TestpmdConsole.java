package io.penstock.perf.bench.peer;

import io.penstock.dataplane.demo.Programs;
import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A running testpmd that is told what to do line by line, as somebody at its prompt would. When this process ends in whatever way, its input does, and it
 * with it.
 *
 * <p>Threads: one, {@link #close} from any, and one that reads.
 */
final class TestpmdConsole implements AutoCloseable {

    private static final Pattern PROMPT = Pattern.compile("testpmd> ");
    private static final Pattern COMPLAINT = Pattern.compile("(?m)^.*(?:EAL: .*(?:[Cc]annot|[Ff]ail|No free|invalid)|Cause:|PANIC|pcap|[Ee]rror).*$");
    /** Memory for a million packets takes it seconds. */
    private static final long PATIENCE_MS = 30_000;
    private static final long END_SECONDS = 5;
    private static final int TOLD_CHARACTERS = 600;

    private final Process process;
    private final CleanUp end;
    private final Writer input;
    private final StringBuilder printed = new StringBuilder();
    private int read;
    private boolean over;

    private TestpmdConsole(final Process process) {
        this.process = process;
        this.end = new CleanUp(() -> Programs.end(process, END_SECONDS));
        this.input = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts it and waits for its prompt. */
    static TestpmdConsole start(final List<String> command) {
        final TestpmdConsole console;
        try {
            console = new TestpmdConsole(Programs.start(command));
        } catch (final IOException e) {
            throw new BenchException("testpmd cannot be started: " + e.getMessage());
        }
        Thread.ofPlatform().name("output-of-testpmd").daemon().start(console::gather);
        try {
            console.await(PROMPT);
            return console;
        } catch (final RuntimeException e) {
            console.close();
            throw e;
        }
    }

    long pid() {
        return process.pid();
    }

    /** Says something and returns what it answers: from there on what a pattern finds. */
    Matcher ask(final String line, final Pattern answer) {
        try {
            input.write(line + '\n');
            input.flush();
        } catch (final IOException e) {
            throw failure("it does not listen: " + e.getMessage());
        }
        return await(answer);
    }

    @Override
    public void close() {
        end.close();
    }

    private synchronized Matcher await(final Pattern pattern) {
        final long endNs = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (true) {
            final String text = printed.substring(read);
            final Matcher matcher = pattern.matcher(text);
            if (matcher.find()) {
                read += matcher.end();
                return matcher;
            }
            final long leftMs = (endNs - System.nanoTime()) / 1_000_000;
            if (over || leftMs <= 0) {
                throw failure(over ? "it has ended" : "it does not answer: waited_ms=" + PATIENCE_MS);
            }
            try {
                wait(leftMs);
            } catch (final InterruptedException e) {
                throw Programs.interrupted(e);
            }
        }
    }

    private synchronized BenchException failure(final String what) {
        final StringBuilder said = new StringBuilder();
        COMPLAINT.matcher(printed).results().forEach(line -> said.append(said.isEmpty() ? "" : "; ").append(line.group().strip()));
        final String text = said.isEmpty() ? printed.toString().strip() : said.toString();
        return new BenchException("testpmd failed: " + what + "; it printed: " + text.substring(Math.max(0, text.length() - TOLD_CHARACTERS)));
    }

    private void gather() {
        try (Reader reader = process.inputReader(StandardCharsets.UTF_8)) {
            final char[] some = new char[4096];
            for (int n = reader.read(some); n >= 0; n = reader.read(some)) {
                add(new String(some, 0, n));
            }
        } catch (final IOException e) {
            add("(its output ended: " + e.getMessage() + ')');
        } finally {
            stopWaiting();
        }
    }

    private synchronized void add(final String text) {
        printed.append(text);
        notifyAll();
    }

    private synchronized void stopWaiting() {
        over = true;
        notifyAll();
    }
}
