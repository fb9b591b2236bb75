package io.penstock.dataplane.ipvs.model;

/**
 * A server as it is.
 *
 * @param spec       with {@link Forwarding#LOCAL} where it is this host
 * @param active     connections that are established
 * @param inactive   the others
 * @param persistent clients that stay with it
 * @param rate       per second, as {@code ipvsadm --rate} has it
 */
public record ServerState(
        ServerKey key, ServerSpec spec, long active, long inactive, long persistent, Traffic traffic, Traffic rate) {
}
