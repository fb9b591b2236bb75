package io.penstock.perf.bench.profile;

import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedObject;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * What the JVM's flight recorder has written of its workers and compilers.
 *
 * @param samples         of the workers, those that were asked for
 * @param untold          samples whose stack the JVM could not tell, or lost
 * @param compilations    in the order of their ends
 * @param refusals        calls that were not inlined
 * @param deoptimizations of all threads
 */
record Recording(
        List<Sample> samples, long untold, List<Compilation> compilations, List<Refusal> refusals,
        List<Deoptimization> deoptimizations) {

    private static final Pattern WORKER = Pattern.compile("worker-\\d+");

    /** Reads a file, with those samples of its workers that are wanted. */
    static Recording read(final Path file, final Predicate<Sample> wanted) {
        final Recording recording =
                new Recording(new ArrayList<>(), 0, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        long untold = 0;
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                untold += recording.add(events.readEvent(), wanted);
            }
        } catch (final IOException e) {
            throw new BenchException("what the JVM recorded cannot be read: " + e.getMessage());
        }
        return new Recording(recording.samples, untold, recording.compilations, recording.refusals, recording.deoptimizations);
    }

    /** Returns how many samples it tells of that have no stack. */
    private long add(final RecordedEvent event, final Predicate<Sample> wanted) {
        switch (event.getEventType().getName()) {
            case Sampler.CLOCK_EVENT -> {
                return addSample(event, "sampledThread", wanted);
            }
            case Sampler.CPU_EVENT -> {
                return addSample(event, "eventThread", wanted);
            }
            case Sampler.LOST_EVENT -> {
                return isWorker(event, "eventThread") ? event.getLong("lostSamples") : 0;
            }
            case "jdk.Compilation" -> {
                if (event.getBoolean("succeded")) {
                    compilations.add(new Compilation(number(event, "compileId"), key(event.getValue("method")),
                            (int) number(event, "compileLevel"), event.getBoolean("isOsr"), number(event, "codeSize")));
                }
            }
            case "jdk.CompilerInlining" -> {
                if (!event.getBoolean("succeeded")) {
                    final RecordedObject callee = event.getValue("callee");
                    refusals.add(new Refusal(number(event, "compileId"), key(event.getValue("caller")), callee.getString("name"),
                            event.getInt("bci"), event.getString("message")));
                }
            }
            case "jdk.Deoptimization" -> deoptimizations.add(new Deoptimization(number(event, "compileId"),
                    key(event.getValue("method")), event.getInt("lineNumber"), event.getString("reason"), event.getString("action")));
            default -> { }
        }
        return 0;
    }

    private long addSample(final RecordedEvent event, final String thread, final Predicate<Sample> wanted) {
        if (!isWorker(event, thread)) {
            return 0;
        }
        if (event.getStackTrace() == null) {
            return 1;
        }
        final Sample sample = new Sample(event.getStackTrace().getFrames().stream().map(Recording::frame).toList());
        if (wanted.test(sample)) {
            samples.add(sample);
        }
        return 0;
    }

    private static boolean isWorker(final RecordedEvent event, final String field) {
        final RecordedThread thread = event.getThread(field);
        return thread != null && thread.getJavaName() != null && WORKER.matcher(thread.getJavaName()).matches();
    }

    private static Frame frame(final RecordedFrame frame) {
        final RecordedMethod method = frame.getMethod();
        final Frame.Kind kind = switch (frame.getType()) {
            case "Interpreted" -> Frame.Kind.INTERPRETED;
            case "Inlined" -> Frame.Kind.INLINED;
            case "Native" -> Frame.Kind.NATIVE;
            default -> Frame.Kind.COMPILED;
        };
        return new Frame(Frame.plain(method.getType().getName()), method.getName(), method.getDescriptor(), kind,
                frame.getBytecodeIndex());
    }

    private static String key(final RecordedMethod method) {
        return method == null ? "" : Frame.plain(method.getType().getName()) + '.' + method.getName() + method.getDescriptor();
    }

    private static long number(final RecordedEvent event, final String field) {
        final Number value = event.getValue(field);
        return value.longValue();
    }
}
