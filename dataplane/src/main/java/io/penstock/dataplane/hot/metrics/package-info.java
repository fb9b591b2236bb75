/**
 * The counters that workers write and where they lie in a worker's and a port's block. Per packet, on worker threads; public
 * to the pipeline and to {@code metrics}, which makes and reads the file that holds the blocks.
 */
package io.penstock.dataplane.hot.metrics;
