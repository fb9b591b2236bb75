package io.penstock.perf.bench.connections;

import io.penstock.dataplane.demo.Programs;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.wire.WireCpus;

/** What a measurement between namespaces needs. Threads: any. */
final class WireNeeds {

    private WireNeeds() {
    }

    /** Refuses a machine that lacks something. */
    static void require(final String command) {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new BenchException("bench " + command + " --mode wire needs root, to make network namespaces and load XDP programs; run 'sudo penstock "
                    + "bench " + command + " --mode wire', or leave --mode out, which needs no privilege");
        }
        if (!Programs.exist("ip")) {
            throw new BenchException("bench " + command + " --mode wire needs the program ip, to make network namespaces; run 'apt install iproute2'");
        }
        WireCpus.require();
    }
}
