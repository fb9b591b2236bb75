/**
 * Writes the forwarding table that the workers read: prefixes into the tries, adjacencies into their slots, everything in
 * place and without stopping a reader. Control: one thread. Public: {@code FibWriter}, {@code Adjacencies},
 * {@code Reclaimer}.
 */
package io.penstock.dataplane.fib;
