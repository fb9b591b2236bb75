package io.penstock.perf.bench.measure;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Another JVM like this one: the same Java, class path and options. It is ended when this one ends, and ends of itself before
 * a call here returns.
 */
public final class ChildJvm {

    private ChildJvm() {
    }

    /** The options that this JVM was started with. */
    static List<String> options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments();
    }

    /** Runs a class, its error output among ours, and returns what it prints. */
    public static Output capture(final List<String> moreOptions, final String mainClass, final List<String> arguments) {
        final ProcessBuilder builder = new ProcessBuilder(command(moreOptions, mainClass, arguments));
        builder.redirectError(Redirect.INHERIT);
        return run(builder, process ->
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** Runs a class in a folder, its input and output ours, and returns its exit code. */
    public static int inherit(final Path folder, final String mainClass, final List<String> arguments) {
        final ProcessBuilder builder =
                new ProcessBuilder(command(List.of(), mainClass, arguments)).directory(folder.toFile()).inheritIO();
        return run(builder, process -> "").exitCode;
    }

    /** Runs a class, line by line what it prints, to either output, for others to read, and returns its exit code. */
    public static int follow(final String mainClass, final List<String> arguments, final PrintWriter lines) {
        return run(new ProcessBuilder(command(List.of(), mainClass, arguments)).redirectErrorStream(true), process -> {
            try (BufferedReader output = process.inputReader()) {
                output.lines().forEach(line -> {
                    lines.println(line);
                    lines.flush();
                });
            }
            return "";
        }).exitCode;
    }

    private static Output run(final ProcessBuilder builder, final Reader reader) {
        Process process = null;
        Thread end = null;
        try {
            process = builder.start();
            end = new Thread(process::destroy, "end-child");
            Runtime.getRuntime().addShutdownHook(end);
            final String text = reader.read(process);
            return new Output(process.waitFor(), text);
        } catch (final IOException e) {
            throw new BenchException("another JVM cannot be run: " + e.getMessage() + "; see whether "
                    + builder.command().getFirst() + " can be started and memory is free");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } finally {
            if (process != null) {
                process.destroy();
            }
            ShutdownHooks.forget(end);
        }
    }

    /** The command line of one. */
    public static List<String> command(
            final List<String> moreOptions, final String mainClass, final List<String> arguments) {
        final List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(options());
        command.addAll(moreOptions);
        command.add("-cp");
        command.add(Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator)));
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }

    /** What a child has left. */
    public record Output(int exitCode, String text) {
    }

    /** Reads what a process prints, until it ends. */
    private interface Reader {

        String read(Process process) throws IOException;
    }
}
