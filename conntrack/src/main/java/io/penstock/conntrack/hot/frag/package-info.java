/**
 * Fragments that wait for the rest of their packet, the packet put together, and the way it is cut again. Hot: a worker calls it for packets that are
 * fragments, and each has a store of its own. Public: the store, its settings, results and memory account, and the cutters.
 */
package io.penstock.conntrack.hot.frag;
