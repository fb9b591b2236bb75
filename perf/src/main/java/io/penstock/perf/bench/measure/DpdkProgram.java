package io.penstock.perf.bench.measure;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One of DPDK's test programs, run to its end on one CPU, with AVX-512 allowed; its memory is huge pages where the machine has set
 * enough of them aside.
 *
 * <p>Source: DPDK's "EAL parameters". Threads: one.
 */
public final class DpdkProgram {

    private static final Pattern TSC = Pattern.compile("TSC frequency is ~(\\d+) KHz");
    private static final Pattern COMPLAINT = Pattern.compile("FATAL|PANIC|Cause:|Can ?not |[Ff]ail|[Ee]rror|Exceeded");
    private static final Path FREE_HUGE_PAGES = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
    private static final int HUGE_PAGE_MB = 2;
    /** Then it is killed. */
    private static final int PATIENCE_SECONDS = 5;

    private final String program;
    private final int cpu;
    private final int memoryMb;
    private final boolean hugePages;

    /** A program that needs so much memory. */
    public DpdkProgram(final String program, final int cpu, final int memoryMb) {
        this.program = program;
        this.cpu = cpu;
        this.memoryMb = memoryMb;
        this.hugePages = freeHugeMb() >= memoryMb;
    }

    /** Refuses a machine without a program. */
    public static void require(final String program) {
        if (!Programs.exist(program)) {
            throw new BenchException(ExitCode.USAGE, "the peer dpdk is not installed; run 'apt install dpdk-dev', which brings "
                    + program);
        }
    }

    /** What its memory is made of. */
    public boolean hugePages() {
        return hugePages;
    }

    /** Runs it with its own arguments, those behind {@code --}. */
    public Output run(final List<String> arguments) {
        final List<String> command = command();
        command.add("--");
        command.addAll(arguments);
        final Programs.Result result = Programs.attempt(command);
        DpdkFolder.remove();
        final Output output = output(result.output());
        if (result.exit() != 0 || output.tscKhz == 0) {
            throw output.failure("exit=" + result.exit());
        }
        return output;
    }

    /** Runs one of its tests, until it has printed what is wanted. */
    public Output test(final String name, final Pattern wanted) {
        final List<String> command = new ArrayList<>(List.of("env", "DPDK_TEST=" + name));
        command.addAll(command());
        final StringBuilder text = new StringBuilder();
        Process process = null;
        try {
            process = Programs.start(command);
            process.getOutputStream().close();
            readUntil(process.inputReader(StandardCharsets.UTF_8), wanted, text);
        } catch (final IOException e) {
            throw new BenchException(program + " cannot be run: " + e.getMessage() + "; see whether it can be started");
        } finally {
            if (process != null) {
                Programs.end(process, PATIENCE_SECONDS);
            }
            DpdkFolder.remove();
        }
        final Output output = output(text.toString());
        if (!wanted.matcher(text).find() || output.tscKhz == 0) {
            throw output.failure("its figures are missing");
        }
        return output;
    }

    private static void readUntil(final BufferedReader reader, final Pattern wanted, final StringBuilder text) throws IOException {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            text.append(line).append('\n');
            if (wanted.matcher(text).find()) {
                return;
            }
        }
    }

    private List<String> command() {
        final List<String> command = new ArrayList<>(List.of(program, "-l", Integer.toString(cpu), "--no-pci", "--no-telemetry",
                "--log-level=lib.eal:debug", "--force-max-simd-bitwidth=512", "-m", Integer.toString(memoryMb)));
        command.addAll(hugePages ? List.of("--in-memory") : List.of("--no-huge", "--file-prefix=" + DpdkFolder.prefix()));
        return command;
    }

    private Output output(final String text) {
        final Matcher tsc = TSC.matcher(text);
        return new Output(program, text, tsc.find() ? Long.parseLong(tsc.group(1)) : 0);
    }

    private static int freeHugeMb() {
        try {
            return Integer.parseInt(Files.readString(FREE_HUGE_PAGES).strip()) * HUGE_PAGE_MB;
        } catch (final IOException e) {
            // A kernel without them has none.
            return 0;
        }
    }

    /**
     * What it printed.
     *
     * @param tscKhz ticks of the time stamp counter in a millisecond
     */
    public record Output(String program, String text, long tscKhz) {

        /** The number that a pattern's first group finds. */
        public double number(final Pattern pattern) {
            final Matcher matcher = pattern.matcher(text);
            if (!matcher.find()) {
                throw failure("its figure is missing");
            }
            return Double.parseDouble(matcher.group(1));
        }

        /** Nanoseconds of so many ticks. */
        public double ns(final double ticks) {
            return ticks * 1e6 / tscKhz;
        }

        /** What to throw when it is not as it should be. */
        public BenchException failure(final String what) {
            return new BenchException(program + " failed: " + what + "; it printed: " + text.lines()
                    .filter(line -> COMPLAINT.matcher(line).find()).collect(Collectors.joining("; ")));
        }
    }
}
