/**
 * Commands over a running data plane: the tables of a namespace as commands see them, files of rules, the control socket, and its client,
 * which is what {@code iptables} and its like are. Control threads; a command runs on the thread of its connection.
 */
package io.penstock.dataplane.control;
