package io.penstock.perf.bench.profile;

import io.penstock.dataplane.demo.Programs;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.dataplane.metrics.CounterReader;
import io.penstock.dataplane.metrics.CounterSnapshot;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.bench.measure.ShutdownHooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A data plane that runs, watched for a while by its own JVM's flight recorder, which jcmd(1) starts and stops. Also when this process is told to
 * end before.
 *
 * <p>Threads: the caller's, which waits.
 */
final class LiveProfile {

    /** 11 4 0 W.main([Ljava/lang/String;)V [0x00007fc54bec7e88, 0x00007fc54bec7fa0 - 0x00007fc54bec8108]. */
    private static final Pattern CODE = Pattern.compile(
            "(\\d+) (\\d) (\\d+) (\\S+) \\[0x[0-9a-f]+, 0x([0-9a-f]+) - 0x([0-9a-f]+)]");
    private static final String IN_USE = "0";
    private static final int HEX = 16;
    private static final Pattern WORKER = Pattern.compile("worker-\\d+");

    private final long pid;
    private final Path counters;
    private final String jcmd;
    private final String name = "penstock-" + ProcessHandle.current().pid();

    /**
     * Nothing yet.
     *
     * @param pid      of the data plane
     * @param counters its file of counters, or null where there is none to tell rates from
     */
    LiveProfile(final long pid, final Path counters) {
        this.pid = pid;
        this.counters = counters;
        final Path program = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(program)) {
            throw new BenchException("there is no jcmd in " + program.getParent() + ", by which a JVM is told to record; set JAVA_HOME to a JDK");
        }
        jcmd = program.toString();
    }

    /** Watches for so long. */
    ProfileResult watch(final double seconds) {
        try (ScratchFolder folder = ScratchFolder.make("profile")) {
            final Path file = folder.path().resolve("live.jfr");
            final boolean exact = ask("VM.flags", "-all").contains("DebugNonSafepoints")
                    && Pattern.compile("DebugNonSafepoints\\s*=\\s*true").matcher(ask("VM.flags", "-all")).find();
            ask("JFR.start", "name=" + name, "settings=" + Sampler.CPU.settings(folder.path()));
            final Thread end = Thread.ofPlatform().name("end-recording").unstarted(() -> stop(null));
            Runtime.getRuntime().addShutdownHook(end);
            final Looked before;
            final Looked after;
            try {
                before = look();
                pause(seconds);
                after = look();
            } finally {
                ShutdownHooks.forget(end);
                stop(file);
            }
            final Recording recording = Recording.read(file, sample -> true);
            if (recording.samples().isEmpty()) {
                throw new BenchException("its workers used no CPU time: pid=" + pid + " seconds=" + seconds
                        + "; send it packets, or watch for longer");
            }
            return result(recording, codeOf(ask("Compiler.codelist")), before, after, exact);
        }
    }

    /** What was compiled, as the JVM lists it: code in use. */
    static List<Compilation> codeOf(final String list) {
        final List<Compilation> code = new ArrayList<>();
        for (final Matcher line = CODE.matcher(list); line.find(); ) {
            if (line.group(3).equals(IN_USE)) {
                final String method = line.group(4);
                final int parameters = method.indexOf('(');
                code.add(new Compilation(Long.parseLong(line.group(1)),
                        key(method.substring(0, parameters), method.substring(parameters)), Integer.parseInt(line.group(2)), false,
                        Long.parseLong(line.group(6), HEX) - Long.parseLong(line.group(5), HEX)));
            }
        }
        return code;
    }

    private static String key(final String method, final String descriptor) {
        final int dot = method.lastIndexOf('.');
        return Frame.plain(method.substring(0, Math.max(0, dot))) + '.' + method.substring(dot + 1) + descriptor;
    }

    private ProfileResult result(
            final Recording recording, final List<Compilation> code, final Looked before, final Looked after, final boolean exact) {
        final double seconds = (after.ns - before.ns) / 1e9;
        final long cpuNs = after.cpuNs - before.cpuNs;
        final long packets = after.packets - before.packets;
        final double nsPerPacket = packets <= 0 ? 0 : (double) cpuNs / packets;
        final String told = String.format(Locale.ROOT, "workers on their CPUs for %.2f s", cpuNs / 1e9)
                + (packets > 0 ? String.format(Locale.ROOT, ", %,d packets, %.2f Mpps, %.1f ns each, idling included", packets,
                packets / seconds / 1e6, nsPerPacket) : counters == null ? "; packets are not known by --pid" : "; no packets");
        return new ProfileResult("data plane pid=" + pid, seconds, Sampler.CPU, recording, StageShare.of(recording.samples()),
                HotMethods.of(recording, new Bytecodes(List.of()), code), nsPerPacket, told, exact, false, MachineFacts.ofThis());
    }

    private Looked look() {
        long packets = 0;
        if (counters != null) {
            try (CounterReader reader = CounterReader.open(counters)) {
                reader.requireAlive(counters);
                final CounterSnapshot snapshot = reader.snapshot();
                packets = snapshot.sum(WorkerCounter.PACKETS);
            }
        }
        return new Looked(System.nanoTime(), workersCpuNs(), packets);
    }

    private long workersCpuNs() {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            long sum = 0;
            for (final Path thread : threads.toList()) {
                if (WORKER.matcher(Files.readString(thread.resolve("comm")).strip()).matches()) {
                    sum += Long.parseLong(Files.readString(thread.resolve("schedstat")).strip().split(" ")[0]);
                }
            }
            return sum;
        } catch (final IOException e) {
            throw new BenchException("the data plane has ended: pid=" + pid + ": " + e.getMessage());
        }
    }

    private void stop(final Path file) {
        if (file == null) {
            Programs.attempt(List.of(jcmd, Long.toString(pid), "JFR.stop", "name=" + name));
        } else {
            ask("JFR.stop", "name=" + name, "filename=" + file);
        }
    }

    private String ask(final String... command) {
        final List<String> all = new ArrayList<>(List.of(jcmd, Long.toString(pid)));
        all.addAll(List.of(command));
        final Programs.Result result = Programs.attempt(all);
        if (result.exit() != 0) {
            throw new BenchException("the JVM does not answer: pid=" + pid + ": " + result.output().strip().lines().findFirst().orElse("")
                    + "; be the user that runs it, and see whether it is a JVM");
        }
        return result.output();
    }

    private static void pause(final double seconds) {
        try {
            TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    /** What had been done at one moment. */
    private record Looked(long ns, long cpuNs, long packets) {
    }
}
