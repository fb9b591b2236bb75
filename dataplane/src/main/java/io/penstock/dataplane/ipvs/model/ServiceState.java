package io.penstock.dataplane.ipvs.model;

import java.util.List;

/**
 * A service as it is.
 *
 * @param servers in the order in which schedulers go through them
 * @param rate    per second, as {@code ipvsadm --rate} has it
 */
public record ServiceState(ServiceKey key, ServiceSpec spec, List<ServerState> servers, Traffic traffic, Traffic rate) {
}
