package io.penstock.rules.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.match.MarkMatch;
import io.penstock.rules.match.StatisticMatch;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables made from the ones before them. */
class PredecessorTest {

    private static final int TABLES = 60;
    private static final int CHANGES = 8;
    private static final int PACKETS = 60;

    /** Of its matches, some keep state, which is to begin anew each time. */
    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void shouldJudgeAndCountAsAFreshTableWhenMadeFromTheOneBefore(final IpFamily family) {
        for (int seed = 0; seed < TABLES; seed++) {
            final SplittableRandom random = new SplittableRandom(seed);
            final RandomTables tables = new RandomTables(random, family);
            RuleTable table = tables.next(random.nextInt(6), random.nextInt(seed % 4 == 0 ? 300 : 30));
            CompiledTable old = TableCompiler.compile(table, _ -> null, 1);
            for (int change = 0; change < CHANGES; change++) {
                table = tables.changed(table);
                final CompiledTable next = TableCompiler.compile(table, _ -> null, 1, old);
                old.close();
                old = next;
                try (CompiledTable fresh = TableCompiler.compile(table, _ -> null, 1);
                        RandomPackets packets = new RandomPackets(random, family)) {
                    assertAlike(fresh, change % 2 == 0 ? next.indexed(0) : next.plain(0), packets, "seed=" + seed + " change=" + change);
                    for (int number = 0; number < table.counters(); number++) {
                        assertEquals(fresh.packets(number), next.packets(number), "seed=" + seed + " change=" + change);
                    }
                }
            }
            old.close();
        }
    }

    private static void assertAlike(
            final CompiledTable fresh, final TableProgram program, final RandomPackets packets, final String where) {
        final TableProgram reference = fresh.plain(0);
        final RulePacket packet = new RulePacket();
        for (int i = 0; i < PACKETS; i++) {
            packets.next(packet);
            final int mark = packet.mark;
            final int expected = reference.run(packet);
            packet.hotdrop = false;
            packet.mark = mark;
            assertEquals(expected, program.run(packet), where);
        }
    }

    @Test
    void shouldUseAgainWhatKeepsNothingAndOnlyThat() {
        final Rule plain = new Rule(Selector.ANY, List.of(new MarkMatch(1, 1, true)), Action.Nothing.NOTHING);
        final Rule stateful = new Rule(Selector.ANY, List.of(new StatisticMatch(true, false, 0, 3, 0)), Action.Nothing.NOTHING);
        final Rule added = new Rule(Selector.ANY, List.of(), Action.Verdict.DROP);
        try (CompiledTable old = TableCompiler.compile(table(plain, stateful, plain), _ -> null, 1);
                CompiledTable next = TableCompiler.compile(table(plain, stateful, plain), _ -> null, 1, old);
                CompiledTable longer = TableCompiler.compile(table(plain, stateful, added, plain), _ -> null, 1, next)) {
            for (final CompiledTable table : List.of(next, longer)) {
                final int last = table == next ? 2 : 3;
                assertSame(old.image().matches[0], table.image().matches[0]);
                assertNotSame(old.image().matches[1][1], table.image().matches[1][1]);
                assertSame(old.image().matches[2], table.image().matches[last]);
                assertSame(old.block(0).rules().getFirst(), table.block(0).rules().getFirst());
                assertSame(old.block(1), table.block(1));
            }
            assertSame(old.block(0), next.block(0));
            assertNotSame(old.block(0), longer.block(0));
            assertNull(longer.image().residues[2]);
        }
    }

    private static RuleTable table(final Rule... rules) {
        final List<Chain> chains = new ArrayList<>(RuleTable.empty(IpFamily.IPV4, TableName.FILTER).chains());
        chains.set(0, new Chain(chains.getFirst().name(), Action.Verdict.ACCEPT, List.of(rules)));
        return new RuleTable(IpFamily.IPV4, TableName.FILTER, chains);
    }
}
