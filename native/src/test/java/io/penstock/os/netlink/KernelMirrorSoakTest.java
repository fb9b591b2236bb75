package io.penstock.os.netlink;


import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** After random changes made by {@code ip}, the mirror is what a fresh dump says. */
@Privileged
class KernelMirrorSoakTest {

    private static final int BATCHES = 60;
    private static final int COMMANDS_PER_BATCH = 12;

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
    @ValueSource(longs = {4,5,6})
    void shouldEqualFreshDumpAfterRandomChanges(final long seed) throws Exception {
        NetNs.within(mine.name(), () -> {
            try (KernelMirror mirror = KernelMirror.open(new KernelMirror.Observer() { });
                    MirrorJudge judge = new MirrorJudge(mirror)) {
                final RandomChanges changes = new RandomChanges(new Random(seed));
                for (int batch = 0; batch < BATCHES; batch++) {
                    final List<String> commands = changes.next(COMMANDS_PER_BATCH);
                    run(commands);
                    judge.await("seed=" + seed + " batch=" + batch + " after:\n  " + String.join("\n  ", commands));
                }
            }
            return null;
        });
    }

    private void run(final List<String> commands) throws IOException {
        final Path file = directory.resolve("commands");
        Files.write(file, commands.stream().filter(c -> !c.startsWith("peer ")).toList());
        // Many of them fail by nature, such as deleting what is not there.
        System.err.println("E " + Shell.attempt(List.of("ip", "-n", mine.name(), "-force", "-batch", file.toString())).output());
        Files.write(file, commands.stream().filter(c -> c.startsWith("peer ")).map(c -> c.substring(5)).toList());
        Shell.attempt(List.of("ip", "-n", other.name(), "-force", "-batch", file.toString()));
    }
}
