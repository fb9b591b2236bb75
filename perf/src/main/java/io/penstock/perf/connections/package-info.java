/**
 * Flows for measuring connections: their packets, in both directions, made as they are asked for, and rules that track and translate them.
 */
package io.penstock.perf.connections;
