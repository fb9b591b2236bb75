package io.penstock.dataplane.ipvs.model;

/** A server of a service, by their names. */
public record ServerOfService(ServiceKey service, ServerKey server) {
}
