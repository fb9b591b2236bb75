package io.penstock.os.netlink;


import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** After random changes made by {@code ip}, the mirror is what a fresh dump says. */
@Privileged
class KernelMirrorSoakTest {

    private static final int RACES = 30;
    private static final int COMMANDS_PER_RACE = 10;

    @TempDir
    private Path directory;

    private TestNetNs mine;
    private TestNetNs other;

    @BeforeEach
    void makeNamespaces() {
        mine = TestNetNs.create("soak");
        other = TestNetNs.create("soakpeer");
        for (int i = 0; i < RandomChanges.DEVICES; i++) {
            mine.veth("d" + i, other, "e" + i);
            mine.ip("addr add 10.0.%d.1/24 dev d%d", i, i);
            mine.ip("addr add 2001:db8:%d::1/64 dev d%d nodad", i, i);
            other.ip("addr add 10.0.%d.2/24 dev e%d", i, i);
            other.ip("addr add 2001:db8:%d::2/64 dev e%d nodad", i, i);
        }
    }

    @AfterEach
    void removeNamespaces() {
        mine.close();
        other.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 150, 2", "2, 150, 2", "3, 30, 12"})
    void shouldEqualFreshDumpWhenIpHasChangedAnything(final long seed, final int batches, final int commandsPerBatch)
            throws Exception {
        NetNs.within(mine.name(), () -> {
            try (MirrorJudge judge = new MirrorJudge()) {
                final RandomChanges changes = new RandomChanges(new Random(seed));
                for (int batch = 0; batch < batches; batch++) {
                    final List<String> commands = changes.next(commandsPerBatch);
                    run(commands);
                    judge.await("seed=" + seed + " batch=" + batch + " after:\n  " + String.join("\n  ", commands));
                }
                assertEquals(0, judge.mirror().overruns());
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void shouldEqualFreshDumpWhenPolledWhileIpChangesThings(final long seed) throws Exception {
        final RandomChanges changes = new RandomChanges(new Random(seed));
        NetNs.within(mine.name(), () -> {
            try (MirrorJudge judge = new MirrorJudge()) {
                for (int batch = 0; batch < RACES; batch++) {
                    final List<String> commands = new ArrayList<>(changes.next(COMMANDS_PER_RACE));
                    // The change whose routes go silently, and after it nothing that would have them dumped.
                    final String device = "d" + batch % RandomChanges.DEVICES;
                    commands.add("link set " + device + " up");
                    commands.add("route replace 20.1.0.0/24 dev " + device);
                    commands.add("link set " + device + " down");
                    final Thread ip = Thread.ofPlatform().start(() -> run(commands));
                    while (ip.isAlive()) {
                        judge.mirror().poll(0);
                    }
                    judge.await("seed=" + seed + " batch=" + batch + " after:\n  " + String.join("\n  ", commands));
                }
            }
            return null;
        });
    }

    private void run(final List<String> commands) {
        run(other, commands.stream().filter(c -> c.startsWith("peer ")).map(c -> c.substring(5)).toList());
        run(mine, commands.stream().filter(c -> !c.startsWith("peer ")).toList());
    }

    private void run(final TestNetNs where, final List<String> commands) {
        if (commands.isEmpty()) {
            return;
        }
        try {
            final Path file = Files.write(directory.resolve("commands"), commands);
            // Many of them fail by nature, such as deleting what is not there.
            Shell.attempt(List.of("ip", "-n", where.name(), "-force", "-batch", file.toString()));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
