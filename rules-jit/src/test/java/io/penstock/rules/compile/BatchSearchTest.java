package io.penstock.rules.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.BatchSearch;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.RuleTable;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches of packets searched for together, beside the same table walked rule by rule. */
class BatchSearchTest {

    private static final int TABLES = 60;
    private static final int BATCHES = 12;
    private static final int LEAST_RULES = BatchSearch.LEAST_RULES;
    /** Batches that are left alone. */
    private static final int RESTS = 64;
    private static final int FORWARD = 2;
    /** From the network header on: IPv4's source, and IPv6's last bits of its destination. */
    private static final int SOME_ADDRESS4 = 12;
    private static final int SOME_ADDRESS6 = 39;

    private final SplittableRandom random = new SplittableRandom(1);
    private final RandomPackets[] makers = new RandomPackets[BatchSearch.CAPACITY];
    private final RulePacket[] packets = new RulePacket[BatchSearch.CAPACITY];

    @BeforeEach
    void makeRoom() {
        for (int i = 0; i < packets.length; i++) {
            packets[i] = new RulePacket();
        }
    }

    @AfterEach
    void close() {
        for (final RandomPackets maker : makers) {
            maker.close();
        }
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void shouldAgreeWithTheWalkInVerdictsAndCountsWhenBatchesAreSearchedForTogether(final IpFamily family) {
        long settled = 0;
        long dropped = 0;
        makePackets(family);
        for (int i = 0; i < TABLES; i++) {
            final RuleTable table = new RandomTables(random, family).ofHeaders(LEAST_RULES + random.nextInt(i % 4 == 0 ? 400 : 40));
            try (CompiledTable searched = TableCompiler.compile(table, place -> null, 1);
                    CompiledTable plain = TableCompiler.compile(table, place -> null, 1)) {
                final TableProgram program = searched.indexed(0);
                final TableProgram reference = plain.plain(0);
                for (int batch = 0; batch < BATCHES; batch++) {
                    final int count = 1 + random.nextInt(BatchSearch.CAPACITY);
                    final BatchSearch ahead = searchFor(program, count, family);
                    for (int slot = 0; slot < count; slot++) {
                        final RulePacket packet = packets[slot];
                        final int expected = reference.run(packet);
                        packet.hotdrop = false;
                        final int verdict = settle(program, ahead, slot, family);
                        settled += verdict == RuleVerdict.CONTINUE ? 0 : 1;
                        dropped += verdict == RuleVerdict.DROP ? 1 : 0;
                        final String where = "table=" + i + " batch=" + batch + " slot=" + slot;
                        assertEquals(expected, verdict == RuleVerdict.CONTINUE ? program.run(packet) : verdict, where);
                        packet.hotdrop = false;
                    }
                }
                for (int number = 0; number < table.counters(); number++) {
                    assertEquals(plain.packets(number), searched.packets(number), "table=" + i + " number=" + number);
                    assertEquals(plain.bytes(number), searched.bytes(number), "table=" + i + " number=" + number);
                }
            }
        }
        final long all = (long) TABLES * BATCHES * BatchSearch.CAPACITY / 2;
        assertTrue(settled > all / 10 && dropped > all / 100 && settled - dropped > all / 100, "settled=" + settled + " dropped=" + dropped);
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void shouldNotKnowAPacketThatHasOtherFieldsThanWhenItWasSearchedFor(final IpFamily family) {
        makePackets(family);
        final RuleTable table = new RandomTables(random, family).ofHeaders(100);
        try (CompiledTable compiled = TableCompiler.compile(table, place -> null, 1)) {
            final TableProgram program = compiled.indexed(0);
            final RulePacket packet = packets[0];
            BatchSearch ahead;
            do {
                ahead = searchFor(program, 1, family);
            } while (found(ahead, 0) == BatchSearch.NONE || packet.protocol != 17);
            final int rule = found(ahead, 0);
            final long address = packet.network + (family == IpFamily.IPV4 ? SOME_ADDRESS4 : SOME_ADDRESS6);

            Memory.putByte(address, (byte) ~Memory.getUnsignedByte(address));
            assertEquals(BatchSearch.NONE, found(ahead, 0), "another address");
            Memory.putByte(address, (byte) ~Memory.getUnsignedByte(address));
            assertEquals(rule, found(ahead, 0));

            TcpLayout.setSourcePort(packet.transport, TcpLayout.sourcePort(packet.transport) ^ 1);
            assertEquals(BatchSearch.NONE, found(ahead, 0), "another port");
            TcpLayout.setSourcePort(packet.transport, TcpLayout.sourcePort(packet.transport) ^ 1);
            assertEquals(rule, found(ahead, 0));

            packet.protocol = 6;
            assertEquals(BatchSearch.NONE, found(ahead, 0), "another protocol");
        }
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void shouldRestForSomeBatchesWhenFewPacketsAreJudgedByWhatWasFound(final IpFamily family) {
        makePackets(family);
        final RuleTable table = new RandomTables(random, family).ofHeaders(100);
        try (CompiledTable compiled = TableCompiler.compile(table, place -> null, 1)) {
            final BatchSearch ahead = compiled.indexed(0).ahead(FORWARD);
            assertTrue(ahead.begin());
            keyOne(ahead, family);
            ahead.judged();
            assertTrue(ahead.begin(), "one of one was judged");
            keyOne(ahead, family);
            for (int i = 0; i < RESTS; i++) {
                assertFalse(ahead.begin(), "none was judged, and the next batches are left alone: " + i);
            }
            assertTrue(ahead.begin(), "one is tried now and then");
        }
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void shouldNotSearchAheadWhereRulesAskMoreThanHeadersOrAreFew(final IpFamily family) {
        makePackets(family);
        for (int i = 0; i < TABLES; i++) {
            try (CompiledTable few = TableCompiler.compile(new RandomTables(random, family).ofHeaders(LEAST_RULES - 1), place -> null, 1);
                    CompiledTable enough = TableCompiler.compile(new RandomTables(random, family).ofHeaders(LEAST_RULES), place -> null, 1);
                    CompiledTable devices = TableCompiler.compile(new RandomTables(random, family).next(0, 200), place -> null, 1)) {
                assertNull(few.indexed(0).ahead(FORWARD));
                assertNotNull(enough.indexed(0).ahead(FORWARD));
                assertNull(devices.indexed(0).ahead(FORWARD));
                assertNull(enough.plain(0).ahead(FORWARD));
            }
        }
    }

    private void makePackets(final IpFamily family) {
        for (int i = 0; i < makers.length; i++) {
            makers[i] = new RandomPackets(random, family);
        }
    }

    /** Makes other packets, all at one hook, and searches for those that may be. */
    private BatchSearch searchFor(final TableProgram program, final int count, final IpFamily family) {
        final BatchSearch ahead = program.ahead(FORWARD);
        assertNotNull(ahead);
        for (int slot = 0; slot < count; slot++) {
            final RulePacket packet = packets[slot];
            makers[slot].next(packet);
            packet.hook = FORWARD;
        }
        for (int i = 0; !ahead.begin(); i++) {
            assertTrue(i < RESTS, "it does not rest for more batches");
        }
        for (int slot = 0; slot < count; slot++) {
            final RulePacket packet = packets[slot];
            if (isUsual(packet, family)) {
                ahead.key(slot, packet.network, packet.transport, packet.protocol);
            } else {
                ahead.skip(slot);
            }
        }
        ahead.search();
        return ahead;
    }

    private void keyOne(final BatchSearch ahead, final IpFamily family) {
        do {
            makers[0].next(packets[0]);
        } while (!isUsual(packets[0], family));
        ahead.key(0, packets[0].network, packets[0].transport, packets[0].protocol);
        ahead.skip(1);
        ahead.search();
    }

    private int settle(final TableProgram program, final BatchSearch ahead, final int slot, final IpFamily family) {
        final RulePacket packet = packets[slot];
        final int rule = isUsual(packet, family) ? found(ahead, slot) : BatchSearch.NONE;
        final int verdict = rule == BatchSearch.NONE ? RuleVerdict.CONTINUE : program.settle(FORWARD, rule, packet.length);
        if (verdict != RuleVerdict.CONTINUE) {
            ahead.judged();
        }
        return verdict;
    }

    private int found(final BatchSearch ahead, final int slot) {
        return ahead.found(slot, packets[slot].network, packets[slot].transport, packets[slot].protocol);
    }

    private static boolean isUsual(final RulePacket packet, final IpFamily family) {
        return packet.fragmentOffset == 0 && packet.transportLength >= BatchSearch.LEAST_TRANSPORT
                && (family == IpFamily.IPV4 || packet.protocol != RulePacket.NO_PROTOCOL);
    }
}
