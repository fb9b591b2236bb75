package io.penstock.perf.bench.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What the JVM's own log says of compiled code that is given up, and of pauses: {@code -Xlog:jit+compilation,deoptimization=debug} and
 * {@code safepoint=info}, switched on in the running JVM.
 *
 * <pre>
 * [252215122ns][27503][deoptimization ] cid= 665 level=4 a.B.loop(I)V trap_bci=7 [a.C.f(I)V] unstable_if reinterpret pc=...
 * [290879140ns][27485][jit,compilation]   14  4  a.B::loop (37 bytes)   made not entrant: marked for deoptimization
 * [310879140ns][27485][safepoint      ] Safepoint "SerialCollectForAllocation", ... Total: 2290331 ns
 * </pre>
 *
 * <p>Code that makes way for better code is not given up: "not used", "OSR invalidation of lower level".
 *
 * <p>Threads: control.
 */
public final class JitLog implements AutoCloseable {

    private static final Pattern TRAP = Pattern.compile(
            "\\[(\\d+)ns\\]\\[(\\d+)\\]\\[deoptimization *\\] .*level=\\d (\\S+) trap_bci=\\S+ (.*?) ?pc=.*");
    private static final Pattern GIVEN_UP = Pattern.compile(
            "\\[(\\d+)ns\\]\\[(\\d+)\\]\\[jit,compilation\\] .*? (\\S+::\\S+).* made not entrant: (.*)");
    private static final Pattern PAUSE = Pattern.compile(
            "\\[(\\d+)ns\\]\\[\\d+\\]\\[safepoint *\\] Safepoint \"(\\w+)\".* Total: +(\\d+) ns.*");
    private static final List<String> BETTER_CODE = List.of("not used", "OSR invalidation of lower level");
    /** Why code was given up: a thread met what the compiler had not expected; that is told as a trap, too. */
    public static final String TRAPPED = "uncommon trap";

    private static final double NS_PER_MS = 1e6;

    private final ScratchFolder folder = ScratchFolder.make("jit");
    private final Path file = folder.path().resolve("jit.log");

    /** Switches the log on. */
    public void start() {
        command("output=" + file, "what=jit+compilation=debug,deoptimization=debug,safepoint=info", "decorators=timenanos,tid,tags");
    }

    /** Ends it. */
    public void stop() {
        command("output=" + file, "what=all=off");
    }

    /** Reads what it says. */
    public Entries read() {
        return parse(lines());
    }

    /** What lines of it say; others are passed over. */
    static Entries parse(final List<String> lines) {
        final List<GivenUp> traps = new ArrayList<>();
        final List<GivenUp> methods = new ArrayList<>();
        final List<Pause> pauses = new ArrayList<>();
        double longest = 0;
        String why = "";
        for (final String line : lines) {
            final Matcher trap = TRAP.matcher(line);
            final Matcher method = GIVEN_UP.matcher(line);
            final Matcher pause = PAUSE.matcher(line);
            if (trap.matches()) {
                traps.add(new GivenUp(Long.parseLong(trap.group(2)), trap.group(3), trap.group(4)));
            } else if (method.matches() && !BETTER_CODE.contains(method.group(4))) {
                methods.add(new GivenUp(Long.parseLong(method.group(2)), method.group(3).replace("::", "."), method.group(4)));
            } else if (pause.matches()) {
                final long endNs = Long.parseLong(pause.group(1));
                final long tookNs = Long.parseLong(pause.group(3));
                pauses.add(new Pause(endNs - tookNs, endNs));
                if (tookNs / NS_PER_MS > longest) {
                    longest = tookNs / NS_PER_MS;
                    why = pause.group(2);
                }
            }
        }
        return new Entries(traps, methods, pauses, longest, why);
    }

    @Override
    public void close() {
        folder.close();
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            throw new BenchException("the JVM's log cannot be read: " + e.getMessage());
        }
    }

    private static void command(final String... arguments) {
        try {
            final Object said = ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "vmLog", new Object[] {arguments},
                    new String[] {String[].class.getName()});
            if (!String.valueOf(said).isBlank()) {
                throw new BenchException("the JVM does not log: " + said.toString().strip());
            }
        } catch (final JMException e) {
            throw new BenchException("the JVM cannot be told to log: " + e.getMessage());
        }
    }

    /**
     * Compiled code that was given up.
     *
     * @param thread on which; of a trap, the one that ran it
     * @param method with its class
     * @param why    the JVM's word for it
     */
    public record GivenUp(long thread, String method, String why) {

        /** For people. */
        public String text() {
            return method + ": " + why;
        }
    }

    /**
     * A time in which no thread ran the program, by {@link System#nanoTime()}.
     *
     * @param fromNs when it was asked for
     * @param toNs   when it was told of, after its end
     */
    public record Pause(long fromNs, long toNs) {

        /** Whether it lies in a time, or a part of it. */
        public boolean overlaps(final long otherFromNs, final long otherToNs) {
            return within(otherFromNs, otherToNs) > 0;
        }

        /** How much of it lies in a time. Unit: ns. */
        public long within(final long otherFromNs, final long otherToNs) {
            final long begin = fromNs - otherFromNs > 0 ? fromNs : otherFromNs;
            final long end = toNs - otherToNs < 0 ? toNs : otherToNs;
            return Math.max(0, end - begin);
        }
    }

    /**
     * What the log has.
     *
     * @param traps        threads that left compiled code for the interpreter
     * @param methods      code that nobody enters any more
     * @param pauses       of all threads
     * @param longestMs    of them
     * @param longestWhy   the JVM's word for it
     */
    public record Entries(List<GivenUp> traps, List<GivenUp> methods, List<Pause> pauses, double longestMs, String longestWhy) {
    }
}
