package io.penstock.dataplane.demo;

import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * {@code demo forward}: a client and a server talk through a data plane that routes between them, in both directions, over
 * IPv4 and IPv6 at once.
 */
final class ForwardDemo {

    /**
     * How often counters are asked for. The kernel's are copied five times a second and a look takes longer than that: two
     * are enough, unless somebody else sends.
     */
    static final int LOOKS = 5;

    private final DemoNetwork network;
    private final DataPlaneProcess dataPlane;
    private final double seconds;
    private final PrintWriter progress;

    ForwardDemo(final DemoNetwork network, final DataPlaneProcess dataPlane, final double seconds,
            final PrintWriter progress) {
        this.network = network;
        this.dataPlane = dataPlane;
        this.seconds = seconds;
        this.progress = progress;
    }

    /** Does it all but the cleaning up. */
    DemoReport run() {
        say("building three network namespaces: %s, %s, %s",
                network.host(Side.CLIENT), network.dut(), network.host(Side.SERVER));
        network.build();
        say("starting a data plane in %s on %s and %s", network.dut(), Side.CLIENT.port(), Side.SERVER.port());
        dataPlane.start(List.of("--port", Side.CLIENT.port(), "--port", Side.SERVER.port()));
        final Map<Flow, Flow.Outcome> flows = traffic();
        // Afterwards, when the data plane is compiled: as a ping finds it for the rest of its life.
        final List<Ping> pings = new ArrayList<>();
        Ping.run("IPv4", network.host(Side.CLIENT), Side.SERVER.ipv4()).ifPresentOrElse(
                pings::add, () -> say("no ping on this machine; apt install iputils-ping brings it"));
        Ping.run("IPv6", network.host(Side.CLIENT), Side.SERVER.ipv6()).ifPresent(pings::add);
        if (!dataPlane.isAlive()) {
            throw new DemoException("the data plane ended while traffic ran; it printed:\n" + dataPlane.printed());
        }
        return new DemoReport(flows, pings, stat());
    }

    /** The counters, when the kernel's and the data plane's show the same moment. */
    private Counts stat() {
        Counts stat = dataPlane.stat();
        for (int look = 1; look < LOOKS && new Account(stat).between() != 0; look++) {
            stat = dataPlane.stat();
        }
        return stat;
    }

    private Map<Flow, Flow.Outcome> traffic() {
        final List<Flow> flows = new ArrayList<>();
        for (final Direction direction : Direction.values()) {
            flows.add(new Flow("IPv4", network, address(Side.SERVER.ipv4()), direction));
            flows.add(new Flow("IPv6", network, address(Side.SERVER.ipv6()), direction));
        }
        say("sending over %d TCP connections for %s s", flows.size(), text(seconds));
        final CountDownLatch running = new CountDownLatch(flows.size());
        try (ExecutorService executor = Executors.newCachedThreadPool()) {
            final Map<Flow, Future<Flow.Outcome>> futures = new LinkedHashMap<>();
            for (final Flow flow : flows) {
                futures.put(flow, executor.submit(() -> {
                    try {
                        return flow.run(executor, seconds);
                    } finally {
                        running.countDown();
                    }
                }));
            }
            watch(flows, running);
            final Map<Flow, Flow.Outcome> outcomes = new LinkedHashMap<>();
            for (final Map.Entry<Flow, Future<Flow.Outcome>> future : futures.entrySet()) {
                outcomes.put(future.getKey(), future.getValue().get());
            }
            return outcomes;
        } catch (final InterruptedException e) {
            throw Programs.interrupted(e);
        } catch (final ExecutionException e) {
            throw new DemoException("the traffic broke off: " + e.getCause().getMessage(), e);
        }
    }

    /** A line a second of what arrives, until all is over. */
    private void watch(final List<Flow> flows, final CountDownLatch running) throws InterruptedException {
        final long start = System.nanoTime();
        long lastBytes = 0;
        long lastNs = start;
        while (!running.await(1, TimeUnit.SECONDS)) {
            final long now = System.nanoTime();
            final long bytes = flows.stream().mapToLong(Flow::bytes).sum();
            say("  %s s: %s, %s so far", text((now - start) / 1e9), Screen.gigabits(bytes - lastBytes, (now - lastNs) / 1e9),
                    Screen.megabytes(bytes));
            lastBytes = bytes;
            lastNs = now;
        }
    }

    private static InetAddress address(final String text) {
        try {
            return InetAddress.getByName(text);
        } catch (final UnknownHostException e) {
            throw new DemoException("this Java has no use for the address " + text + ": " + e.getMessage(), e);
        }
    }

    private static String text(final double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private void say(final String format, final Object... values) {
        progress.println(String.format(Locale.ROOT, format, values));
        progress.flush();
    }
}
