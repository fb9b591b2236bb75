package io.penstock.perf.bench.peer;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.PollingThread;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.connections.ConnectionMix;
import io.penstock.perf.connections.FlowNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Open vSwitch with its user-space datapath and ports in memory: each receives the packets of a capture over and over, copied into fresh buffers, and what
 * it sends is freed. Its flows do what a router does: they lower the TTL and write both Ethernet addresses; where packets are tracked, what is established
 * is forwarded, what begins is committed when clients send it, and everything else is dropped.
 *
 * <p>Connections are established by the clients' capture in another order; the ports are then made anew.
 *
 * <p>Source: ovs-actions(7), ovs-fields(7), ovs-vswitchd(8). Of its settings, those that were faster than the default by more than the noise are set:
 * no exact-match cache for more flows than fit (3.1: 8,192). Its AVX-512 implementations are not in Debian's build, and its signature-match cache was slower.
 */
final class OvsPeer implements MemoryPeer {

    /** Its ports are in memory, but a bridge of user space has devices, too, and they stay when it ends: the machine's own bridges are left alone. */
    private static final List<String> OWN_NAMESPACE = List.of("unshare", "-n");
    private static final int MOST_FLOWS = 1 << 16;
    /** Its 262,144 buffers. */
    private static final int MEMORY_MB = 1024;
    /** Half of the exact-match cache's entries: where packets pass twice each takes two. */
    private static final int MOST_CACHED_FLOWS = 4096;
    private static final int CLIENTS = 1;
    private static final int SERVERS = 2;
    /** Frees what it is given, and has nothing to receive. */
    private static final String SINK = "net_null0,no-rx=1";
    private static final String GATEWAY = "mod_dl_src:02:00:00:00:00:01,mod_dl_dst:02:00:00:00:00:03";
    private static final String ROUTE = "dec_ttl," + GATEWAY + ",output:";
    private static final double ESTABLISHING_SECONDS = 60;
    private static final double LOOK_SECONDS = 0.1;
    /** What may be under way when its counters are read. */
    private static final long MOST_UNDER_WAY = 1024;

    private static final Pattern TOTAL = Pattern.compile("Total: (\\d+)");
    private static final Pattern DURATION = Pattern.compile("Measurement duration: ([0-9.]+) s");
    private static final Pattern RECEIVED = Pattern.compile("Rx packets: +(\\d+)");
    private static final Pattern SENT = Pattern.compile("Tx packets: +(\\d+)");

    @Override
    public String name() {
        return Peers.OVS;
    }

    @Override
    public String what(final boolean tracked) {
        return "Open vSwitch with DPDK, user-space datapath, from captures in memory" + (tracked ? ", packets tracked" : "");
    }

    @Override
    public String require(final boolean tracked) {
        return OvsInstance.require();
    }

    @Override
    public int mostFlows() {
        return MOST_FLOWS;
    }

    @Override
    public String refusal(final ConnectionMix mix, final int rulesBetween) {
        return rulesBetween == 0 ? null : "ovs is given no rules between; leave --rules-between out, or compare with kernel or nft";
    }

    @Override
    public PeerRun run(final PeerTraffic traffic, final int cpu, final double warmSeconds, final double seconds) {
        try (ScratchFolder folder = ScratchFolder.make("ovs");
                HugePages memory = HugePages.reserve(MEMORY_MB);
                OvsInstance ovs = new OvsInstance(OWN_NAMESPACE, Cpus.besides(cpu), cpu, memory.options());
                CleanUp _ = new CleanUp(ovs::close)) {
            ovs.start();
            if (traffic.count() > MOST_CACHED_FLOWS) {
                ovs.ask(List.of("set", "Open_vSwitch", ".", "other_config:emc-insert-inv-prob=0"));
            }
            flows(traffic.mix()).forEach(ovs::addFlow);
            connect(ovs, traffic, folder.path());
            return measure(ovs, traffic, cpu, warmSeconds, seconds);
        }
    }

    /** What it does with packets. */
    static List<String> flows(final ConnectionMix mix) {
        if (mix == null) {
            return List.of("in_port=" + CLIENTS + ",ip,actions=" + ROUTE + SERVERS);
        }
        final boolean translates = mix.translatesSource() || mix.translatesDestination();
        final String commit = mix.translatesSource() ? "ct(commit,nat(src=" + FlowNetwork.PUBLIC4 + "))"
                : mix.translatesDestination() ? "ct(commit,nat(dst=" + FlowNetwork.SERVERS4 + "))" : "ct(commit)";
        final List<String> flows = new ArrayList<>();
        flows.add("table=0,ip,actions=ct(table=1" + (translates ? ",nat)" : ")"));
        flows.add("table=1,in_port=" + CLIENTS + ",ip,ct_state=+trk+est,actions=" + ROUTE + SERVERS);
        flows.add("table=1,in_port=" + SERVERS + ",ip,ct_state=+trk+est,actions=" + ROUTE + CLIENTS);
        flows.add("table=1,in_port=" + CLIENTS + ",ip,ct_state=+trk+new,actions=" + commit + ',' + ROUTE + SERVERS);
        return flows;
    }

    private static void connect(final OvsInstance ovs, final PeerTraffic traffic, final Path folder) {
        final Path requests = traffic.requests().writeCapture(folder.resolve("clients.pcap"), traffic.requestOrder());
        if (!traffic.isTracked()) {
            ovs.addPort(SERVERS, SINK);
            ovs.addPort(CLIENTS, port(CLIENTS, requests));
            return;
        }
        final Path first = traffic.requests().writeCapture(folder.resolve("first.pcap"), traffic.establishingOrder());
        ovs.addPort(SERVERS, SINK);
        ovs.addPort(CLIENTS, port(0, first));
        awaitConnections(ovs, traffic.count());
        ovs.removePort(CLIENTS);
        ovs.removePort(SERVERS);
        final Path replies = traffic.replies(TranslatedFlow.parse(ovs.control("dpctl/dump-conntrack")))
                .writeCapture(folder.resolve("servers.pcap"), traffic.replyOrder());
        ovs.addPort(CLIENTS, port(CLIENTS, requests));
        ovs.addPort(SERVERS, port(SERVERS, replies));
    }

    private static String port(final int number, final Path capture) {
        return "net_pcap" + number + ",rx_pcap=" + capture + ",infinite_rx=1";
    }

    private static void awaitConnections(final OvsInstance ovs, final int wanted) {
        final long endNs = System.nanoTime() + (long) (ESTABLISHING_SECONDS * 1e9);
        long there = connections(ovs);
        while (there < wanted && System.nanoTime() - endNs < 0) {
            Cpus.await(LOOK_SECONDS);
            there = connections(ovs);
        }
        if (there != wanted) {
            throw new BenchException("ovs has not tracked every flow: connections=" + there + " flows=" + wanted + " after_s=" + ESTABLISHING_SECONDS
                    + "; give the machine more time, or --flows fewer");
        }
    }

    private static long connections(final OvsInstance ovs) {
        return connections(ovs.control("dpctl/ct-stats-show"));
    }

    /** Of what it tells about connections. */
    static long connections(final String text) {
        final Matcher total = TOTAL.matcher(text);
        return total.find() ? Long.parseLong(total.group(1)) : 0;
    }

    private static PeerRun measure(
            final OvsInstance ovs, final PeerTraffic traffic, final int cpu, final double warmSeconds, final double seconds) {
        Cpus.await(warmSeconds);
        final PollingThread thread = Cpus.polling(ovs.pid(), cpu);
        ovs.control("dpif-netdev/pmd-stats-clear");
        final long startNs = System.nanoTime();
        final long startCpuNs = thread.cpuNs();
        Cpus.await(seconds);
        final String text = ovs.control("dpif-netdev/pmd-perf-show", "-nh");
        final double share = (double) (thread.cpuNs() - startCpuNs) / (System.nanoTime() - startNs);
        if (traffic.isTracked() && connections(ovs) != traffic.count()) {
            throw new BenchException("connections have come or gone while ovs was measured: connections=" + connections(ovs) + " flows="
                    + traffic.count());
        }
        final double mpps = mpps(text);
        return new PeerRun(mpps, mpps / share, ovs.told());
    }

    /** Of what it tells about its polling thread, by its own clock; refuses what was not all sent. */
    static double mpps(final String text) {
        final double seconds = Double.parseDouble(find(DURATION, text));
        final long received = Long.parseLong(find(RECEIVED, text));
        final long sent = Long.parseLong(find(SENT, text));
        if (Math.abs(received - sent) > MOST_UNDER_WAY) {
            throw new BenchException("ovs did not forward every packet: received=" + received + " sent=" + sent);
        }
        return received / seconds / 1e6;
    }

    private static String find(final Pattern pattern, final String text) {
        final Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new BenchException("ovs does not tell its rate: '" + pattern + "' is not in: " + text.strip().replace("\n", "; "));
        }
        return matcher.group(1);
    }
}
