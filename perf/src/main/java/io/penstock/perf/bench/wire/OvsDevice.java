package io.penstock.perf.bench.wire;

import io.penstock.perf.bench.measure.DpdkFolder;
import io.penstock.perf.bench.peer.OvsInstance;
import java.util.List;

/**
 * Open vSwitch with its user-space datapath over DPDK's af_xdp ports and one flow that does what a router does: it lowers the
 * TTL and writes both Ethernet addresses.
 *
 * <p>Source: Open vSwitch, "Using Open vSwitch with DPDK"; ovs-actions(7).
 */
final class OvsDevice implements WireDevice {

    /** Without huge pages; then OVS's own choice, memory that is not in files, is not to be had either. */
    private static final List<String> MEMORY =
            List.of("--no-huge", "--legacy-mem", "-m", "1024", "--file-prefix=" + DpdkFolder.prefix());

    private final OvsInstance ovs;
    private final WireTracking tracking;

    /** Not started yet. */
    OvsDevice(final String netns, final WireTracking tracking) {
        this.ovs = new OvsInstance(List.of("ip", "netns", "exec", netns), WireCpus.GENERATOR, WireCpus.WORKER, MEMORY);
        this.tracking = tracking;
    }

    /** Refuses a machine without it. */
    static void require() {
        OvsInstance.require();
    }

    @Override
    public String name() {
        return "ovs";
    }

    @Override
    public void start() {
        ovs.start();
        ovs.addPort(1, "net_af_xdp1,iface=" + WireNetwork.PORT_IN);
        ovs.addPort(2, "net_af_xdp2,iface=" + WireNetwork.PORT_OUT);
        final String forward = "dec_ttl,mod_dl_src:" + WireNetwork.mac(WireNetwork.PORT_OUT_MAC) + ",mod_dl_dst:"
                + WireNetwork.mac(WireNetwork.SINK_MAC) + ",output:2";
        if (tracking == WireTracking.NONE) {
            ovs.addFlow("in_port=1,ip,actions=" + forward);
        } else {
            ovs.addFlow("table=1,ip,actions=" + forward);
            ovs.addFlow("in_port=1,ip,actions=" + tracking.ovsAction());
        }
    }

    @Override
    public long pid() {
        return ovs.isAlive() ? ovs.pid() : -1;
    }

    @Override
    public List<String> configuration() {
        return ovs.told();
    }

    @Override
    public String printed() {
        return ovs.printed();
    }

    @Override
    public void close() {
        resume();
        ovs.close();
    }
}
