/**
 * Connections as two RFCs measure them: RFC 9693 (stateful gateways) and what RFC 9411 asks of a firewall's connections. Each procedure is one class that
 * drives a device through an interface, and each device is there twice: the engine between ports in memory, and a gateway between namespaces.
 *
 * <pre>
 *  Rfc9693Command --> Rfc9693 (searches) --> TrackingDevice: EngineTracker | WireTracker
 *  Rfc9411Command --> Rfc9411            --> TcpDevice:      EngineTcp     | WireTcp
 * </pre>
 */
package io.penstock.perf.bench.connections;
