/** Measurements as they were printed, and what moved beyond the noise between two. */
package io.penstock.perf.bench.compare;
