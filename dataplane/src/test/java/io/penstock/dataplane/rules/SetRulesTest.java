package io.penstock.dataplane.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.TableName;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.compile.Specialization;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.match.CommentMatch;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.text.IpsetCommand;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that use sets: whose references are whose, and what packets find in them, in every way that tables run. */
class SetRulesTest {

    private static final long SECOND_NS = 1_000_000_000;

    private final TestEngine engine = new TestEngine();
    private BiFunction<CompiledTable, Integer, TableProgram> tier = CompiledTable::indexed;
    private final RuleTables tables = new RuleTables(engine.namespace, engine.hooks, RuleServices::new, () -> engine.nowNs,
            (table, worker) -> tier.apply(table, worker));
    private final SystemNames names = new SystemNames(tables.sets()::familyOf);
    private String said = "";

    @BeforeEach
    void make() {
        ipset("create bl hash:ip");
        ipset("create seen hash:ip timeout 10 counters");
    }

    @AfterEach
    void close() {
        tables.close();
        engine.close();
    }

    private static TableProgram specialized(final CompiledTable table, final int worker) {
        final Specialization own = table.specialize();
        return own == null ? table.indexed(worker) : own.programs().get(worker);
    }

    private void tier(final String name) {
        tier = switch (name) {
            case "plain" -> CompiledTable::plain;
            case "indexed" -> CompiledTable::indexed;
            default -> SetRulesTest::specialized;
        };
    }

    private String ipset(final String line) {
        final int status = said(out -> new IpsetCommand(tables.sets(), CommandFiles.OWN)
                .run(words(line), InputStream.nullInputStream(), out, out));
        assertEquals(0, status, () -> line + ": " + said);
        return said;
    }

    private int iptables(final String line) {
        return said(out -> new IptablesCommand(tables, RuleExtensions.installed(), names, IpFamily.IPV4).run(words(line), out, out));
    }

    private int restore(final String rules, final String... options) {
        return said(out -> new IptablesRestoreCommand(tables, RuleExtensions.installed(), names, IpFamily.IPV4).run(List.of(options),
                new ByteArrayInputStream(("*filter\n" + rules + "COMMIT\n").getBytes(StandardCharsets.ISO_8859_1)), out, out));
    }

    private int said(final java.util.function.ToIntFunction<PrintStream> command) {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(text, false, StandardCharsets.ISO_8859_1);
        final int status = command.applyAsInt(out);
        out.flush();
        said = text.toString(StandardCharsets.ISO_8859_1);
        return status;
    }

    private static List<String> words(final String line) {
        return Arrays.asList(line.split(" "));
    }

    private int references(final String set) {
        try {
            return tables.sets().header(set).references();
        } catch (final SetProblem none) {
            throw new AssertionError(set, none);
        }
    }

    private long dropped() {
        return engine.dropped(DropReason.RULE_DROP);
    }

    @Test
    void shouldCountAReferenceForEachUseInARuleInForce() {
        assertEquals(0, references("bl"));
        assertEquals(0, iptables("-A FORWARD -m set --match-set bl src -m set ! --match-set bl dst -j DROP"));
        assertEquals(2, references("bl"));
        assertEquals(0, iptables("-A FORWARD -j SET --add-set seen src --del-set bl dst"));
        assertEquals(0, iptables("-t mangle -A FORWARD -j SET --add-set seen src"));
        assertEquals(3, references("bl"));
        assertEquals(2, references("seen"));
        // What has not changed is used again, and refers to it as before.
        for (int i = 0; i < 5; i++) {
            assertEquals(0, iptables("-A FORWARD -s 10.0.0." + i + " -j ACCEPT"));
        }
        assertEquals(3, references("bl"));
        assertEquals(0, iptables("-D FORWARD 1"));
        assertEquals(1, references("bl"));
        assertEquals(0, iptables("-R FORWARD 1 -m set --match-set seen src"));
        assertEquals(0, references("bl"));
        assertEquals(2, references("seen"));
        assertEquals(0, iptables("-F"));
        assertEquals(1, references("seen"));
        assertEquals(0, restore(""));
        assertEquals(0, iptables("-t mangle -F"));
        assertEquals(0, references("seen"));
    }

    @Test
    void shouldLeaveReferencesAsTheyWereWhenMemoryEndsInTheMiddle() {
        assertEquals(0, restore("-A FORWARD -m set --match-set bl src -j DROP\n"));
        final TableSnapshot before = tables.read(IpFamily.IPV4, TableName.FILTER);
        final List<Chain> chains = before.table().chains().stream().map(chain -> new Chain(chain.name(), chain.policy(),
                chain.rules().stream().map(rule -> new Rule(rule.selector(), List.of(rule.matches().getFirst(), new Exhausting()), rule.action()))
                        .toList())).toList();
        final RuleTable table = new RuleTable(IpFamily.IPV4, TableName.FILTER, chains);
        final TableReplacement replacement = new TableReplacement(before.version(), table, new int[table.counters()],
                new long[table.counters()], new long[table.counters()]);
        assertThrows(OutOfMemoryError.class, () -> tables.replace(replacement));
        assertEquals(1, references("bl"));
        assertEquals(0, iptables("-F"));
        assertEquals(0, references("bl"));
    }

    /** Ends the memory where it is looked at. */
    private static final class Exhausting implements Match {

        private final Match like = new CommentMatch("x");

        @Override
        public MatchKind kind() {
            return like.kind();
        }

        @Override
        public void save(final StringBuilder out) {
            like.save(out);
        }

        @Override
        public void list(final StringBuilder out, final ListScope scope) {
            like.list(out, scope);
        }

        @Override
        public int check(final Place place) {
            throw new OutOfMemoryError("as a test wants it");
        }
    }

    @Test
    void shouldLeaveReferencesAsTheyWereWhenATableIsRefusedOrTested() {
        assertEquals(0, restore("-A FORWARD -m set --match-set bl src -j DROP\n"));
        final String more = "-A FORWARD -m set --match-set bl src\n-A FORWARD -m set --match-set seen src\n";
        assertEquals(2, restore(more + "-A FORWARD -m set --match-set none src\n"));
        assertTrue(said.contains("Set none doesn't exist."), said);
        assertEquals(1, restore(more + "-A FORWARD -m helper --helper ftp\n"));
        assertEquals(1, restore(more + ":a -\n-A a -j a\n-A FORWARD -j a\n"));
        assertEquals(0, restore(more, "--test"));
        assertEquals(1, references("bl"));
        assertEquals(0, references("seen"));
        assertEquals(0, restore(more, "-n"));
        assertEquals(2, references("bl"));
        assertEquals(1, references("seen"));
    }

    @Test
    void shouldKeepASetAndItsNameWhileARuleIsInForceAndSayWhoHasIt() {
        assertEquals(0, iptables("-A FORWARD -m set --match-set bl src"));
        assertEquals(0, iptables("-t mangle -A FORWARD -j SET --add-set bl src --del-set bl dst"));
        final SetProblem busy = assertThrows(SetProblem.class, () -> tables.sets().destroy("bl"));
        assertEquals(SetProblem.Code.BUSY, busy.code());
        assertEquals("iptables table filter, iptables table mangle (2 times)", busy.users());
        assertEquals(SetProblem.Code.REFERENCED, assertThrows(SetProblem.class, () -> tables.sets().rename("bl", "other")).code());
        assertEquals(SetProblem.Code.BUSY, assertThrows(SetProblem.class, () -> tables.sets().destroyAll()).code());
        assertEquals(0, iptables("-F"));
        assertEquals(0, iptables("-t mangle -F"));
        ipset("rename bl other");
        ipset("destroy");
    }

    @Test
    void shouldRefuseARuleWhoseSetHasGoneSinceItWasRead() {
        assertEquals(0, iptables("-A FORWARD -m set --match-set bl src -m set --match-set seen src"));
        final RuleTable table = tables.read(IpFamily.IPV4, TableName.FILTER).table();
        assertEquals(0, iptables("-F"));
        ipset("destroy seen");
        final int[] origin = new int[table.counters()];
        final TableReplacement replacement = new TableReplacement(tables.read(IpFamily.IPV4, TableName.FILTER).version(), table, origin,
                new long[origin.length], new long[origin.length]);
        final TableRefusal refusal = assertThrows(TableRefusal.class, () -> tables.replace(replacement));
        assertEquals(TableRefusal.ENOENT, refusal.errno());
        assertEquals("there is no such set: set=seen; it was there when the rule was read, read it again", refusal.getMessage());
        assertEquals(0, references("bl"));
    }

    /** So many that a table gets a class of its own; none of them takes a packet. */
    private String others() {
        final StringBuilder rules = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            rules.append("-A FORWARD -s 192.0.2.").append(i).append(" -p udp -m udp --dport ").append(i + 1).append(" -j ACCEPT\n");
        }
        return rules.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "indexed", "specialized"})
    void shouldSeeWhatCommandsChangeFromOnePacketToTheNext(final String name) {
        tier(name);
        assertEquals(0, restore(others() + "-A FORWARD -m set --match-set bl dst -j DROP\n" + others()));
        ipset("create other hash:ip");
        ipset("add other 10.1.0.2");
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"));
        assertEquals(0, dropped());
        ipset("add bl 10.1.0.1");
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.2"));
        assertEquals(1, dropped());
        ipset("swap bl other");
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.2"));
        assertEquals(2, dropped());
        ipset("flush bl");
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.2"));
        assertEquals(2, dropped());
    }

    /** Packet 2 of a batch sees what packet 1 added. */
    @ParameterizedTest
    @ValueSource(strings = {"plain", "indexed", "specialized"})
    void shouldSeeWhatThePacketBeforeAdded(final String name) {
        tier(name);
        assertEquals(0, restore(others() + "-A FORWARD -m set --match-set seen dst -j DROP\n-A FORWARD -j SET --add-set seen dst\n"));
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.1"), Packets.udp4("10.1.0.2"), Packets.udp4("10.1.0.1"));
        assertEquals(2, dropped());
        assertTrue(ipset("list seen").contains("\n10.1.0.1 timeout 10 packets 3 "), said);
        engine.nowNs += 11 * SECOND_NS;
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.1"));
        assertEquals(2, dropped());
        assertEquals(2, references("seen"));
    }

    @Test
    void shouldMakeTheSameSetsWhereverPacketsComeFromCaptures() {
        final String first = ipset("save");
        try (TestEngine other = new TestEngine(); RuleTables again =
                new RuleTables(other.namespace, other.hooks, RuleServices::new, () -> other.nowNs, CompiledTable::indexed)) {
            for (final String line : List.of("create bl hash:ip", "create seen hash:ip timeout 10 counters")) {
                said(out -> new IpsetCommand(again.sets(), CommandFiles.OWN).run(words(line), InputStream.nullInputStream(), out, out));
            }
            said(out -> new IpsetCommand(again.sets(), CommandFiles.OWN).run(words("save"), InputStream.nullInputStream(), out, out));
        }
        assertEquals(first, said);
        assertTrue(first.contains("initval 0x"), first);
    }
}
