package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.testkit.ScarceHooks;
import io.penstock.dataplane.testkit.WorkerBench;
import io.penstock.os.testkit.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are read again while commands come, and what is told when they cannot all be put into force. */
@Timeout(60)
class ReloadTest {

    private static final String WEB = "-A -t 10.0.0.254:80 -s rr\n";

    @TempDir
    private Path folder;

    private final WorkerBench bench = new WorkerBench(1);
    private final ScarceHooks hooks = new ScarceHooks(bench.hooks);
    private final NamespaceTables tables = new NamespaceTables(bench.namespace, hooks, System::nanoTime, ProgramKind.PLAIN);
    private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
    private Path socket;

    @BeforeEach
    void serve() {
        socket = folder.resolve("p.sock");
        tables.serve(socket, said::add);
    }

    @AfterEach
    void close() {
        tables.close();
        bench.close();
    }

    /** The file of services is a pipe: what is written to it comes when sets and rules have been read. */
    @ParameterizedTest
    @ValueSource(strings = {"destroy a", "destroy b", "rename a c", "rename b c", "destroy own"})
    void shouldChangeNothingWhenACommandTakesASetAwayMeanwhile(final String command) throws Exception {
        ToolRun.ok(socket, "ipset create b hash:ip");
        ToolRun.ok(socket, "ipset add b 10.0.0.1");
        ToolRun.ok(socket, "ipset create own hash:ip");
        final Path sets = write("sets", "create a hash:ip\nadd a 10.0.0.2\ncreate b hash:ip\nadd b 10.0.0.3\n");
        final Path rules = write("rules", "*filter\n-A FORWARD -m set --match-set a src -j DROP\n-A FORWARD -m set --match-set own src -j DROP\nCOMMIT\n");
        final Path services = folder.resolve("services");
        Shell.sh("mkfifo %s", services);
        final TableFiles files = new TableFiles(sets, rules, null, services, List.of());
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            final Future<?> reload = one.submit(() -> tables.reload(files, said::add));
            try (OutputStream out = Files.newOutputStream(services, StandardOpenOption.WRITE)) {
                ToolRun.ok(socket, "ipset " + command);
                out.write(WEB.getBytes(StandardCharsets.US_ASCII));
            }
            final Throwable refused = assertThrows(ExecutionException.class, reload::get).getCause();
            assertInstanceOf(RulesException.class, refused);
            assertTrue(refused.getMessage().endsWith("; reload again"), refused.getMessage());
        }
        assertEquals("", ToolRun.ok(socket, "ipvsadm -Sn"));
        assertEquals("-P FORWARD ACCEPT\n", ToolRun.ok(socket, "iptables -S FORWARD"));
        assertTrue(!ToolRun.ok(socket, "ipset save").contains("10.0.0.3"), ToolRun.ok(socket, "ipset save"));
    }

    @Test
    void shouldPutEverythingIntoForceWhenACommandSwapsOtherSetsMeanwhile() throws Exception {
        ToolRun.ok(socket, "ipset create x hash:ip");
        ToolRun.ok(socket, "ipset create y hash:ip");
        final Path sets = write("sets", "create a hash:ip\nadd a 10.0.0.2\n");
        final Path rules = write("rules", "*filter\n-A FORWARD -m set --match-set a src -j DROP\nCOMMIT\n");
        final Path services = folder.resolve("services");
        Shell.sh("mkfifo %s", services);
        final TableFiles files = new TableFiles(sets, rules, null, services, List.of());
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            final Future<?> reload = one.submit(() -> tables.reload(files, said::add));
            try (OutputStream out = Files.newOutputStream(services, StandardOpenOption.WRITE)) {
                ToolRun.ok(socket, "ipset swap x y");
                out.write(WEB.getBytes(StandardCharsets.US_ASCII));
            }
            reload.get();
        }
        assertEquals(WEB, ToolRun.ok(socket, "ipvsadm -Sn"));
        assertEquals("-P FORWARD ACCEPT\n-A FORWARD -m set --match-set a src -j DROP\n", ToolRun.ok(socket, "iptables -S FORWARD"));
    }

    @Test
    void shouldSayWhatIsInForceWhenATableCannotBe() throws Exception {
        final TableFiles files = new TableFiles(write("sets", "create a hash:ip\n"),
                write("rules", "*filter\n-A FORWARD -j ACCEPT\nCOMMIT\n*mangle\n-A FORWARD -m conntrack --ctstate NEW -j ACCEPT\nCOMMIT\n"), null,
                write("services", WEB), List.of());
        assertEquals("in force as the files say are the services, the sets, 1 of 2 tables; the rest is as it was: there is no place; reload again",
                assertThrows(HalfReloadException.class, () -> tables.reload(files, said::add)).getMessage());
        assertEquals(WEB, ToolRun.ok(socket, "ipvsadm -Sn"));
        assertEquals("-P FORWARD ACCEPT\n-A FORWARD -j ACCEPT\n", ToolRun.ok(socket, "iptables -S FORWARD"));
        assertEquals("-P FORWARD ACCEPT\n", ToolRun.ok(socket, "iptables -t mangle -S FORWARD"));
        hooks.isScarce = false;
        tables.reload(files, said::add);
        assertTrue(ToolRun.ok(socket, "iptables -t mangle -S FORWARD").contains("NEW"), ToolRun.ok(socket, "iptables -t mangle -S FORWARD"));
    }

    private Path write(final String name, final String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
