/**
 * A data plane in memory that runs before the real one does, so that the JIT compiler has seen the worker's loop and the rules' code at
 * work, and what changes under way, before a packet comes that somebody sent. Control; its worker is a thread of its own.
 */
package io.penstock.dataplane.rehearsal;
