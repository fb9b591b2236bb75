/**
 * The pipeline: ports, workers, hooks, routing, neighbours, forwarding, virtual servers, queues, control socket, command
 * line, metrics.
 *
 * <p>Packages below {@code hot} run per packet on worker threads; those below {@code api} are public; the rest is control.
 */
package io.penstock.dataplane;
