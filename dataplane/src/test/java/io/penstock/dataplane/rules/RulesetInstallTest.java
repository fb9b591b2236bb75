package io.penstock.dataplane.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.dataplane.hot.pipeline.RuleServices;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.testkit.Rulesets;
import io.penstock.os.testkit.Rulesets.Ruleset;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.compile.CompiledTable;
import io.penstock.rules.compile.Specialization;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableStore;
import io.penstock.rules.set.text.IpsetCommand;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.IptablesSaveCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Real rulesets on the way that commands take: those whose rules can all run go into force, in every way that tables run, and are saved as
 * they were given; others are refused by the name of what cannot run, and what was in force stays.
 */
class RulesetInstallTest {

    private static final Pattern REFUSAL = Pattern.compile("ip6?tables-restore: line \\d+ failed\n"
            + "penstock: line=(\\d+) column=(\\d+) errno=95: (match|target) '(\\S+)' can be read and written, and cannot run yet: .*\n");
    private static final Pattern SET = Pattern.compile("--(?:match|add|del|map)-set (\\S+) ");
    private static final List<BiFunction<CompiledTable, Integer, TableProgram>> TIERS =
            List.of(CompiledTable::plain, CompiledTable::indexed, RulesetInstallTest::specialized);
    private static final int GROUP = 20_000;
    private static final SystemNames MACHINE = new SystemNames();
    /** Names of this machine; and every group and every set of an address is there. */
    private static final Names NAMES = (Names) Proxy.newProxyInstance(Names.class.getClassLoader(), new Class<?>[] {Names.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "group" -> Math.max(GROUP, MACHINE.group((String) arguments[0]));
                case "setFamily" -> ((String) arguments[0]).endsWith("-v6") ? 6 : 4;
                default -> method.invoke(MACHINE, arguments);
            });

    @BeforeAll
    static void need() {
        Rulesets.need();
    }

    private static TableProgram specialized(final CompiledTable table, final int worker) {
        final Specialization own = table.specialize();
        return own == null ? table.indexed(worker) : own.programs().get(worker);
    }

    /** What a command did. */
    private record Outcome(int status, String text) {
    }

    private static IpFamily family(final Ruleset set) {
        return set.isIpv6() ? IpFamily.IPV6 : IpFamily.IPV4;
    }

    private static Outcome restore(final TableStore store, final Ruleset set, final String text) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, false, StandardCharsets.ISO_8859_1);
        final int status = new IptablesRestoreCommand(store, RuleExtensions.installed(), NAMES, family(set)).run(List.of(),
                new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), out, out);
        out.flush();
        return new Outcome(status, said.toString(StandardCharsets.ISO_8859_1));
    }

    private static String save(final TableStore store, final Ruleset set, final TableName table) {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(text, false, StandardCharsets.ISO_8859_1);
        new IptablesSaveCommand(store, NAMES, family(set), Clock.systemUTC()).run(List.of("-c", "-t", table.text()), out, out);
        return text.toString(StandardCharsets.ISO_8859_1).lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining("\n"));
    }

    /** A file's tables, each as a file of its own; counters begin at 0. */
    private static Map<TableName, String> tables(final String text) {
        final Map<TableName, String> tables = new EnumMap<>(TableName.class);
        for (final String part : text.split("(?m)^(?=\\*)")) {
            if (part.startsWith("*")) {
                tables.put(TableName.of(part.substring(1, part.indexOf('\n')).strip()), part);
            }
        }
        return tables;
    }

    /** What of a table cannot run. */
    private static Set<String> missing(final RuleTable table) {
        final Set<String> missing = new TreeSet<>();
        table.chains().forEach(chain -> chain.rules().forEach(rule -> missing.addAll(missing(rule))));
        return missing;
    }

    private static List<String> missing(final Rule rule) {
        final List<String> missing = new ArrayList<>();
        rule.matches().stream().filter(match -> !(match instanceof RunnableMatch))
                .forEach(match -> missing.add("match " + match.kind().name()));
        if (rule.action() instanceof Action.Extension(final Target target)
                && !(target instanceof final RunnableTarget runnable && runnable.missing().isEmpty())) {
            missing.add("target " + target.kind().name());
        }
        return missing;
    }

    @Test
    void shouldInstallWhatNeedsNothingMoreAndRefuseOthersByName() {
        final List<Ruleset> sets = new ArrayList<>(Rulesets.hosts());
        sets.addAll(Rulesets.containers());
        sets.addAll(Rulesets.meshes());
        int whole = 0;
        int installed = 0;
        int refused = 0;
        int rules = 0;
        for (final Ruleset set : sets) {
            final Set<String> missing = new TreeSet<>();
            for (final Map.Entry<TableName, String> table : tables(set.text()).entrySet()) {
                final MemoryTableStore given = new MemoryTableStore();
                assertEquals(new Outcome(0, ""), restore(given, set, table.getValue()), set::name);
                final RuleTable expected = given.read(family(set), table.getKey()).table();
                final Set<String> needed = missing(expected);
                missing.addAll(needed);
                if (needed.isEmpty()) {
                    TIERS.forEach(tier -> install(tier, set, table, save(given, set, table.getKey())));
                    installed++;
                    rules += expected.chains().stream().mapToInt(chain -> chain.rules().size()).sum();
                } else {
                    refuse(set, table, needed);
                    refused++;
                }
            }
            whole += missing.isEmpty() ? 1 : 0;
            System.out.printf("ruleset %s: %s%n", set.name(), missing.isEmpty() ? "installed" : "refused, without " + missing);
        }
        System.out.printf("rulesets: sets=%d installed=%d refused=%d; tables: installed=%d with %d rules, refused=%d%n", sets.size(), whole,
                sets.size() - whole, installed, rules, refused);
        assertTrue(installed > 0, "no table needs nothing more");
    }

    /** At their real size: the rules that can run, in every way that tables run. */
    @Test
    void shouldInstallTheOthersWhenRulesThatCannotRunAreLeftOut() {
        int rules = 0;
        for (final Ruleset set : Rulesets.hosts()) {
            for (final Map.Entry<TableName, String> table : tables(set.text()).entrySet()) {
                final MemoryTableStore given = new MemoryTableStore();
                assertEquals(new Outcome(0, ""), restore(given, set, table.getValue()), set::name);
                final RuleTable running = running(given.read(family(set), table.getKey()).table());
                replace(given, running);
                final String expected = save(given, set, table.getKey());
                for (final BiFunction<CompiledTable, Integer, TableProgram> tier : TIERS) {
                    try (TestEngine engine = new TestEngine(); RuleTables tables = rules(engine, tier)) {
                        makeSets(tables, table.getValue());
                        replace(tables, running);
                        assertEquals(expected, save(tables, set, table.getKey()), set::name);
                        engine.receive(TestEngine.LAN, set.isIpv6() ? Packets.udp6("2001:db8:1::1") : Packets.udp4("10.1.0.1"));
                    }
                }
                rules += running.counters() - running.chains().size();
            }
        }
        System.out.printf("rulesets without what cannot run: rules=%d%n", rules);
    }

    private static void replace(final TableStore store, final RuleTable table) {
        final int[] origin = new int[table.counters()];
        Arrays.fill(origin, -1);
        store.replace(new TableReplacement(store.read(table.family(), table.name()).version(), table, origin, new long[origin.length],
                new long[origin.length]));
    }

    private static RuleTable running(final RuleTable table) {
        return new RuleTable(table.family(), table.name(), table.chains().stream().map(chain -> new Chain(chain.name(), chain.policy(),
                chain.rules().stream().filter(rule -> missing(rule).isEmpty()).toList())).toList());
    }

    private static RuleTables rules(final TestEngine engine, final BiFunction<CompiledTable, Integer, TableProgram> tier) {
        return new RuleTables(engine.namespace, engine.hooks, RuleServices::new, () -> engine.nowNs, tier);
    }

    /** Makes the sets that a table names, of addresses, as whoever writes such rules does. */
    private static void makeSets(final RuleTables tables, final String table) {
        final Matcher named = SET.matcher(table);
        while (named.find()) {
            final String name = named.group(1);
            if (!tables.sets().exists(name)) {
                final ByteArrayOutputStream said = new ByteArrayOutputStream();
                final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
                final List<String> create = List.of("create", name, "hash:ip", "family", NAMES.setFamily(name) == 6 ? "inet6" : "inet");
                assertEquals(0, new IpsetCommand(tables.sets(), CommandFiles.OWN).run(create, InputStream.nullInputStream(), out, out),
                        said::toString);
            }
        }
    }

    private static void install(
            final BiFunction<CompiledTable, Integer, TableProgram> tier,
            final Ruleset set,
            final Map.Entry<TableName, String> table,
            final String expected) {
        try (TestEngine engine = new TestEngine(); RuleTables tables = rules(engine, tier)) {
            makeSets(tables, table.getValue());
            assertEquals(new Outcome(0, ""), restore(tables, set, table.getValue()), set::name);
            assertEquals(expected, save(tables, set, table.getKey()), set::name);
            engine.receive(TestEngine.LAN, set.isIpv6() ? Packets.udp6("2001:db8:1::1") : Packets.udp4("10.1.0.1"));
            final boolean tracks = tables.connections().table(ConnLayout.FAMILY_IPV4) != null;
            if (table.getKey() == TableName.NAT && !tracks) {
                assertEquals(expected, save(tables, set, table.getKey()), "nat has seen a packet without a connection: " + set.name());
            } else if (table.getKey() != TableName.SECURITY) {
                assertFalse(expected.equals(save(tables, set, table.getKey())), "no packet was counted: " + set.name());
            }
        }
    }

    private static void refuse(final Ruleset set, final Map.Entry<TableName, String> table, final Set<String> missing) {
        try (TestEngine engine = new TestEngine(); RuleTables tables = rules(engine, CompiledTable::indexed)) {
            final String old = "*" + table.getKey().text() + "\n-A OUTPUT -m comment --comment old\nCOMMIT\n";
            assertEquals(new Outcome(0, ""), restore(tables, set, old), set::name);
            final String before = save(tables, set, table.getKey());
            final Outcome outcome = restore(tables, set, table.getValue());
            assertEquals(1, outcome.status(), set::name);
            final Matcher refusal = REFUSAL.matcher(outcome.text());
            assertTrue(refusal.matches(), outcome::text);
            assertTrue(missing.contains(refusal.group(3) + ' ' + refusal.group(4)), outcome::text);
            final String line = table.getValue().lines().skip(Long.parseLong(refusal.group(1)) - 1).findFirst().orElseThrow();
            assertTrue(line.startsWith(refusal.group(4), Integer.parseInt(refusal.group(2)) - 1), outcome::text);
            assertEquals(before, save(tables, set, table.getKey()), set::name);
            assertTrue(Arrays.asList(before.split("\n")).contains("[0:0] -A OUTPUT -m comment --comment old"), before);
        }
    }
}
