package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.os.netlink.IpAddress;

/**
 * Who says sorry when no server can.
 *
 * @param port 0 for the service's
 */
public record SorryServer(IpAddress address, int port, Forwarding method) {
}
