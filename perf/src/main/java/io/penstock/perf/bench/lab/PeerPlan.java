package io.penstock.perf.bench.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * What of a plan is the engine beside peers, each with packets from memory, in turn.
 *
 * <p>Threads: one.
 */
final class PeerPlan {

    private final boolean quick;

    PeerPlan(final boolean quick) {
        this.quick = quick;
    }

    List<Measurement> measurements() {
        final List<Measurement> all = new ArrayList<>();
        all.add(beside("beside-testpmd-forward", "forwarding beside testpmd, memory to memory", Need.TESTPMD, "testpmd"));
        all.add(beside("beside-ovs-snat", "SNAT beside Open vSwitch, memory to memory", Need.OVS, "ovs", "--connections", "snat"));
        if (!quick) {
            all.add(beside("beside-ovs-forward", "forwarding beside Open vSwitch, memory to memory", Need.OVS, "ovs"));
            all.add(beside("beside-ovs-established", "connections beside Open vSwitch, memory to memory", Need.OVS, "ovs", "--connections", "established"));
            all.add(beside("beside-kernel-forward", "forwarding beside the kernel, memory to memory", Need.KERNEL, "kernel"));
            all.add(beside("beside-kernel-snat", "SNAT beside the kernel's iptables, memory to memory", Need.IPTABLES, "kernel", "--connections", "snat"));
            all.add(beside("beside-nft-snat", "SNAT beside the kernel's nft, memory to memory", Need.NFT, "nft", "--connections", "snat"));
            for (final String mix : List.of("equality", "classbench")) {
                all.add(beside("beside-acl-" + mix, "rules, " + mix + ", beside rte_acl", Need.DPDK_ACL, "dpdk", "--rules", mix, "--rule-count",
                        "1000,10000", "--tier", "specialized"));
                all.add(beside("beside-kernel-" + mix, "rules, " + mix + ", beside the kernel's iptables", Need.IPTABLES, "kernel", "--rules", mix,
                        "--rule-count", "1000", "--tier", "specialized"));
            }
        }
        return all;
    }

    private Measurement beside(final String id, final String title, final Need peer, final String name, final String... arguments) {
        final List<String> command = new ArrayList<>(List.of("bench", "engine"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--against", name));
        command.addAll(quick ? List.of("--seconds", "1", "--warm-up", "3", "--runs", "2") : List.of("--seconds", "5", "--warm-up", "12", "--runs", "5"));
        // Without the peer it is what is measured anyway: so not at all.
        final Measurement measurement = Measurement.of(id, title, quick ? 18 : 120, command.toArray(String[]::new)).beside(peer);
        return peer == Need.TESTPMD || peer == Need.DPDK_ACL ? measurement : measurement.needing(Need.ROOT);
    }
}
