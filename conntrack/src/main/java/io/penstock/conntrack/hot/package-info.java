/**
 * What all that deals with connections shares: the entry's layout, its status, the directions, and when it ends. Hot: called per packet from
 * worker threads; stateless; public to every module above.
 */
package io.penstock.conntrack.hot;
