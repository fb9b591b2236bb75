/**
 * The demonstration: namespaces with real sockets around a real data plane, and an account of every packet. Control; it
 * drives {@code penstock run}, {@code penstock stat}, {@code ipvsadm} and {@code penstock drain} from outside, as an operator would. Where there is no
 * right to that, the router's conversation goes through {@code replay} in captures. Public: the command, and what else runs other programs.
 *
 * <pre>
 *  DemoCommand --+-- ForwardDemo: DemoNetwork, DataPlaneProcess, Flow, Ping ------------ DemoReport -----+--> Screen, JSON
 *                +-- BalancerDemo: BalancerNetwork, DataPlaneProcess, WebServer, WebLoad - BalancerReport -+
 *                +-- ReplayDemo: Conversation, Connection, FrameWriter, Arrivals --------- ReplayReport ---+
 * </pre>
 */
package io.penstock.dataplane.demo;
