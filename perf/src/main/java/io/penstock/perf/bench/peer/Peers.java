package io.penstock.perf.bench.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** All peers that there are commands for. Source of the packages: Debian 12. Threads: any. */
public final class Peers {

    /** EAL tells its version before it looks at anything else. */
    private static final Pattern DPDK = Pattern.compile("RTE Version: '(DPDK [^']+)'");
    private static final List<String> EAL = List.of("-v", "--in-memory", "--no-huge", "-m", "1", "--no-pci", "--help");
    private static final List<String> DPDK_PACKAGE = List.of("dpdk-dev");
    private static final Pattern WHOLE_LINE = Pattern.compile("(?m)^(\\S.*?)\\s*$");

    static final String TESTPMD = "testpmd";
    static final String OVS = "ovs";
    static final String KERNEL = "kernel";
    static final String IPTABLES = "iptables";
    static final String NFT = "nft";

    private static final List<Peer> ALL = List.of(
            dpdk(TESTPMD, TestpmdPeer.PROGRAM, "forwarding by the MAC address, with or without checksums, ports exchanged; no routes, no state",
                    "engine --against testpmd, wire --against testpmd"),
            new Peer(OVS, List.of(OvsInstance.PROGRAM, "ovsdb-server", "ovsdb-tool", "ovs-vsctl", "ovs-ofctl", "ovs-appctl"),
                    List.of("openvswitch-switch-dpdk"), () -> List.of(OvsInstance.program(), "--version"),
                    Pattern.compile("\\(Open vSwitch\\) (\\S+)\\s+(DPDK \\S+)"),
                    "forwarding, connection tracking and NAT in user space over DPDK", "engine --against ovs, wire --against ovs"),
            dpdk("rte_acl", "dpdk-test-acl", "classification by rules", "engine --rules MIX --against dpdk"),
            dpdk("rte_hash", "dpdk-test", "look-ups in a hash table", "connections --against dpdk"),
            dpdk("rte_fib", "dpdk-test-fib", "look-ups of routes", "fib --against dpdk"),
            new Peer(KERNEL, List.of("ip"), List.of("iproute2"), () -> List.of("uname", "-sr"), WHOLE_LINE,
                    "forwarding", "engine --against kernel, wire --against kernel"),
            new Peer(IPTABLES, List.of("iptables-legacy-restore", "iptables-legacy"), List.of("iptables"),
                    () -> List.of("iptables-legacy", "--version"), WHOLE_LINE, "the kernel's rules, connection tracking and NAT by iptables-legacy",
                    "engine --rules or --connections --against kernel, wire --connections --against kernel"),
            new Peer(NFT, List.of("nft", NftRules.PROGRAM), List.of("nftables", "iptables"), () -> List.of("nft", "--version"),
                    WHOLE_LINE, "the kernel's rules, connection tracking and NAT by nf_tables",
                    "engine --rules or --connections --against nft"),
            new Peer("ipset", List.of("ipset"), List.of("ipset"), () -> List.of("ipset", "--version"), Pattern.compile("(?m)^(ipset v[^\\s,]+)"),
                    "the kernel's sets", "sets, engine --sets-file"),
            new Peer("vpp", List.of("vpp"), List.of(), List::of, WHOLE_LINE, "Debian has no package of it, and nothing here measures it", ""));

    private Peers() {
    }

    /** All of them, in the order in which they are told. */
    static List<Peer> all() {
        return ALL;
    }

    /** The one of that name. */
    static Peer of(final String name) {
        return ALL.stream().filter(peer -> peer.name().equals(name)).findFirst().orElseThrow();
    }

    private static Peer dpdk(final String name, final String program, final String use, final String commands) {
        final List<String> asked = new ArrayList<>(List.of(program));
        asked.addAll(EAL);
        return new Peer(name, List.of(program), DPDK_PACKAGE, () -> asked, DPDK, use, commands);
    }
}
