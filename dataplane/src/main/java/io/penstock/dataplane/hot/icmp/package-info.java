/**
 * What a router says about packets that it cannot forward, or that had better go another way: ICMP and ICMPv6 errors and
 * redirects, whether they may be sent, how they look, and how often. Hot: called from worker threads for packets that are
 * not forwarded; the limits are shared by all workers of a namespace. Public: all but helpers.
 */
package io.penstock.dataplane.hot.icmp;
