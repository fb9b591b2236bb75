package io.penstock.perf.bench.lab;

import io.penstock.perf.Main;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ChildJvm;
import io.penstock.perf.bench.measure.ShutdownHooks;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One child that measures. When this process is told to end, the child is, too, and this process stays until it and what it
 * started are gone: what it has made, it removes.
 *
 * <p>Invariants: 1. nothing of a child is left when {@link #run} returns or this process is gone; 2. a child that ended because this process
 * was told to end has no result.
 *
 * <p>Threads: one that waits, one for each of the child's outputs, and the shutdown hook.
 */
final class LabChild {

    /** What children exit with that SIGINT or SIGTERM ended: the JVM's. */
    private static final List<Integer> BY_SIGNAL = List.of(130, 143);
    /** A terminal sends its signal to children and to this process at once: within so long, its own has come. Unit: s. */
    private static final long OWN_SIGNAL_S = 3;
    /** For removing namespaces and unloading programs, after which it is ended the hard way. Unit: s. */
    private static final long CLEAN_UP_S = 60;
    /** Of its errors, what is kept: the last words say why. */
    private static final int KEPT_LINES = 30;

    private final List<String> command;
    private final long mostSeconds;
    private final long cleanUpSeconds;
    private final Consumer<String> progress;
    private final Deque<String> errors = new ArrayDeque<>();
    private volatile boolean ending;

    private LabChild(final List<String> command, final long mostSeconds, final long cleanUpSeconds, final Consumer<String> progress) {
        this.command = command;
        this.mostSeconds = mostSeconds;
        this.cleanUpSeconds = cleanUpSeconds;
        this.progress = progress;
    }

    /**
     * Runs a command of this program to its end.
     *
     * @param arguments   of its command line
     * @param mostSeconds after which it is ended
     * @param progress    is told what it says on its error output
     */
    static Result run(final List<String> arguments, final long mostSeconds, final Consumer<String> progress) {
        return runProgram(ChildJvm.command(List.of(), Main.class.getName(), arguments), mostSeconds, CLEAN_UP_S, progress);
    }

    /**
     * Runs any program so.
     *
     * @param cleanUpSeconds after being told to end, it is ended the hard way; what it started must not keep its outputs open for longer
     */
    static Result runProgram(final List<String> command, final long mostSeconds, final long cleanUpSeconds, final Consumer<String> progress) {
        return new LabChild(command, mostSeconds, cleanUpSeconds, progress).run();
    }

    private Result run() {
        Process process = null;
        Thread hook = null;
        try {
            process = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null"))).start();
            final Process started = process;
            hook = Thread.ofPlatform().name("end-measurement").unstarted(() -> {
                ending = true;
                end(started);
            });
            Runtime.getRuntime().addShutdownHook(hook);
            final CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> text(started), LabChild::onThread);
            final CompletableFuture<Void> said = CompletableFuture.runAsync(() -> readErrors(started), LabChild::onThread);
            final boolean inTime = process.waitFor(mostSeconds, TimeUnit.SECONDS);
            if (!inTime) {
                end(process);
            }
            // Even one that is ended the hard way takes a moment.
            if (!process.waitFor(cleanUpSeconds, TimeUnit.SECONDS)) {
                throw new BenchException("a measurement does not end, though it was killed: pid=" + process.pid()
                        + "; see what it waits for in /proc/" + process.pid() + "/stack, and start this machine anew");
            }
            said.get(cleanUpSeconds, TimeUnit.SECONDS);
            waitForOwnEnd(process.exitValue());
            return new Result(inTime ? process.exitValue() : -1, output.get(cleanUpSeconds, TimeUnit.SECONDS), errors(inTime));
        } catch (final TimeoutException e) {
            throw new BenchException("what a measurement started has outlived it and keeps its output open: seconds=" + cleanUpSeconds
                    + " last_words=" + lastWords() + "; see 'ps -ef' for what is left, and end it");
        } catch (final IOException | ExecutionException | IllegalStateException e) {
            // A hook cannot be registered when this process is ending already.
            throw new BenchException("a measurement cannot be run: " + e + "; see whether " + command.getFirst()
                    + " can be started and memory is free");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } finally {
            if (process != null && process.isAlive()) {
                end(process);
            }
            ShutdownHooks.forget(hook);
        }
    }

    /** Where a signal ended the child, this process is about to end too, and there is nothing to be told. */
    private void waitForOwnEnd(final int exitCode) throws InterruptedException {
        if (BY_SIGNAL.contains(exitCode) || ending) {
            TimeUnit.SECONDS.sleep(OWN_SIGNAL_S);
            while (ending) {
                TimeUnit.SECONDS.sleep(OWN_SIGNAL_S);
            }
        }
    }

    /** Tells it to end, and waits for it and what it started. */
    private void end(final Process process) {
        final List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        process.destroy();
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(cleanUpSeconds);
        for (final ProcessHandle handle : all) {
            try {
                handle.onExit().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (final TimeoutException | ExecutionException e) {
                handle.destroyForcibly();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                handle.destroyForcibly();
            }
        }
    }

    private List<String> errors(final boolean inTime) {
        final List<String> all = said();
        if (!inTime) {
            all.add("it did not end within " + mostSeconds + " s, and was ended");
        }
        return all;
    }

    private String lastWords() {
        final List<String> all = said();
        return all.isEmpty() ? "none" : '"' + all.getLast() + '"';
    }

    /** Who has the child's outputs may still be writing. */
    private List<String> said() {
        synchronized (errors) {
            return new ArrayList<>(errors);
        }
    }

    private void readErrors(final Process process) {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    synchronized (errors) {
                        errors.addLast(line);
                        if (errors.size() > KEPT_LINES) {
                            errors.removeFirst();
                        }
                    }
                    progress.accept(line);
                }
            }
        } catch (final IOException e) {
            // It has gone: its exit code tells.
        }
    }

    private static String text(final Process process) {
        try (InputStreamReader reader = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
            final StringBuilder text = new StringBuilder();
            final char[] part = new char[8192];
            for (int n = reader.read(part); n >= 0; n = reader.read(part)) {
                text.append(part, 0, n);
            }
            return text.toString();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void onThread(final Runnable task) {
        Thread.ofPlatform().daemon().name("measurement-output").start(task);
    }

    /**
     * What a child has left.
     *
     * @param exitCode -1 for one that took too long
     * @param errors   the last lines
     */
    record Result(int exitCode, String output, List<String> errors) {
    }
}
