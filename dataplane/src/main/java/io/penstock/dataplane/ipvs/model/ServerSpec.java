package io.penstock.dataplane.ipvs.model;

/**
 * What a command says of a server beside its name.
 *
 * @param method {@link Forwarding#LOCAL} is what {@link ServiceStore} finds out itself; nobody asks for it
 * @param weight 0 to 2^31 - 1; 0 takes no new connections
 * @param upper  connections above which it takes no new ones, unsigned 32 bits; 0 for no bound
 * @param lower  connections below which it takes new ones again, unsigned 32 bits; 0 for three quarters of the upper bound
 * @param tunnel of {@link Forwarding#TUNNEL}; of others {@link TunnelSpec#IPIP}
 */
public record ServerSpec(Forwarding method, int weight, long upper, long lower, TunnelSpec tunnel) {
}
