package io.penstock.dataplane.ipvs.model;

import io.penstock.os.netlink.IpAddress;

/** What names a server within its service. */
public record ServerKey(IpAddress address, int port) {
}
