/**
 * Flows for measuring connections: their packets, in both directions, made as they are asked for, and rules that track and translate them; the same
 * between one client and one server, by all their ports ({@code PairFlows}, RFC 9693); and tuples to look up in a table of their own.
 */
package io.penstock.perf.connections;
