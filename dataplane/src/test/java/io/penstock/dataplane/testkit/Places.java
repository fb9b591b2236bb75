package io.penstock.dataplane.testkit;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.hot.pipeline.HookList;

/** How to register for each list of hook functions, and how to send a packet through it. */
public final class Places {

    private Places() {
    }

    /** The registration of one function. */
    public static HookOps ops(final HookList list, final String name, final int priority, final HookFunction function) {
        final HookOps ops = HookOps.of(name, list.family(), list.point(), priority, function);
        return switch (list) {
            case INGRESS -> ops.on("lan");
            case EGRESS -> ops.on("wan");
            default -> ops;
        };
    }

    /** Registers one function. */
    public static Registration register(
            final TestEngine engine, final HookList list, final int priority, final HookFunction function) {
        return engine.hooks.register(ops(list, "test", priority, function));
    }

    /** A packet that passes the list. */
    public static byte[] packet(final HookList list) {
        return switch (list.point()) {
            case ARP_IN, ARP_OUT -> Packets.arp();
            case LOCAL_IN -> list.family() == Family.IPV6 ? Packets.udp6("2001:db8::fe") : Packets.udp4("10.0.0.254");
            default -> list.family() == Family.IPV6 ? Packets.udp6("2001:db8:1::5") : Packets.udp4("10.1.0.5");
        };
    }

    /** Sends a batch of such packets through the engine. */
    public static void send(final TestEngine engine, final HookList list, final int packets) {
        final byte[][] batch = new byte[packets][];
        for (int i = 0; i < packets; i++) {
            batch[i] = packet(list);
        }
        switch (list) {
            case IPV4_LOCAL_OUT, IPV6_LOCAL_OUT -> engine.originate(batch);
            case ARP_OUT -> engine.originateBy(TestEngine.WAN, batch);
            default -> engine.receive(TestEngine.LAN, batch);
        }
    }

    /** What becomes of them when all functions accept. */
    public static String accepted(final HookList list) {
        return switch (list) {
            case IPV4_LOCAL_IN, IPV6_LOCAL_IN, ARP_IN -> "delivered";
            default -> "forwarded";
        };
    }

    /** How many packets have reached what follows the list. */
    public static long arrived(final TestEngine engine, final HookList list) {
        return accepted(list).equals("delivered") ? engine.counters().delivered : engine.counters().forwarded;
    }
}
