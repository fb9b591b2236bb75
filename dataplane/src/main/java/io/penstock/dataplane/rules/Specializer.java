package io.penstock.dataplane.rules;

import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.compile.Specialization;
import io.penstock.rules.hot.TableProgram;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Gives tables in force classes of their own, made and warmed beside the path: when a table has not changed for a while.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Many changes in a row cost one class, for the last of them.</li>
 *   <li>A table that is replaced meanwhile keeps its memory until its class is done with, which is then thrown away.</li>
 *   <li>A class comes into force when the JIT compiler has compiled it, however busy the machine is: when it is as fast as the index.</li>
 * </ol>
 *
 * <p>Threads: one of its own; {@link #changed} any.
 */
public final class Specializer implements AutoCloseable {

    /** How long a table rests before it gets a class. Unit: ms. Shorter would make classes in the middle of a script's many changes. */
    private static final long REST_MS = 500;

    /** Packets that warm a class, in rounds with a pause between, in which the JIT compiler can catch up. Unit: packets at each hook. */
    private static final int ROUND_PACKETS = 5_000;
    private static final int LEAST_ROUNDS = 6;
    private static final long PAUSE_MS = 20;

    /**
     * A class is compiled when it takes no more than this of the index's CPU time, in several rounds in a row. Interpreted it takes twenty
     * times as much, compiled to count what it does three times. Lower would refuse a class by chance.
     */
    private static final double COMPILED = 1.3;
    private static final int ROUNDS_IN_A_ROW = 3;

    /** How long a class may take until then; one that is no faster than the index is not worth having. Unit: ms. */
    private static final long PATIENCE_MS = 30_000;

    private static final long END_MS = 5_000;

    private final Consumer<String> reporter;
    private final ScheduledExecutorService thread;

    /**
     * A specializer.
     *
     * @param threads  makes its thread
     * @param reporter is told when a class could not be made; its table is searched as before
     */
    public Specializer(final ThreadFactory threads, final Consumer<String> reporter) {
        this.reporter = reporter;
        this.thread = Executors.newSingleThreadScheduledExecutor(threads);
    }

    /**
     * A table has come into force.
     *
     * @param use puts the class's programs into force, if the table is still in force; called on the specializer's thread
     * @return to be cancelled when the table is replaced
     */
    ScheduledFuture<?> changed(final CompiledTable table, final Consumer<List<TableProgram>> use) {
        return thread.schedule(() -> specialize(table, use), REST_MS, TimeUnit.MILLISECONDS);
    }

    private void specialize(final CompiledTable table, final Consumer<List<TableProgram>> use) {
        if (!table.hold()) {
            return;
        }
        try (table) {
            final Specialization own = table.specialize();
            if (own == null) {
                return;
            }
            if (warm(own)) {
                use.accept(own.programs());
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final RuntimeException | LinkageError e) {
            reporter.accept("table " + table.table().name().text() + " gets no class of its own and is searched as before: " + e);
        }
    }

    /** Returns whether it is fit for use: no worker is to run it interpreted. */
    private static boolean warm(final Specialization own) throws InterruptedException {
        final long startNs = System.nanoTime();
        int fast = 0;
        for (int round = 1; round < LEAST_ROUNDS || fast < ROUNDS_IN_A_ROW; round++) {
            fast = own.warm(ROUND_PACKETS) <= COMPILED ? fast + 1 : 0;
            if (System.nanoTime() - startNs > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS)) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
        return true;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(END_MS, TimeUnit.MILLISECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
