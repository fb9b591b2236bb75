/**
 * The table of connections: an index that leads from tuples to entries, the entries' memory, and what puts connections in, finds them and takes
 * them out. Hot: a {@code TableWorker} belongs to one worker thread; {@code ConnTable} has what control threads may call. Public to the modules
 * above: {@code ConnTable}, {@code TableWorker}, {@code ConnLimit}, {@code TableCounter}, {@code ConfirmResult}, {@code TupleHash}.
 */
package io.penstock.conntrack.hot.table;
