/**
 * TCP clients and servers that live whole lives (connect, ask, be answered, close), check every segment that reaches them, and send again what is not
 * answered: what measures connections through a firewall, between ports in memory or AF_XDP sockets.
 *
 * <pre>
 *  TcpClients --frames out--> what is measured --frames in--> TcpServers
 *             <--frames in---                  <--frames out--
 * </pre>
 */
package io.penstock.perf.connections.tcp;
