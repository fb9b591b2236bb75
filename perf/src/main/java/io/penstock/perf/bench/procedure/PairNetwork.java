package io.penstock.perf.bench.procedure;

import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.demo.Programs;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netns.NetNs;
import io.penstock.perf.bench.measure.BenchException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Two network namespaces and one veth pair: a generator's and a sink's, with nothing between them.
 *
 * <p>Closing removes what was made, also when making it stopped half-way, and nothing is made after it. Source: ip-netns(8).
 * Threads: {@link #close} from any.
 */
final class PairNetwork implements AutoCloseable {

    private static final String GENERATOR_DEVICE = "g0";
    private static final String SINK_DEVICE = "s0";

    private final String prefix = "pw-" + ProcessHandle.current().pid() + "-pair-";
    private final Deque<String> made = new ArrayDeque<>();
    private boolean closed;

    void build() {
        make(generator());
        make(sink());
        Programs.run(List.of("ip", "-n", generator(), "link", "add", GENERATOR_DEVICE, "type", "veth",
                "peer", "name", SINK_DEVICE, "netns", sink()));
        Programs.run(List.of("ip", "-n", generator(), "link", "set", GENERATOR_DEVICE, "up"));
        Programs.run(List.of("ip", "-n", sink(), "link", "set", SINK_DEVICE, "up"));
    }

    String generator() {
        return prefix + "gen";
    }

    String sink() {
        return prefix + "sink";
    }

    /** The generator's, in its namespace. */
    int generatorIfindex() {
        return within(generator(), () -> Interfaces.byName(GENERATOR_DEVICE).ifindex());
    }

    /** The sink's, in its namespace. */
    int sinkIfindex() {
        return within(sink(), () -> Interfaces.byName(SINK_DEVICE).ifindex());
    }

    /** Runs an action on the calling thread inside a namespace; whatever it throws comes out unchecked. */
    static <T> T within(final String namespace, final Callable<T> action) {
        try {
            return NetNs.within(namespace, action);
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new BenchException("in netns=" + namespace + ": " + e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!made.isEmpty()) {
            Programs.attempt(List.of("ip", "netns", "del", made.pop()));
        }
    }

    private synchronized void make(final String name) {
        if (closed) {
            throw new DemoException("interrupted");
        }
        Programs.run(List.of("ip", "netns", "add", name));
        made.push(name);
        Programs.run(List.of("ip", "-n", name, "link", "set", "lo", "up"));
    }
}
