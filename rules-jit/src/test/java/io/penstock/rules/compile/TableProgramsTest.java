package io.penstock.rules.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.RuleTable;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables searched by fields, and generated ones, beside the same ones walked rule by rule. */
class TableProgramsTest {

    private static final int TABLES = 200;
    private static final int PACKETS = 200;

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void shouldAgreeWithTheWalkInVerdictsAndCountsWhenTablesAreRandom(final IpFamily family) {
        long accepted = 0;
        int specialized = 0;
        for (int seed = 0; seed < TABLES; seed++) {
            final SplittableRandom random = new SplittableRandom(seed);
            final RuleTable table = new RandomTables(random, family).next(random.nextInt(6), random.nextInt(seed % 4 == 0 ? 300 : 40));
            try (CompiledTable indexed = TableCompiler.compile(table, place -> null, 3);
                    CompiledTable plain = TableCompiler.compile(table, place -> null, 1);
                    RandomPackets packets = new RandomPackets(random, family)) {
                final Specialization generated = indexed.specialize();
                if (generated != null) {
                    specialized++;
                    generated.warm(seed % 10);
                }
                final TableProgram[] programs = {indexed.indexed(0), indexed.indexed(1),
                        generated == null ? indexed.indexed(2) : generated.programs().get(2)};
                final TableProgram reference = plain.plain(0);
                final RulePacket packet = new RulePacket();
                for (int i = 0; i < PACKETS; i++) {
                    packets.next(packet);
                    final int mark = packet.mark;
                    final int expected = reference.run(packet);
                    final int expectedMark = packet.mark;
                    packet.hotdrop = false;
                    packet.mark = mark;
                    assertEquals(expected, programs[i % programs.length].run(packet), "seed=" + seed + " packet=" + i);
                    assertEquals(expectedMark, packet.mark, "seed=" + seed + " packet=" + i);
                    accepted += expected;
                }
                for (int number = 0; number < table.counters(); number++) {
                    assertEquals(plain.packets(number), indexed.packets(number), "seed=" + seed + " number=" + number);
                    assertEquals(plain.bytes(number), indexed.bytes(number), "seed=" + seed + " number=" + number);
                }
            }
        }
        final long all = (long) TABLES * PACKETS;
        assertTrue(specialized > TABLES / 2, "most tables have a short chain: specialized=" + specialized);
        assertTrue(accepted > all / 10 && accepted < all - all / 10, "both verdicts are met: accepted=" + accepted);
    }
}
