/**
 * Counters as a file that another process can map: made by the data plane, read by {@code stat}. Control.
 */
package io.penstock.dataplane.metrics;
