/**
 * Keeps the servers of virtual services healthy: checks, what follows of them, sorry servers, drain. Control, on threads of its own
 * beside the workers; public are {@link io.penstock.dataplane.ipvs.health.HealthChecks}, the rules that it follows and the checks in them.
 */
package io.penstock.dataplane.ipvs.health;
