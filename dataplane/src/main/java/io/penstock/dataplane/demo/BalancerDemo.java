package io.penstock.dataplane.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * {@code demo balancer}: clients ask a virtual service without a pause while a server dies and is found out, one is added, one is
 * drained, and the dead one comes back; all that an operator does is done by the operator's commands.
 */
final class BalancerDemo {

    /** What happened, and when. */
    record Event(long ns, Deed deed, String mark, String sentence) {
    }

    /** When each deed begins, as a part of the whole time. What comes before it may take longer: then it is later. */
    private static final double KILL_AT = 2 / 12.0;
    private static final double ADD_AT = 5 / 12.0;
    private static final double DRAIN_AT = 6.5 / 12;
    private static final double RETURN_AT = 10 / 12.0;

    /** Between two deeds at least, so that there is something to see of each. */
    private static final double APART_SECONDS = 0.5;

    /** Longer than any of the clients keeps a connection. */
    private static final int DRAIN_SECONDS = 3;

    /** Checks of {@link #CHECKS} find a server out within a second; a loaded machine has ten times as long. */
    private static final long FIND_SECONDS = 10;

    /** A loaded machine takes some of them. */
    private static final int WARM_UP_SECONDS = 20;
    /** Of each server in a second, when it is over: a tenth of what comes. */
    private static final int WARM_ANSWERS = 50;
    /** From one second to the next; what is not compiled yet makes it more. */
    private static final double WARM_RISE = 1.1;

    private static final String NAME = "tcp " + Backend.SERVICE + ':' + Backend.PORT;
    private static final String ADDRESS = Backend.SERVICE + ':' + Backend.PORT;

    /**
     * Short, so that there is no need to wait, and long enough for a machine that has other work. Connections of a server that is down are
     * ended, and begin anew where they can.
     */
    private static final String CHECKS = """
            health:
              - service: "%s"
                check: { http: { path: /health } }
                interval: 500ms
                timeout: 500ms
                fall: 3
                rise: 2
                on-removal: rehash
            """.formatted(NAME);

    private final BalancerNetwork network;
    private final DataPlaneProcess dataPlane;
    private final HeardLines heard;
    private final Path folder;
    private final double seconds;
    private final PrintWriter progress;
    private final Map<Backend, WebServer> servers = new EnumMap<>(Backend.class);
    private final List<Event> events = new ArrayList<>();
    private WebTally tally;
    private double soFar;
    private long answersSoFar;

    /**
     * Nothing yet.
     *
     * @param heard  what the data plane prints
     * @param folder for its files
     */
    BalancerDemo(final BalancerNetwork network, final DataPlaneProcess dataPlane, final HeardLines heard, final Path folder,
            final double seconds, final PrintWriter progress) {
        this.network = network;
        this.dataPlane = dataPlane;
        this.heard = heard;
        this.folder = folder;
        this.seconds = seconds;
        this.progress = progress;
    }

    /** Does it all but the cleaning up of namespaces and data plane. */
    BalancerReport run() {
        try {
            return demonstrate();
        } finally {
            servers.values().forEach(WebServer::close);
        }
    }

    private BalancerReport demonstrate() {
        say("building six network namespaces: %s, %s, %s to %s", network.client(), network.dut(), network.host(Backend.ONE),
                network.host(Backend.FOUR));
        network.build();
        for (final Backend backend : Backend.values()) {
            serve(backend);
        }
        say("starting a data plane in %s: %s, %s", network.dut(), ADDRESS,
                "weighted round-robin to servers 1, 2 and 3 by NAT, checked over HTTP");
        dataPlane.start(List.of("--config", configuration().toString()));
        final InetSocketAddress service = new InetSocketAddress(Backend.SERVICE, Backend.PORT);
        warmUp(service);
        dataPlane.run("ipvsadm", "-Z");
        say("%d clients ask without end, %d of them over a new connection each time", WebLoad.KEEPING + WebLoad.CHANGING, WebLoad.CHANGING);
        // As long as it can take at the most, so that late answers have their place.
        tally = new WebTally(seconds + 3 * FIND_SECONDS);
        final WebLoad load = new WebLoad(network.client(), service, tally);
        final long held;
        try (load) {
            load.start();
            held = deeds(load);
        }
        if (!dataPlane.isAlive()) {
            throw new DemoException("the data plane ended while clients asked; it printed:\n" + dataPlane.printed());
        }
        final long endNs = System.nanoTime();
        final String listing = dataPlane.run("ipvsadm", "-Ln", "--stats");
        return new BalancerReport(tally, endNs, List.copyOf(events), held, listing, stat());
    }

    /**
     * Lets clients ask until all is compiled, here and in the data plane, and the first checks of all servers are made: until then two CPUs
     * have more to do than to serve.
     */
    private void warmUp(final InetSocketAddress service) {
        say("warming up");
        final WebTally warm = new WebTally(WARM_UP_SECONDS);
        try (WebLoad load = new WebLoad(network.client(), service, warm)) {
            load.start();
            for (int second = 0; second < WARM_UP_SECONDS; second++) {
                final long failed = warm.failed();
                TimeUnit.SECONDS.sleep(1);
                if (warm.failed() == failed && isWarm(warm, second)) {
                    return;
                }
            }
        } catch (final InterruptedException e) {
            throw Programs.interrupted(e);
        }
        throw new DemoException("the service does not get going: waited=" + WARM_UP_SECONDS + "s answers=" + warm.answers() + " errors="
                + warm.failed() + "; the data plane printed:\n" + dataPlane.printed());
    }

    /** Whether all servers answer, and no more than in the second before. */
    private static boolean isWarm(final WebTally warm, final int second) {
        long now = 0;
        long before = 0;
        for (final Backend backend : Stage.BEGUN.servers()) {
            final long answers = warm.answers(backend, second, second + 1);
            if (answers < WARM_ANSWERS) {
                return false;
            }
            now += answers;
            before += warm.answers(backend, second - 1, second);
        }
        return now < before * WARM_RISE;
    }

    /** All of them; the connections that the server that dies had. */
    private long deeds(final WebLoad load) {
        await(KILL_AT);
        final long held = kill(load);
        await(ADD_AT);
        add();
        await(DRAIN_AT);
        drain();
        await(RETURN_AT);
        comeBack();
        await(1);
        return held;
    }

    private long kill(final WebLoad load) {
        tally.begin(Stage.SILENT);
        network.silence(Backend.THREE);
        final long ns = System.nanoTime();
        final long held = load.held(Backend.THREE);
        servers.remove(Backend.THREE).close();
        event(ns, Deed.KILL, "3 dies", Backend.THREE.text() + "'s host is silent from now on, like one that lost power");
        final HeardLines.Heard down = heard(Backend.THREE, " is down: ", ns);
        tally.begin(Stage.FOUND);
        event(down.ns(), Deed.KILL, String.format(Locale.ROOT, "3 found dead, %.2f s", (down.ns() - ns) / 1e9), said(Backend.THREE, down));
        return held;
    }

    private void add() {
        tally.begin(Stage.BETWEEN);
        dataPlane.run("ipvsadm", "-a", "-t", ADDRESS, "-r", Backend.FOUR.text(Backend.PORT), "-m", "-w",
                String.valueOf(Backend.FOUR.weight()));
        tally.begin(Stage.ADDED);
        event(System.nanoTime(), Deed.ADD, "4 added",
                "ipvsadm -a -t " + ADDRESS + " -r " + Backend.FOUR.text(Backend.PORT) + " -m -w " + Backend.FOUR.weight());
    }

    private void drain() {
        tally.begin(Stage.BETWEEN);
        final long ns = System.nanoTime();
        final String[] words = {"tcp:" + ADDRESS, Backend.TWO.text(Backend.PORT), "--deadline", DRAIN_SECONDS + "s", "--remove"};
        dataPlane.run("drain", words);
        final HeardLines.Heard begun = heard(Backend.TWO, " is drained for ", ns);
        tally.begin(Stage.DRAINED);
        event(begun.ns(), Deed.DRAIN, "2 draining", "drain " + String.join(" ", words));
        final HeardLines.Heard over = heard(Backend.TWO, ": it is removed", ns);
        event(over.ns(), Deed.DRAIN, String.format(Locale.ROOT, "2 removed, %.2f s", (over.ns() - begun.ns()) / 1e9), said(Backend.TWO, over));
    }

    private void comeBack() {
        tally.begin(Stage.BETWEEN);
        network.connect(Backend.THREE);
        serve(Backend.THREE);
        final long ns = System.nanoTime();
        event(ns, Deed.RETURN, "3 comes back", Backend.THREE.text() + "'s host is there again, and its web server");
        final HeardLines.Heard up = heard(Backend.THREE, " is up: ", ns);
        tally.begin(Stage.RETURNED);
        event(up.ns(), Deed.RETURN, String.format(Locale.ROOT, "3 found well, %.2f s", (up.ns() - ns) / 1e9), said(Backend.THREE, up));
    }

    private void serve(final Backend backend) {
        servers.put(backend, WebServer.start(network.host(backend), backend.socketAddress(), backend.number()));
    }

    private HeardLines.Heard heard(final Backend backend, final String what, final long sinceNs) {
        final String name = "server " + backend.text(Backend.PORT) + " of " + NAME;
        final Predicate<String> wanted = line -> line.contains(name) && line.contains(what);
        final HeardLines.Heard line = heard.await(wanted, sinceNs, FIND_SECONDS);
        if (line == null) {
            throw new DemoException("the data plane did not say within " + FIND_SECONDS + " s that " + backend.text() + what.stripTrailing()
                    + "; it printed:\n" + dataPlane.printed());
        }
        return line;
    }

    /** What was said of a server, by the name that it has here. */
    private static String said(final Backend backend, final HeardLines.Heard line) {
        final String after = " of " + NAME;
        return backend.text() + line.line().substring(line.line().indexOf(after) + after.length());
    }

    private void event(final long ns, final Deed deed, final String mark, final String sentence) {
        events.add(new Event(ns, deed, mark, sentence));
        say("  %.2f s: %s: %s", tally.seconds(ns), mark, sentence);
    }

    /** Waits for a part of the whole time, with a line a second of what is answered. */
    private void await(final double part) {
        final double now = tally.seconds(System.nanoTime());
        final double until = Math.max(part * seconds, now + APART_SECONDS);
        try {
            for (double at = now; at < until; at = tally.seconds(System.nanoTime())) {
                final double next = Math.min(until, Math.max(soFar + 1, at));
                TimeUnit.NANOSECONDS.sleep((long) ((next - at) * 1e9));
                if (tally.seconds(System.nanoTime()) >= soFar + 1) {
                    watch();
                }
            }
        } catch (final InterruptedException e) {
            throw Programs.interrupted(e);
        }
    }

    private void watch() {
        final double now = tally.seconds(System.nanoTime());
        final long answers = tally.answers();
        say("  %.1f s: %,.0f requests/s, %d errors so far", now, (answers - answersSoFar) / (now - soFar), tally.failed());
        soFar = now;
        answersSoFar = answers;
    }

    /** The counters, when the kernel's and the data plane's show the same moment. */
    private Counts stat() {
        Counts stat = dataPlane.stat();
        for (int look = 1; look < ForwardDemo.LOOKS && new Account(stat).between() != 0; look++) {
            stat = dataPlane.stat();
        }
        return stat;
    }

    private Path configuration() {
        final StringBuilder text = new StringBuilder("ports:\n");
        Stream.concat(Stream.of(Side.CLIENT.port()), Stream.of(Backend.values()).map(Backend::port))
                .forEach(port -> text.append("  ").append(port).append(": { device: ").append(port).append(" }\n"));
        text.append("local: penstock\nservices: services.save\n").append(CHECKS);
        final StringBuilder services = new StringBuilder("-A -t " + ADDRESS + " -s wrr\n");
        for (final Backend backend : Backend.values()) {
            if (Stage.BEGUN.share(backend) > 0) {
                services.append("-a -t ").append(ADDRESS).append(" -r ").append(backend.text(Backend.PORT)).append(" -m -w ")
                        .append(backend.weight()).append('\n');
            }
        }
        final Path file = folder.resolve("penstock.yaml");
        try {
            Files.writeString(folder.resolve("services.save"), services);
            Files.writeString(file, text);
        } catch (final IOException e) {
            throw new DemoException(file + ": " + e.getMessage(), e);
        }
        return file;
    }

    private void say(final String format, final Object... values) {
        progress.println(String.format(Locale.ROOT, format, values));
        progress.flush();
    }
}
