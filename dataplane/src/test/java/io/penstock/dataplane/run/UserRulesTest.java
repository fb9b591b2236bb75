package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.api.TableName;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.compile.Specialization;
import io.penstock.rules.compile.TableCompiler;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.IptablesSaveCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's match and target from a jar, built from the sample as it is shipped: in commands, in every tier, and without garbage. */
class UserRulesTest {

    private static final String SAMPLE = "docs/samples/flow-share";
    private static final String SERVICES = "META-INF/services";
    private static final Map<String, BiFunction<CompiledTable, Integer, TableProgram>> TIERS = new LinkedHashMap<>();
    private static final int FLOWS = 200;
    private static final int WARM_PACKETS = 50_000;
    private static final int MEASURED_PACKETS = 100_000;

    @TempDir
    private static Path folder;

    private String said;

    static {
        TIERS.put("plain", CompiledTable::plain);
        TIERS.put("indexed", CompiledTable::indexed);
        TIERS.put("specialized", UserRulesTest::specialized);
    }

    @BeforeAll
    static void load() throws IOException {
        HookJars.open(List.of(jar("flow-share.jar", compile(checkout().resolve(SAMPLE)), checkout().resolve(SAMPLE).resolve(SERVICES))));
    }

    @Test
    void shouldBeWrittenAndFoundAsIfTheyHadComeWithTheTool() {
        withTables(CompiledTable::indexed, (tables, engine) -> {
            assertEquals(0, iptables(tables, "-t mangle -A FORWARD -m flowshare ! --percent 10 -j FLOWMARK --base 100 --ways 4"), said);
            assertEquals(0, iptables(tables, "-t mangle -A FORWARD -p udp -m flowshare --percent 7"), said);
            assertEquals(0, iptables(tables, "-t mangle -S FORWARD"));
            assertEquals("""
                    -P FORWARD ACCEPT
                    -A FORWARD -m flowshare ! --percent 10 -j FLOWMARK --base 100 --ways 4
                    -A FORWARD -p udp -m flowshare --percent 7
                    """, said);
            iptables(tables, "-t mangle -L FORWARD -n");
            assertEquals("""
                    Chain FORWARD (policy ACCEPT)
                    target     prot opt source               destination        \s
                    FLOWMARK   all  --  0.0.0.0/0            0.0.0.0/0            flowshare !10% FLOWMARK 100-103
                               udp  --  0.0.0.0/0            0.0.0.0/0            flowshare 7%
                    """.replace("all  --", "0    --").replace("udp  --", "17   --"), said);
            final String saved = save(tables);
            assertEquals(0, iptables(tables, "-t mangle -C FORWARD -m flowshare ! --percent 10 -j FLOWMARK --base 100 --ways 4"), said);
            assertEquals(1, iptables(tables, "-t mangle -C FORWARD -m flowshare ! --percent 11 -j FLOWMARK --base 100 --ways 4"));
            assertEquals(0, iptables(tables, "-t mangle -D FORWARD -p udp -m flowshare --percent 7"), said);
            assertEquals(0, restore(tables, saved), said);
            assertEquals(saved, save(tables));
        });
    }

    @Test
    void shouldBeRefusedAsTheToolRefusesItsOwn() {
        withTables(CompiledTable::indexed, (tables, engine) -> {
            assertEquals(2, iptables(tables, "-t mangle -A FORWARD -m flowshare"));
            assertTrue(said.contains("flowshare: option \"--percent\" must be specified"), said);
            assertEquals(2, iptables(tables, "-t mangle -A FORWARD -m flowshare --percent 101"));
            assertTrue(said.contains("flowshare: bad value for option \"--percent\", or out of range (0-100)."), said);
            assertEquals(1, iptables(tables, "-A FORWARD -j FLOWMARK --base 1 --ways 2"));
            assertTrue(said.contains("Invalid argument"), said);
            assertEquals(0, iptables(tables, "-m flowshare -h"), said);
            assertTrue(said.contains("flowshare match options:"), said);
        });
    }

    @Test
    void shouldTakeTheSamePacketsInEveryTier() {
        final StringBuilder text = new StringBuilder("*mangle\n");
        // Long enough to be searched, and all of them to be asked.
        for (int i = 0; i < 20; i++) {
            text.append("-A FORWARD -d 10.").append(1 + i % 2).append(".0.0/16 -m flowshare --percent ").append(5 * i)
                    .append(" -j FLOWMARK --base ").append(100 * i).append(" --ways 4\n");
        }
        text.append("-A FORWARD -m mark --mark 0 -j DROP\n-A FORWARD -m flowshare --percent 50 -j DROP\nCOMMIT\n");
        String first = null;
        for (final Map.Entry<String, BiFunction<CompiledTable, Integer, TableProgram>> tier : TIERS.entrySet()) {
            final StringBuilder outcomes = new StringBuilder();
            withTables(tier.getValue(), (tables, engine) -> {
                assertEquals(0, restore(tables, text.toString()), said);
                for (int flow = 0; flow < FLOWS; flow++) {
                    engine.receive(TestEngine.LAN, Packets.udp4("10.1.0." + (1 + flow)));
                    outcomes.append(engine.outcome(0)).append(' ').append(engine.batch.mark[0]).append('\n');
                }
                outcomes.append(Arrays.toString(tables.read(IpFamily.IPV4, TableName.MANGLE).packets()));
            });
            first = first == null ? outcomes.toString() : first;
            assertEquals(first, outcomes.toString(), tier.getKey());
        }
        final long dropped = first.lines().filter(line -> line.startsWith("dropped rule_drop")).count();
        final long passed = first.lines().filter(line -> line.startsWith("forwarded")).count();
        assertTrue(dropped > FLOWS / 4 && passed > FLOWS / 4, first);
    }

    @Test
    void shouldAllocateNothingInAnyTier() {
        final RuleTable[] table = new RuleTable[1];
        withTables(CompiledTable::indexed, (tables, engine) -> {
            assertEquals(0, restore(tables, "*mangle\n-A FORWARD -m flowshare --percent 60 -j FLOWMARK --base 1 --ways 4\n"
                    + "-A FORWARD -m flowshare ! --percent 60 -j DROP\nCOMMIT\n"), said);
            table[0] = tables.read(IpFamily.IPV4, TableName.MANGLE).table();
        });
        try (TestEngine engine = new TestEngine(); MappedMemory memory = MappedMemory.reserve(512, MappedMemory.Pages.NORMAL);
                CompiledTable compiled = TableCompiler.compile(table[0], place -> new NoScope(), 1)) {
            final byte[] bytes = Packets.udp4("10.1.0.5");
            Memory.copyFromArray(bytes, 0, memory.address(), bytes.length);
            final RulePacket packet = packet(memory.address() + EthernetLayout.HEADER_BYTES, bytes.length - EthernetLayout.HEADER_BYTES);
            packet.services = new RuleServices(engine.lane);
            TIERS.forEach((name, tier) -> {
                final TableProgram program = tier.apply(compiled, 0);
                final int dropped = run(program, packet, WARM_PACKETS);
                assertTrue(dropped > WARM_PACKETS / 4 && dropped < WARM_PACKETS / 2, () -> name + ": dropped=" + dropped);
                final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                final long before = threads.getCurrentThreadAllocatedBytes();
                run(program, packet, MEASURED_PACKETS);
                final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertTrue(allocated < MEASURED_PACKETS / 100, () -> name + ": allocated=" + allocated);
            });
        }
    }

    @Test
    void shouldTellWhatCannotBeNamed() throws IOException {
        final Path source = Files.createDirectories(folder.resolve("unnamed")).resolve("Unnamed.java");
        Files.writeString(source, Files.readString(checkout().resolve(SAMPLE).resolve("FlowShare.java")).replace("FlowShare", "Unnamed")
                .replace("return \"flowshare\"", "return \"flow share\"").replace("FlowHash.of(packet)", "packet.length"));
        final Path services = Files.createDirectories(folder.resolve("unnamed-services"));
        Files.writeString(services.resolve("io.penstock.rules.api.MatchKind"), "samples.Unnamed$Kind\n");
        final Path jar = jar("unnamed.jar", compile(source.getParent()), services);
        assertEquals("hook jar " + jar + " was refused: a match or target cannot be named 'flow share'; give it 1 to 28 letters, digits, "
                + "'-' or '_', a letter or digit first: class=samples.Unnamed$Kind",
                assertThrows(RunException.class, () -> HookJars.open(List.of(jar))).getMessage());
    }

    private static TableProgram specialized(final CompiledTable table, final int worker) {
        final Specialization own = table.specialize();
        return own == null ? table.indexed(worker) : own.programs().get(worker);
    }

    private static void withTables(final BiFunction<CompiledTable, Integer, TableProgram> programs, final Use use) {
        try (TestEngine engine = new TestEngine();
                RuleTables tables = new RuleTables(engine.namespace, engine.hooks, RuleServices::new, () -> engine.nowNs, programs)) {
            use.with(tables, engine);
            engine.assertBooks();
        }
    }

    /** Packets of many flows; returns how many were dropped. */
    private static int run(final TableProgram program, final RulePacket packet, final int packets) {
        int dropped = 0;
        for (int i = 0; i < packets; i++) {
            UdpLayout.setSourcePort(packet.transport, i & 0xFFFF);
            dropped += program.run(packet) == RuleVerdict.DROP ? 1 : 0;
        }
        return dropped;
    }

    private static RulePacket packet(final long network, final int length) {
        final RulePacket packet = new RulePacket();
        packet.version = 4;
        packet.hook = RuleHook.FORWARD.ordinal();
        packet.network = network;
        packet.length = length;
        packet.transport = network + Ipv4Layout.HEADER_BYTES;
        packet.transportLength = length - Ipv4Layout.HEADER_BYTES;
        packet.protocol = IpProtocol.UDP;
        return packet;
    }

    private int iptables(final RuleTables tables, final String words) {
        return run(out -> new IptablesCommand(tables, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4)
                .run(List.of(words.split(" ")), out, out));
    }

    private int restore(final RuleTables tables, final String text) {
        return run(out -> new IptablesRestoreCommand(tables, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4)
                .run(List.of(), new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), out, out));
    }

    private String save(final RuleTables tables) {
        run(out -> new IptablesSaveCommand(tables, new SystemNames(), IpFamily.IPV4, Clock.systemUTC()).run(List.of("-t", "mangle"), out,
                out));
        // The first and last lines tell the time.
        return said.lines().filter(line -> !line.startsWith("#")).reduce("", (all, line) -> all + line + '\n');
    }

    private int run(final Command command) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final int status = command.run(new PrintStream(bytes, true, StandardCharsets.ISO_8859_1));
        said = bytes.toString(StandardCharsets.ISO_8859_1);
        return status;
    }

    private static Path compile(final Path sources) throws IOException {
        final Path classes = Files.createTempDirectory(folder, "classes");
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null); Stream<Path> all = Files.list(sources)) {
            // Where the API's classes lie: not on the class path proper when a launcher loads them.
            final String classPath = home(Memory.class) + File.pathSeparator + home(RunnableMatch.class);
            final boolean done = compiler.getTask(messages, files, null,
                    List.of("-Xlint:all", "-Werror", "-proc:none", "-d", classes.toString(), "-cp", classPath), null,
                    files.getJavaFileObjects(all.filter(file -> file.toString().endsWith(".java")).toArray(Path[]::new))).call();
            assertTrue(done, messages::toString);
        }
        return classes;
    }

    private static String home(final Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toString();
    }

    private static Path jar(final String name, final Path classes, final Path services) throws IOException {
        final Path jar = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
            add(entries, "", classes);
            add(entries, SERVICES + '/', services);
        }
        return jar;
    }

    private static void add(final JarOutputStream jar, final String prefix, final Path from) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(prefix + from.relativize(file)));
                Files.copy(file, jar);
            }
        }
    }

    private static Path checkout() {
        Path here = Path.of("").toAbsolutePath();
        while (here != null && !Files.isDirectory(here.resolve(SAMPLE))) {
            here = here.getParent();
        }
        assertTrue(here != null, "no checkout around " + Path.of("").toAbsolutePath());
        return here;
    }

    @FunctionalInterface
    private interface Command {

        int run(PrintStream out);
    }

    @FunctionalInterface
    private interface Use {

        void with(RuleTables tables, TestEngine engine);
    }

    /** The sample asks for nothing of it. */
    private static final class NoScope implements BindScope {

        @Override
        public Place place() {
            throw new IllegalStateException();
        }

        @Override
        public long nowNs() {
            throw new IllegalStateException();
        }

        @Override
        public int workers() {
            return 1;
        }

        @Override
        public <T> T shared(final Class<T> type, final String name, final Supplier<T> maker) {
            return maker.get();
        }
    }
}
