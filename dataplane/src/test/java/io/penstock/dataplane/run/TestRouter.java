package io.penstock.dataplane.run;

import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.dataplane.cli.StatJson;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.control.TableFiles;
import io.penstock.dataplane.metrics.CounterReader;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A data plane of this process that routes between a client and a server, each in a network namespace.
 *
 * <pre>
 *   client c0 10.1.0.1 ---- d0 10.1.0.254 [ data plane ] d1 10.2.0.254 ---- s0 10.2.0.1 server
 *              fd01::1         fd01::254                    fd02::254          fd02::1
 * </pre>
 */
final class TestRouter implements AutoCloseable {

    static final String SERVER = "10.2.0.1";
    static final String SERVER6 = "fd02::1";
    static final String CLIENT = "10.1.0.1";
    static final String ROUTER = "10.1.0.254";
    static final String ROUTER6 = "fd01::254";

    /** Requests of a {@link #ping}. */
    static final int PINGS = 20;

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(20);

    final TestNetNs client = TestNetNs.create("c");
    final TestNetNs dut = TestNetNs.create("d");
    final TestNetNs server = TestNetNs.create("s");

    private final Path socket;
    private final String cpus = CpuAffinity.format(CpuAffinity.current());
    private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
    private volatile DataPlane dataPlane;
    private volatile Throwable failure;
    private Thread thread;
    private int pingIdentifier;

    /** The namespaces and links; nothing forwards yet. */
    TestRouter(final Path folder, final int clientQueues, final int serverQueues) {
        socket = folder.resolve("p.sock");
        link("d0", clientQueues, client, "c0");
        link("d1", serverQueues, server, "s0");
        address(client, "c0", "1", "1");
        address(dut, "d0", "1", "254");
        address(dut, "d1", "2", "254");
        address(server, "s0", "2", "1");
        route(client, "1");
        route(server, "2");
    }

    /** Switches the kernel's own forwarding, which a data plane on AF_XDP follows. */
    TestRouter kernelForwards(final boolean on) {
        final int value = on ? 1 : 0;
        dut.exec("sysctl -qw net.ipv4.ip_forward=%d net.ipv6.conf.all.forwarding=%d", value, value);
        return this;
    }

    /** Starts the data plane and returns when its workers poll. */
    TestRouter start(final Configuration configuration) throws InterruptedException {
        final CountDownLatch started = new CountDownLatch(1);
        thread = new Thread(() -> {
            NetNs.enter(dut.name());
            try (DataPlane running = new DataPlane(
                    configuration, socket, new PrintStream(messages, true, StandardCharsets.UTF_8))) {
                running.start();
                dataPlane = running;
                started.countDown();
                running.runControl();
            } catch (final RuntimeException | Error e) {
                failure = e;
            } finally {
                started.countDown();
            }
        }, "control");
        thread.start();
        started.await();
        if (failure instanceof final RuntimeException e) {
            throw e;
        }
        return this;
    }

    /** Starting was refused, as it should be. */
    void expectFailure() {
        failure = null;
    }

    /** Where hook functions are registered while it runs. */
    HookRegistrar hooks() {
        return dataPlane.hooks();
    }

    /** Where it takes commands. */
    Path socket() {
        return socket;
    }

    /** Has it read files of rules, as SIGHUP does. */
    void reloadRules(final TableFiles files) {
        dataPlane.reloadRules(files);
    }

    /** What it told the operator, all of it: a thread that is there as long as something waits prints it. */
    String messages() {
        final long deadline = System.nanoTime() + DEADLINE_NS;
        while (Thread.getAllStackTraces().keySet().stream().anyMatch(running -> running.getName().equals(Reporter.THREAD))) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("messages are not printed");
            }
            LockSupport.parkNanos(1_000_000);
        }
        return messages.toString(StandardCharsets.UTF_8);
    }

    CounterSnapshot stat() {
        try (CounterReader reader = CounterReader.open(RuntimePaths.counters(socket))) {
            return reader.snapshot();
        }
    }

    /** The first snapshot that fulfils a condition; fails with the last one when none does in time. */
    CounterSnapshot stat(final Predicate<CounterSnapshot> condition) {
        final long deadline = System.nanoTime() + DEADLINE_NS;
        CounterSnapshot now = stat();
        while (!condition.test(now)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("the counters do not get there: " + StatJson.counts(now)
                        + "\nmessages:\n" + messages());
            }
            LockSupport.parkNanos(1_000_000);
            now = stat();
        }
        return now;
    }

    /**
     * Fails unless every answer comes exactly once. The first request gets neighbours resolved: while they are not, what waits for them
     * fills ping's socket, and it would send the rest one by one. Those go at once: ping waits for the last answer as long as the
     * interval, at the least, and no longer when all are there. Both have one identifier: they are one connection.
     */
    void ping(final TestNetNs from, final String to) {
        pingIdentifier++;
        ping(from, to, 1);
        ping(from, to, PINGS - 1);
    }

    private void ping(final TestNetNs from, final String to, final int count) {
        final String number = Integer.toString(count);
        final Shell.Result result = Shell.attempt(List.of("ip", "netns", "exec", from.name(),
                "ping", "-e", Integer.toString(pingIdentifier), "-c", number, "-l", number, "-i", "2", to));
        if (result.exit() != 0 || !result.output().contains(" 0% packet loss") || result.output().contains("DUP!")
                || result.output().contains("duplicates")) {
            throw new AssertionError("ping " + to + " from " + from.name() + ":\n" + result.output() + "\nmessages:\n"
                    + messages() + "\n" + (dataPlane == null ? "" : StatJson.counts(stat())));
        }
    }

    /** Ends it as SIGTERM does, and returns when it is down; another can be started. */
    void stop() {
        if (dataPlane != null) {
            dataPlane.stop();
        }
        if (thread != null) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        thread = null;
    }

    @Override
    public void close() {
        stop();
        client.close();
        dut.close();
        server.close();
        // Starting has moved this process's threads off the workers' CPUs.
        Shell.sh("taskset -apc %s %d", cpus, ProcessHandle.current().pid());
        if (failure != null) {
            throw new AssertionError("the data plane failed", failure);
        }
        if (dataPlane != null && !dataPlane.framesAccountedFor()) {
            throw new AssertionError("frames were lost or freed twice:\n" + messages());
        }
    }

    /** Makes a link of the router's, as wide as it is to have queues. */
    void link(final String mine, final int queues, final TestNetNs other, final String theirs) {
        dut.ip("link add %s numtxqueues %d numrxqueues %d type veth peer name %s numtxqueues %d numrxqueues %d netns %s",
                mine, queues, queues, theirs, queues, queues, other.name());
        dut.ip("link set %s up", mine);
        other.ip("link set %s up", theirs);
    }

    static void address(final TestNetNs in, final String device, final String net, final String host) {
        in.ip("addr add 10.%s.0.%s/24 dev %s", net, host, device);
        in.ip("addr add fd0%s::%s/64 dev %s nodad", net, host, device);
    }

    static void route(final TestNetNs in, final String net) {
        in.ip("route add default via 10.%s.0.254", net);
        in.ip("-6 route add default via fd0%s::254", net);
    }
}
