/**
 * Tunnels to servers of virtual services: packets put into packets (IPIP, GRE, GUE), what that takes of an MTU, and errors about the
 * outer packet that are news for the client. Hot: called by workers. Public: all but sizes.
 */
package io.penstock.dataplane.hot.ipvs.tunnel;
