/** Proof of speed: JMH, traffic generators, latency histograms, side-by-side runs against peers. */
package io.penstock.perf;
