/**
 * Packets that rules have logged or traced, on their way from a worker to whoever writes the lines. Workers produce, a control thread
 * consumes.
 */
package io.penstock.dataplane.hot.log;
