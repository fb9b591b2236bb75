/**
 * Tables of rules at the hooks: what stands between a hook's packet and the programs of {@code io.penstock.rules.hot}. Hot: runs on
 * worker threads, per packet.
 */
package io.penstock.dataplane.hot.rules;
