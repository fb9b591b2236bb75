package io.penstock.perf.bench.connections;

import io.penstock.dataplane.cli.ExitCode;
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
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernel's own forwarding, with the same rules in iptables-legacy. It has no thread: it runs right after what is sent, on the sender's CPU.
 *
 * <p>Both ports have an XDP program that passes everything, so that the kernel polls them as it does where a program hands frames to AF_XDP.
 */
final class KernelGateway implements Gateway {

    private static final String LICENSE = "Apache-2.0";
    private static final String RESTORE = "iptables-legacy-restore";
    private static final String COUNT = "/proc/sys/net/netfilter/nf_conntrack_count";
    /** Of the whole machine, and not a namespace's to change. */
    private static final Path MAX = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");

    private static final int MAX_BYTES = 64;

    private final String netns;
    private final String rules;
    private final List<BpfLink> links = new ArrayList<>();
    private BpfProgram program;

    /** Not started yet. */
    KernelGateway(final String netns, final String rules) {
        this.netns = netns;
        this.rules = rules;
    }

    /** Refuses a machine on which it cannot track so many connections. */
    static void require(final int connections) {
        if (!Programs.exist(RESTORE)) {
            throw new BenchException(ExitCode.USAGE, "the peer kernel tracks by rules, and needs " + RESTORE + "; run 'apt install iptables'");
        }
        // Not readString: it asks for the first byte alone, and a sysctl is all there is at the first read.
        try (InputStream in = Files.newInputStream(MAX)) {
            final long max = Long.parseLong(new String(in.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII).strip());
            if (max < connections) {
                throw new BenchException("the kernel's table of connections is too small: nf_conntrack_max=" + max + " wanted=" + connections
                        + "; run 'sysctl -w net.netfilter.nf_conntrack_max=" + connections + "' or ask for fewer");
            }
        } catch (final IOException e) {
            // It tells when its first rule is there.
        }
    }

    @Override
    public String name() {
        return "kernel";
    }

    @Override
    public String what() {
        return "the kernel's forwarding with the same rules in iptables-legacy, on the CPU of clients and server";
    }

    /** What it is configured by: commands and texts, line by line. */
    List<String> configuration() {
        final List<String> all = new ArrayList<>(List.of("sysctl -w net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0",
                "XDP programs at both ports that pass everything", RESTORE + " <<END"));
        all.addAll(rules.lines().toList());
        all.add("END");
        return all;
    }

    @Override
    public void start() {
        try (ScratchFolder scratch = ScratchFolder.make("bench")) {
            final Path file = Files.writeString(scratch.path().resolve("rules"), rules);
            Programs.run(List.of("ip", "netns", "exec", netns, RESTORE, file.toString()));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        synchronized (this) {
            program = BpfProgram.load(BpfProgramType.XDP, "penstock_pass", new BpfAssembler().mov(Reg.R0, XdpContext.XDP_PASS).exit(), LICENSE);
            for (final String port : List.of(GatewayNetwork.PORT_IN, GatewayNetwork.PORT_OUT)) {
                links.add(GatewayNetwork.within(netns, () -> BpfLink.attachXdp(program, Interfaces.byName(port).ifindex(), XdpMode.NATIVE)));
            }
        }
    }

    @Override
    public long connections() {
        return Long.parseLong(Programs.run(List.of("ip", "netns", "exec", netns, "cat", COUNT)).strip());
    }

    @Override
    public String complaint() {
        return "";
    }

    @Override
    public synchronized void close() {
        links.forEach(BpfLink::close);
        links.clear();
        if (program != null) {
            program.close();
            program = null;
        }
    }
}
