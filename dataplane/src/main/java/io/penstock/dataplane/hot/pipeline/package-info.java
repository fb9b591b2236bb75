/**
 * The way of a batch: parsing, the steps between the hooks, and what becomes of each packet. Hot: runs on worker threads,
 * per packet.
 */
package io.penstock.dataplane.hot.pipeline;
