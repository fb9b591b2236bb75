package io.penstock.dataplane.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A data plane in a namespace, started, asked and stopped by its own commands.
 *
 * <p>Invariants:
 * <ol>
 *   <li>{@link #close} ends the process, whatever state it is in; a second close does nothing.</li>
 *   <li>What it prints is read until it ends, so that it never waits for a reader.</li>
 * </ol>
 *
 * <p>Threads: one, and {@link #close} from any.
 */
final class DataPlaneProcess implements AutoCloseable {

    /** A JVM, two ports and the compilation of the hook programs take about a second; a loaded machine several. */
    private static final long READY_SECONDS = 30;

    /** Detaching takes milliseconds; past this the process hangs, and its attachments end with it all the same. */
    private static final long END_SECONDS = 5;

    /** Enough to show what went wrong, bounded whatever the process prints. */
    private static final int KEPT_LINES = 40;

    private final List<String> enter;
    private final List<String> penstock;
    private final Deque<String> printed = new ArrayDeque<>();
    private final CountDownLatch readyOrOver = new CountDownLatch(1);
    private volatile boolean ready;
    private volatile Process process;
    private boolean closed;

    /**
     * Nothing yet.
     *
     * @param netns    the namespace that it will run in
     * @param penstock the command line that stands for {@code penstock}
     */
    DataPlaneProcess(final String netns, final List<String> penstock) {
        this.enter = List.of("ip", "netns", "exec", netns);
        this.penstock = penstock;
    }

    /** Starts it and returns when it forwards. */
    void start(final List<String> options) {
        synchronized (this) {
            if (closed) {
                throw new DemoException("interrupted");
            }
            try {
                process = Programs.start(command("run", options));
            } catch (final IOException e) {
                throw new DemoException("cannot start the data plane: " + e.getMessage(), e);
            }
        }
        Thread.ofPlatform().name("demo-data-plane-output").daemon().start(this::read);
        try {
            final boolean told = readyOrOver.await(READY_SECONDS, TimeUnit.SECONDS);
            if (!ready) {
                throw new DemoException("the data plane did not become ready: "
                        + (told ? "exit=" + process.waitFor() : "waited=" + READY_SECONDS + "s") + "; it printed:\n" + printed());
            }
        } catch (final InterruptedException e) {
            throw Programs.interrupted(e);
        }
    }

    /** True while it runs. */
    boolean isAlive() {
        return process.isAlive();
    }

    /** The last lines that it printed. */
    String printed() {
        synchronized (printed) {
            return String.join("\n", printed);
        }
    }

    /** What {@code stat --json} says. */
    Counts stat() {
        return Counts.parse(Programs.run(command("stat", List.of("--json"))));
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            Programs.end(process, END_SECONDS);
        }
    }

    private List<String> command(final String name, final List<String> options) {
        final List<String> command = new ArrayList<>(enter);
        command.addAll(penstock);
        command.add(name);
        command.addAll(options);
        return command;
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("ready")) {
                    ready = true;
                    readyOrOver.countDown();
                    continue;
                }
                synchronized (printed) {
                    printed.addLast(line);
                    if (printed.size() > KEPT_LINES) {
                        printed.removeFirst();
                    }
                }
            }
        } catch (final IOException e) {
            synchronized (printed) {
                printed.addLast("(its output ended: " + e.getMessage() + ')');
            }
        } finally {
            readyOrOver.countDown();
        }
    }
}
