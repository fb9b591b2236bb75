/**
 * Routing: from links, routes and neighbours, as the kernel or a configuration gives them, to the forwarding table. Control:
 * one thread. Public: {@code Routing}, {@code RoutingPort}, {@code NeighbourResolver}, {@code StaticNetwork}.
 */
package io.penstock.dataplane.route;
