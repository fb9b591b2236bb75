package io.penstock.rules.set.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import io.penstock.rules.set.SetRegistry;
import io.penstock.rules.set.SetType;
import io.penstock.rules.text.SystemNames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random commands, right and wrong ones, to the installed tool with this machine's kernel, and to this one. */
@Privileged(programs = "ipset")
class IpsetBesideTest {

    private static final int ROUNDS = 4;
    private static final int COMMANDS = 90;

    /** A shell says 128 and the signal's number of what died by one. */
    private static final int SIGNALLED = 128;

    private static String comparable(final String text) {
        final List<String> lines = new ArrayList<>();
        final List<String> members = new ArrayList<>();
        boolean isHash = false;
        for (final String line : text.replaceAll("initval 0x[0-9a-f]+", "initval ?").replaceAll("<initval>0x[0-9a-f]+", "<initval>?")
                .replaceAll("Size in memory: [0-9]+", "Size in memory: ?").replaceAll("<memsize>[0-9]+", "<memsize>?")
                .replaceAll("timeout(.)[0-9]{4,}", "timeout$1many").split("\n")) {
            final boolean isHead = line.startsWith("Type:") || line.startsWith("<type>") || line.startsWith("create ");
            isHash = isHead ? line.contains("hash:") : isHash;
            // Elements of a hash have no order.
            if (isHash && (line.startsWith("add ") || line.startsWith("<member>") || line.matches("[0-9a-f:].*"))) {
                members.add(line);
            } else {
                members.sort(null);
                lines.addAll(members);
                members.clear();
                lines.add(line);
            }
        }
        members.sort(null);
        lines.addAll(members);
        return String.join("\n", lines);
    }

    private static Ipset.Outcome real(final TestNetNs namespace, final RandomCommands.Line line, final Path folder)
            throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace.name(), "ipset"));
        command.addAll(line.words());
        final Path out = folder.resolve("out");
        final Path err = folder.resolve("err");
        final Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try (OutputStream input = process.getOutputStream()) {
            input.write(line.input().getBytes(StandardCharsets.ISO_8859_1));
        } catch (final IOException closed) {
            // It does not read what it does not want.
        }
        return new Ipset.Outcome(process.waitFor(), comparable(Files.readString(out, StandardCharsets.ISO_8859_1)),
                Files.readString(err, StandardCharsets.ISO_8859_1));
    }

    /** The types that this machine's kernel has. */
    private static List<String> types() {
        final String version = Shell.attempt(List.of("ipset", "version")).output();
        assumeTrue(version.startsWith("ipset v7.17,"), "ipset is another one: " + version);
        try (TestNetNs namespace = TestNetNs.create("s")) {
            return Arrays.stream(SetType.values()).map(SetType::word).filter(type -> {
                final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace.name(), "ipset", "create", type, type));
                if (type.startsWith("bitmap:")) {
                    command.addAll(List.of("range", type.equals("bitmap:port") ? "1-2" : "10.0.0.0/24"));
                }
                return Shell.attempt(command).exit() == 0;
            }).toList();
        }
    }

    @Test
    void shouldAnswerAsTheRealToolDoesWhenGivenTheSameCommands(@TempDir final Path folder) throws Exception {
        final long seed = Long.getLong("penstock.seed", System.nanoTime());
        final List<String> types = types();
        assumeTrue(types.containsAll(List.of("hash:ip", "hash:net", "list:set")), () -> "the kernel lacks sets: types=" + types);
        int taken = 0;
        int fallen = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final RandomCommands commands = new RandomCommands(seed + round, types);
            final List<String> before = new ArrayList<>();
            try (TestNetNs namespace = TestNetNs.create("s"); SetRegistry sets = Sets.registry()) {
                final Ipset ipset = new Ipset(sets, new SystemNames());
                for (int i = 0; i < COMMANDS; i++) {
                    final RandomCommands.Line line = commands.next();
                    before.add(String.join(" ", line.words()) + (line.input().isEmpty() ? "" : " < " + line.input().replace("\n", "\\n")));
                    final Ipset.Outcome outcome = ipset.run(line.input(), line.words());
                    final Ipset.Outcome comparable = new Ipset.Outcome(outcome.status(), comparable(outcome.out()),
                            outcome.err().replaceAll("(?m)^penstock: .*\n", ""));
                    final Ipset.Outcome real = real(namespace, line, folder);
                    if (real.status() > SIGNALLED) {
                        // The tool itself fell over such a word, before it asked the kernel for anything.
                        assertTrue(outcome.status() != 0, () -> "taken, where the tool falls over; penstock.seed=" + seed + "\n" + String.join("\n", before));
                        fallen++;
                        continue;
                    }
                    assertEquals(real, comparable, () -> "penstock.seed=" + seed + "\n" + String.join("\n", before));
                    taken += real.status() == 0 ? 1 : 0;
                }
            }
        }
        System.out.printf("ipset beside the real tool: types=%d commands=%d taken=%d fallen=%d%n", types.size(), ROUNDS * COMMANDS, taken, fallen);
        assertTrue(taken > COMMANDS, "the real tool takes hardly any");
        assertTrue(fallen < COMMANDS / 10, "the real tool falls over more than odd words");
    }
}
