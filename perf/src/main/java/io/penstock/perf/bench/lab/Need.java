package io.penstock.perf.bench.lab;

import io.penstock.dataplane.demo.Programs;

/** What a measurement cannot do without. Threads: any. */
enum Need {

    ROOT("root", "", "run it with sudo"),
    IP("the program ip", "", "install iproute2"),
    TESTPMD("DPDK testpmd", "testpmd", Need.INSTALL),
    OVS("Open vSwitch with DPDK", "ovs", Need.INSTALL),
    DPDK_ACL("DPDK's rte_acl", "rte_acl", Need.INSTALL),
    DPDK_HASH("DPDK's rte_hash", "rte_hash", Need.INSTALL),
    DPDK_FIB("DPDK's rte_fib", "rte_fib", Need.INSTALL),
    KERNEL("the kernel", "kernel", Need.INSTALL),
    IPTABLES("the kernel with iptables", "iptables", Need.INSTALL),
    NFT("the kernel with nft", "nft", Need.INSTALL),
    IPSET("the kernel's ipset", "ipset", Need.INSTALL);

    private static final String INSTALL = "install with --install-peers";

    private final String title;
    private final String peer;
    private final String remedy;

    Need(final String title, final String peer, final String remedy) {
        this.title = title;
        this.peer = peer;
        this.remedy = remedy;
    }

    /** As people call it. */
    String title() {
        return title;
    }

    /** Its name among the peers; empty for what is none. */
    String peer() {
        return peer;
    }

    /** Whether this machine has it. */
    boolean isThere(final PeerList peers) {
        return switch (this) {
            case ROOT -> "root".equals(System.getProperty("user.name"));
            case IP -> Programs.exist("ip");
            default -> peers.isPresent(peer);
        };
    }

    /** What to say where it is not there. */
    String absence() {
        return peer.isEmpty() ? "not measured: needs " + title + "; " + remedy : title + " is absent: " + remedy;
    }
}
