package io.penstock.perf.bench.latency;

import io.penstock.dataplane.demo.Programs;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ScratchFolder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * When a JVM stopped its threads and why, and when its worker lost compiled code, from the JVM's own log, switched on while it runs: this
 * one's, or another's by jcmd(1).
 *
 * <pre>
 * [84398182036596ns][13355][gc             ] GC(0) Pause Full (System.gc()) 29M->2M(365M) 25.549ms
 * [84398182739911ns][13355][safepoint      ] Safepoint "SerialGCCollect", Time since last: ... Total: 30569328 ns, Threads: ...
 * [84398252215122ns][27503][deoptimization ] cid= 665 level=4 a.B.loop(I)V trap_bci=7 [a.C.f(I)V] unstable_if reinterpret pc=...
 * [84398290879140ns][27485][jit,compilation]   14       4       a.B::loop (37 bytes)
 * </pre>
 *
 * <p>The decorator timenanos is the JVM's monotonic clock, which is {@link System#nanoTime}. A pause is told of when it is over.
 *
 * <p>Threads: control.
 */
final class JvmLog implements AutoCloseable {

    private static final Pattern LINE = Pattern.compile("\\[(\\d+)ns\\]\\[(\\d+)\\]\\[([a-z,]+) *\\] (.*)");
    private static final Pattern GC_PAUSE = Pattern.compile("GC\\(\\d+\\) (Pause .*?)(?: \\d+[KMG]->.*)? [0-9.]+ms");
    private static final Pattern SAFEPOINT = Pattern.compile("Safepoint \"([^\"]+)\".* Total: +(\\d+) ns.*");
    private static final Pattern TRAP = Pattern.compile(".*level=\\d (\\S+?)\\(\\S+ trap_bci=\\S+ (?:\\[\\S+\\] )?(\\S+) .*");
    private static final Pattern COMPILED = Pattern.compile(" *\\d+ .*? 4 +(\\S+::\\S+) \\(.*bytes\\)");
    /** Operations that collect garbage without a line of their own in the log. */
    private static final Pattern COLLECTING = Pattern.compile(".*(Collect|G1|ZMark|ZReloc|Shenandoah|ParallelGC).*");

    /** Code that is given up is compiled anew when it has run often enough; if no such line comes it counts for so long. Unit: ns. */
    private static final long INTERPRETED_NS = 5_000_000;

    private static final String[] WHAT = {"what=gc=info,safepoint=info,deoptimization=debug,jit+compilation=debug",
        "decorators=timenanos,tid,tags"};

    private final ScratchFolder folder = ScratchFolder.make("jvm-log");
    private final Path file = folder.path().resolve("jvm.log");
    /** Of another JVM, or 0. */
    private final long process;

    private JvmLog(final long process) {
        this.process = process;
    }

    /** This JVM's. */
    static JvmLog ofThis() {
        return new JvmLog(0);
    }

    /** Another's. */
    static JvmLog of(final long process) {
        return new JvmLog(process);
    }

    /** Switches it on. */
    void start() {
        command("output=" + file, WHAT[0], WHAT[1]);
    }

    /** Ends it. */
    void stop() {
        command("output=" + file, "what=all=off");
    }

    /** What it says of pauses, and of a thread's compiled code. */
    List<Incident> read(final long worker) {
        try {
            return parse(Files.readAllLines(file, StandardCharsets.ISO_8859_1), worker);
        } catch (final IOException e) {
            throw new BenchException("the JVM's log cannot be read: " + e.getMessage());
        }
    }

    /** What lines of it say; others are passed over. */
    static List<Incident> parse(final List<String> lines, final long worker) {
        final List<Incident> incidents = new ArrayList<>();
        final Map<String, Trap> traps = new HashMap<>();
        String collection = null;
        for (final String text : lines) {
            final Matcher line = LINE.matcher(text);
            if (!line.matches()) {
                continue;
            }
            final long timeNs = Long.parseLong(line.group(1));
            final String body = line.group(4);
            switch (line.group(3)) {
                case "gc" -> {
                    final Matcher pause = GC_PAUSE.matcher(body);
                    collection = pause.matches() ? pause.group(1) : collection;
                }
                case "safepoint" -> {
                    final Matcher safepoint = SAFEPOINT.matcher(body);
                    if (safepoint.matches()) {
                        incidents.add(pause(timeNs, Long.parseLong(safepoint.group(2)), safepoint.group(1), collection));
                        collection = null;
                    }
                }
                case "deoptimization" -> {
                    final Matcher trap = TRAP.matcher(body);
                    if (trap.matches() && Long.parseLong(line.group(2)) == worker) {
                        traps.putIfAbsent(trap.group(1), new Trap(timeNs, trap.group(1) + ": " + trap.group(2)));
                    }
                }
                case "jit,compilation" -> {
                    final Matcher compiled = COMPILED.matcher(body);
                    final Trap trap = compiled.matches() ? traps.remove(compiled.group(1).replace("::", ".")) : null;
                    if (trap != null) {
                        incidents.add(Incident.exact(Cause.COMPILATION, trap.timeNs, timeNs, trap.text));
                    }
                }
                default -> { }
            }
        }
        traps.values().forEach(trap ->
                incidents.add(Incident.exact(Cause.COMPILATION, trap.timeNs, trap.timeNs + INTERPRETED_NS, trap.text)));
        return incidents;
    }

    @Override
    public void close() {
        folder.close();
    }

    private static Incident pause(final long endNs, final long ns, final String operation, final String collection) {
        return Incident.exact(collection != null || COLLECTING.matcher(operation).matches() ? Cause.GC : Cause.SAFEPOINT, endNs - ns, endNs,
                collection == null ? operation : collection);
    }

    private void command(final String... arguments) {
        final String said = process == 0 ? here(arguments) : there(arguments);
        if (!said.isBlank()) {
            throw new BenchException("the JVM does not log: " + said.strip());
        }
    }

    private static String here(final String... arguments) {
        try {
            return String.valueOf(ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "vmLog", new Object[] {arguments},
                    new String[] {String[].class.getName()}));
        } catch (final JMException e) {
            throw new BenchException("the JVM cannot be told to log: " + e.getMessage());
        }
    }

    /** jcmd prints the process's number, and then what it said; of a success that is what any command says. */
    private String there(final String... arguments) {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process), "VM.log"));
        command.addAll(List.of(arguments));
        final Programs.Result result = Programs.attempt(command);
        final String said = result.output().replaceFirst("^\\d+:\\R", "").strip();
        return result.exit() == 0 && (said.isEmpty() || said.equals("Command executed successfully")) ? "" : "jcmd: " + said;
    }

    private record Trap(long timeNs, String text) {
    }
}
