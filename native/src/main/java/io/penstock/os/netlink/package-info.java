/**
 * rtnetlink without libraries: what the kernel has (links, addresses, rules, routes, neighbours), kept in step by
 * {@link io.penstock.os.netlink.KernelMirror}, and the few requests that Penstock makes of it. Control: one thread per
 * object; nothing here runs per packet. Public: all that a consumer of the kernel's configuration needs.
 */
package io.penstock.os.netlink;
