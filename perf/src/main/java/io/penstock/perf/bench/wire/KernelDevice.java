package io.penstock.perf.bench.wire;

import io.penstock.dataplane.demo.Programs;
import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.netlink.Interfaces;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ScratchFolder;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernel's own forwarding. It has no thread: it runs on the generator's CPU, right after each of its batches, and the sink
 * after it.
 *
 * <p>A veth takes the generator's frames only where it is polled: here an XDP program that passes everything sees to that.
 * Generic receive offload would as well, at 0.96 of the speed. Spreading the work to the other CPU is slower: 0.6 of the speed
 * with receive packet steering, 0.25 with a NAPI thread there (measured with Linux 6.18).
 */
final class KernelDevice implements WireDevice {

    private static final String LICENSE = "Apache-2.0";

    private static final String RESTORE = "iptables-legacy-restore";
    private static final String COUNT = "/proc/sys/net/netfilter/nf_conntrack_count";

    private final String netns;
    private final WireTracking tracking;
    private BpfProgram program;
    private BpfLink link;

    /** Not started yet. */
    KernelDevice(final String netns, final WireTracking tracking) {
        this.netns = netns;
        this.tracking = tracking;
    }

    /** Refuses a machine on which it cannot track. */
    static void require(final WireTracking tracking) {
        if (tracking != WireTracking.NONE && !Programs.exist(RESTORE)) {
            throw new BenchException("the peer kernel tracks by rules, and needs " + RESTORE + "; run 'apt install iptables'");
        }
    }

    @Override
    public String name() {
        return "kernel";
    }

    @Override
    public void start() {
        if (tracking != WireTracking.NONE) {
            try (ScratchFolder scratch = ScratchFolder.make("bench")) {
                Programs.run(List.of("ip", "netns", "exec", netns, RESTORE, tracking.saveFile(scratch.path()).toString()));
            }
        }
        program = BpfProgram.load(BpfProgramType.XDP, "penstock_pass",
                new BpfAssembler().mov(Reg.R0, XdpContext.XDP_PASS).exit(), LICENSE);
        link = WireNetwork.within(netns,
                () -> BpfLink.attachXdp(program, Interfaces.byName(WireNetwork.PORT_IN).ifindex(), XdpMode.NATIVE));
    }

    @Override
    public List<String> configuration() {
        final List<String> all = new ArrayList<>(List.of("sysctl -w net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0",
                "an XDP program at " + WireNetwork.PORT_IN + " that passes everything"));
        if (tracking != WireTracking.NONE) {
            all.add(RESTORE + " <<END");
            all.addAll(tracking.saveText().lines().toList());
            all.add("END");
        }
        return all;
    }

    @Override
    public long connections() {
        return WireTracking.number(List.of("ip", "netns", "exec", netns, "cat", COUNT));
    }

    @Override
    public synchronized void close() {
        if (link != null) {
            link.close();
            link = null;
        }
        if (program != null) {
            program.close();
            program = null;
        }
    }
}
