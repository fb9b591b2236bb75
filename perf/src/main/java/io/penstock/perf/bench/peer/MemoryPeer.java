package io.penstock.perf.bench.peer;

import io.penstock.perf.connections.ConnectionMix;
import java.util.Arrays;
import java.util.List;

/**
 * A peer that is given the packets that the engine is given, from memory, on one CPU.
 *
 * <p>Invariant: of a run nothing is left when it ends, or when the process is told to end meanwhile.
 *
 * <p>Threads: one at a time.
 */
public interface MemoryPeer {

    /** Its name in options and results, without what follows a colon. */
    String name();

    /** What it does with packets, for people. */
    String what(boolean tracked);

    /** Refuses a machine without it; its version. */
    String require(boolean tracked);

    /** Flows at the most. */
    int mostFlows();

    /** Why it cannot do something, one sentence, or null; {@code mix} is null for forwarding alone. */
    String refusal(ConnectionMix mix, int rulesBetween);

    /**
     * Starts it, gives it packets, measures and ends it.
     *
     * @param cpu         where it handles packets
     * @param warmSeconds before it is measured
     */
    PeerRun run(PeerTraffic traffic, int cpu, double warmSeconds, double seconds);

    /** The one of that name, or null. */
    static MemoryPeer of(final String name) {
        return switch (name) {
            case "testpmd", "testpmd:mac" -> new TestpmdPeer(TestpmdPeer.Mode.MAC);
            case "testpmd:csum" -> new TestpmdPeer(TestpmdPeer.Mode.CSUM);
            case "testpmd:5tswap" -> new TestpmdPeer(TestpmdPeer.Mode.SWAP);
            case "ovs" -> new OvsPeer();
            case "kernel" -> new KernelPeer(KernelPeer.Rules.IPTABLES);
            case "nft" -> new KernelPeer(KernelPeer.Rules.NFT);
            default -> null;
        };
    }

    /** All names. */
    static List<String> names() {
        return Arrays.asList("testpmd", "testpmd:mac", "testpmd:csum", "testpmd:5tswap", "ovs", "kernel", "nft");
    }
}
