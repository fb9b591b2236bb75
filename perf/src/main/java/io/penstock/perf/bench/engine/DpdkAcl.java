package io.penstock.perf.bench.engine;

import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.DpdkProgram;
import io.penstock.perf.bench.measure.ScratchFolder;
import io.penstock.perf.rules.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The classification of DPDK's ACL library by its own test program: it builds its tries from a file of five-tuple rules and classifies
 * the headers of another file, 256 at a time, over and over; no packet is received, parsed, counted or sent.
 *
 * <p>Source: DPDK's "Packet Classification and Access Control"; the program's own usage text. Threads: one.
 */
final class DpdkAcl implements RulePeer {

    private static final String PROGRAM = "dpdk-test-acl";
    private static final Pattern TICKS = Pattern.compile("([0-9.]+) cycles/pkt");
    /** Of each header, counted from 0. */
    private static final Pattern RESULT = Pattern.compile("(?m)^ipv4_5tuple: \\d+, category: 0, result: (\\d+)$");
    private static final String SCALAR = "scalar";
    private static final String VECTOR = "avx512x32";
    /** The program's, and what it builds. Unit: MB. */
    private static final int BASE_MB = 512;
    private static final int KILOBYTES_PER_RULE = 32;
    /** Headers that it classifies a second, about: what makes a run last as long as is wanted. */
    private static final double PACKETS_PER_SECOND = 15e6;

    private final int cpu;
    private final double seconds;

    DpdkAcl(final int cpu, final double seconds) {
        this.cpu = cpu;
        this.seconds = seconds;
    }

    @Override
    public String name() {
        return "dpdk";
    }

    @Override
    public String what() {
        return "dpdk: its ACL library by dpdk-test-acl, classification alone, the faster of scalar and AVX-512";
    }

    @Override
    public void require() {
        DpdkProgram.require(PROGRAM);
    }

    @Override
    public Loaded load(final PeerRules given) {
        final RuleSet rules = given.mix();
        final ScratchFolder folder = ScratchFolder.make("acl");
        try {
            write(folder.path(), rules);
            final Program loaded = new Program(folder, rules);
            loaded.checkAnswers();
            return loaded;
        } catch (final RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static void write(final Path folder, final RuleSet rules) {
        try {
            Files.writeString(folder.resolve("rules"), rules.filterText());
            Files.writeString(folder.resolve("trace"), rules.traceText());
        } catch (final IOException e) {
            throw new BenchException("the peer's rules cannot be written: " + e.getMessage() + "; free space in "
                    + System.getProperty("java.io.tmpdir"));
        }
    }

    /** The program with files. */
    private final class Program implements Loaded {

        private final ScratchFolder folder;
        private final RuleSet rules;
        private final DpdkProgram program;

        private Program(final ScratchFolder folder, final RuleSet rules) {
            this.folder = folder;
            this.rules = rules;
            this.program = new DpdkProgram(PROGRAM, cpu, BASE_MB + (int) ((long) rules.rules().size() * KILOBYTES_PER_RULE >> 10));
        }

        @Override
        public Map<String, Double> run() {
            final int iterations = Math.max(1, (int) (seconds * PACKETS_PER_SECOND / rules.flows().size()));
            final Map<String, Double> ns = new LinkedHashMap<>();
            for (final String way : List.of(SCALAR, VECTOR)) {
                final DpdkProgram.Output output = run(way, iterations, 0);
                ns.put(way, output.ns(output.number(TICKS)));
            }
            return ns;
        }

        /** All of them, or it would not have been loaded. */
        @Override
        public double lastShare() {
            return 1;
        }

        @Override
        public void close() {
            folder.close();
        }

        /** Every header must come to the last rule there as well. */
        private void checkAnswers() {
            final DpdkProgram.Output output = run(VECTOR, 1, 2);
            final String last = Integer.toString(rules.rules().size() - 1);
            final long right = RESULT.matcher(output.text()).results().filter(result -> result.group(1).equals(last)).count();
            if (right != rules.flows().size()) {
                throw output.failure("headers that came to the last rule=" + right + " of " + rules.flows().size());
            }
        }

        private DpdkProgram.Output run(final String way, final int iterations, final int verbose) {
            return program.run(List.of("--rulesf=" + folder.path().resolve("rules"), "--tracef=" + folder.path().resolve("trace"),
                    "--rulenum=" + rules.rules().size(), "--tracenum=" + rules.flows().size(), "--bldcat=1", "--runcat=1",
                    "--iter=" + iterations, "--alg=" + way, "--verbose=" + verbose));
        }
    }
}
