package io.penstock.perf.bench.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * What of a plan goes over veth, between network namespaces.
 *
 * <p>Threads: one.
 */
final class WirePlan {

    private final boolean quick;
    private final List<Measurement> all = new ArrayList<>();

    WirePlan(final boolean quick) {
        this.quick = quick;
    }

    List<Measurement> measurements() {
        ceilings();
        forwarding();
        return all;
    }

    private void ceilings() {
        all.add(Measurement.of("generator", "ceilings of generator and sink", quick ? 10 : 90, command("generator", quick
                ? List.of("--sizes", "64,512,1518", "--patterns", "saturating,constant", "--seconds", "0.3", "--runs", "2") : List.of()))
                .needing(Need.ROOT, Need.IP));
        all.add(Measurement.of("rfc2544", "RFC 2544, over veth, plain forwarding", quick ? 70 : 1_600, command("rfc2544", quick
                ? List.of("--sizes", "64,512,1518", "--tests", "throughput,latency", "--seconds", "0.5", "--runs", "1", "--resolution", "5", "--warm-up",
                        "3") : List.of())).needing(Need.ROOT, Need.IP).beside(Need.TESTPMD, "--against", "testpmd"));
    }

    private static String[] command(final String name, final List<String> arguments) {
        final List<String> command = new ArrayList<>(List.of("bench", name));
        command.addAll(arguments);
        return command.toArray(String[]::new);
    }

    private void forwarding() {
        all.add(wire("wire-snat", "over veth, SNAT, beside the kernel", "--connections", "snat")
                .beside(Need.IPTABLES, "--against", "kernel"));
        all.add(wire("wire-snat-testpmd", "over veth, SNAT, beside testpmd's plain forwarding", "--connections", "snat", "--against", "testpmd")
                .beside(Need.TESTPMD).times(2));
        if (!quick) {
            // RFC 2544 compares plain forwarding, too.
            all.add(wire("wire-testpmd", "over veth beside testpmd, plain forwarding").beside(Need.TESTPMD, "--against", "testpmd"));
            all.add(wire("wire-kernel", "over veth beside the kernel, plain forwarding").beside(Need.KERNEL, "--against", "kernel"));
            all.add(wire("wire-ovs", "over veth beside Open vSwitch with DPDK, plain forwarding").beside(Need.OVS, "--against", "ovs"));
            all.add(wire("wire-tracked-ovs", "over veth beside Open vSwitch with DPDK, connections", "--connections", "tracked")
                    .beside(Need.OVS, "--against", "ovs"));
            all.add(wire("wire-snat-ovs", "over veth beside Open vSwitch with DPDK, SNAT", "--connections", "snat")
                    .beside(Need.OVS, "--against", "ovs"));
            all.add(wire("wire-service", "over veth, a virtual service, beside the kernel's DNAT", "--connections", "service")
                    .beside(Need.IPTABLES, "--against", "kernel"));
        }
    }

    private Measurement wire(final String id, final String title, final String... arguments) {
        final List<String> command = new ArrayList<>(List.of("bench", "wire"));
        command.addAll(List.of(arguments));
        command.addAll(quick ? List.of("--seconds", "2", "--warm-up", "3", "--runs", "2") : List.of("--seconds", "5", "--warm-up", "5", "--runs", "5"));
        return Measurement.of(id, title, quick ? 22 : 70, command.toArray(String[]::new)).needing(Need.ROOT, Need.IP);
    }
}
