/**
 * How long packets take, and why the slow ones do: {@code bench latency}; and whether that changes in the course of hours: {@code bench soak}.
 *
 * <pre>
 *  arrivals, by the clock --> ring --> engine --> histograms, log of what was slow --+
 *  JVM's log: pauses, code given up -------------------------------------------------+--> Attribution --> causes
 *  kernel: who had the worker's CPU instead, what the machine below took ------------+
 * </pre>
 */
package io.penstock.perf.bench.latency;
