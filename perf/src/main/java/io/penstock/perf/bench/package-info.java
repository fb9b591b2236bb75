/**
 * {@code penstock bench}: measures, prints, compares. Control, but for {@link io.penstock.perf.bench.engine.BenchLoop}, which is what a
 * worker does between memory ports and runs on a thread of its own.
 *
 * <pre>
 *  wire  engine  table  sets  update      what is measured
 *    |     |       |      |     |
 *    +-----+-- compare ---+-----+         what came of it, as JSON, and whether that has changed
 *                 |
 *              measure                    how: JVMs, threads, clocks, spread
 * </pre>
 *
 * <p>A result is one JSON object in one line. {@code compare} reads any of them: numbers under their own names, and beside a
 * number NAME an optional array {@code NAME_runs} of repeated measurements (for {@code mpps} it is {@code runs}), from which
 * the noise is told.
 */
package io.penstock.perf.bench;
