package io.penstock.rules.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.MemoryTableStore;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.text.IptablesRestoreCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that the kernel takes, and with which something that is quick for others would take hours, or for ever. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTablesTest {

    private static final int SOURCE = 0x0A00_0001;
    private static final int MANY = 20_000;

    @ParameterizedTest
    @ValueSource(strings = {"-g a", "-j a"})
    void shouldWarmATableWhoseUnreachedChainLeadsToItself(final String way) {
        assertWarms(table(":a -\n-A INPUT -p tcp -j ACCEPT\n-A a " + way + '\n'));
    }

    @Test
    void shouldWarmATableOfChainsInALine() {
        final StringBuilder text = new StringBuilder();
        IntStream.range(0, MANY).forEach(i -> text.append(":c").append(i).append(" -\n"));
        IntStream.range(1, MANY).forEach(i -> text.append("-A c").append(i - 1).append(" -j c").append(i).append('\n'));
        assertWarms(table(text + "-A INPUT -j c0\n"));
    }

    @Test
    void shouldAcceptAPacketThatJumpsOnceForEachRule() {
        final RuleTable table = table(":c -\n" + "-A INPUT -j c\n".repeat(100_000));
        assertEquals(List.of(RuleVerdict.ACCEPT, RuleVerdict.ACCEPT), run(table, 1));
    }

    /** Chains that call the next one twice each: twice as many jumps with every chain. */
    @ParameterizedTest
    @CsvSource({"10, false", "64, true"})
    void shouldGiveThePacketUpWhenItIsSentFromChainToChainWithoutEnd(final int chains, final boolean endless) {
        final StringBuilder text = new StringBuilder();
        IntStream.range(0, chains).forEach(i -> text.append(":c").append(i).append(" -\n"));
        IntStream.range(1, chains).forEach(i -> text.append(("-A c" + (i - 1) + " -j c" + i + '\n').repeat(2)));
        try (CompiledTable table = TableCompiler.compile(table(text + "-A INPUT -j c0\n"), place -> null, 1);
                MappedMemory memory = MappedMemory.reserve(Ipv4Layout.HEADER_BYTES, MappedMemory.Pages.NORMAL)) {
            final RulePacket packet = packet(memory.address());
            for (final TableProgram program : List.of(table.plain(0), table.indexed(0), table.specialize().programs().getFirst())) {
                packet.endless = false;
                assertEquals(endless ? RuleVerdict.DROP : RuleVerdict.ACCEPT, program.run(packet));
                assertEquals(endless, packet.endless);
            }
        }
    }

    @Test
    void shouldCountWhatRulesThatOnlyCountTake() {
        assertCounts("-A INPUT -p esp\n".repeat(MANY), MANY);
    }

    @Test
    void shouldAskEachSecondRuleThatWouldTakeAPacketButForWhatItAsksMore() {
        assertCounts(lines(MANY, i -> "-A INPUT -s 1" + i % 2 + ".0.0.0/8 -m ttl --ttl-gt " + (1 + i % 200)), 0);
    }

    @Test
    void shouldFindEachThirdRuleThatTakesAPacketAndGoesOn() {
        assertCounts(lines(MANY, i -> "-A INPUT -s 1" + i % 3 + ".0.0.0/8"), (MANY + 2) / 3);
    }

    @Test
    void shouldMakeATableReadyWhoseRulesHaveEachAMaskOfTheirOwn() {
        final SplittableRandom random = new SplittableRandom(1);
        final int[] masks = random.ints().filter(mask -> Integer.bitCount(mask) == 16).distinct().limit(MANY).toArray();
        final long taken = IntStream.of(masks).filter(mask -> (mask & SOURCE) == (mask & 0x0A01_0203)).count();
        assertTrue(taken > 0 && taken < MANY, "some rules take the packet: " + taken);
        assertCounts(lines(MANY, i -> "-A INPUT -s 10.1.2.3/" + dotted(masks[i])), (int) taken);
    }

    @Test
    void shouldFindARuleWithListsOfPortsOnBothSidesByFewKeys() {
        final RuleTable table = table("-A INPUT -p tcp -m multiport --sports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 "
                + "-m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 -j DROP\n"
                + "-A INPUT -p tcp -m multiport --sports 1,2,3 -m multiport --dports 1,2,3 -j DROP\n");
        final List<Rule> rules = table.chains().getFirst().rules();
        assertEquals(15, new RuleFields(IpFamily.IPV4, rules.get(0)).keys().length);
        assertEquals(9, new RuleFields(IpFamily.IPV4, rules.get(1)).keys().length);
    }

    private static void assertWarms(final RuleTable table) {
        try (CompiledTable compiled = TableCompiler.compile(table, place -> null, 1)) {
            final Specialization own = compiled.specialize();
            assertTrue(own.warm(5_000) > 0);
        }
    }

    /** All tiers give each rule that takes the packet its count, and only these. */
    private static void assertCounts(final String rules, final int taking) {
        assertEquals(List.of(RuleVerdict.ACCEPT, RuleVerdict.ACCEPT), run(table(rules), taking + 1));
    }

    /** What walk and search say to a packet; how many counters each has moved must be so many, unless the packet only jumps. */
    private static List<Integer> run(final RuleTable table, final int counted) {
        return List.of(run(table, counted, true), run(table, counted, false));
    }

    private static int run(final RuleTable table, final int counted, final boolean plain) {
        try (CompiledTable compiled = TableCompiler.compile(table, place -> null, 1);
                MappedMemory memory = MappedMemory.reserve(Ipv4Layout.HEADER_BYTES, MappedMemory.Pages.NORMAL)) {
            final RulePacket packet = packet(memory.address());
            final TableProgram program = plain ? compiled.plain(0) : compiled.indexed(0);
            final int verdict = program.run(packet);
            final long moved = IntStream.range(0, table.counters()).filter(number -> compiled.packets(number) != 0).count();
            if (counted > 1) {
                assertEquals(counted, moved, plain ? "walked" : "searched");
            }
            return verdict;
        }
    }

    private static RulePacket packet(final long network) {
        Memory.putByte(network, (byte) Ipv4Layout.VERSION_4_IHL_5);
        Ipv4Layout.setSource(network, SOURCE);
        final RulePacket packet = new RulePacket();
        packet.version = IpFamily.IPV4.version();
        packet.hook = RuleHook.INPUT.ordinal();
        packet.network = network;
        packet.length = Ipv4Layout.HEADER_BYTES;
        packet.protocol = IpProtocol.ESP;
        return packet;
    }

    private static RuleTable table(final String rules) {
        final MemoryTableStore store = new MemoryTableStore();
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        assertEquals(0, new IptablesRestoreCommand(store, RuleExtensions.installed(), new SystemNames(), IpFamily.IPV4).run(List.of(),
                new ByteArrayInputStream(("*filter\n" + rules + "COMMIT\n").getBytes(StandardCharsets.ISO_8859_1)), out, out), said::toString);
        return store.read(IpFamily.IPV4, TableName.FILTER).table();
    }

    private static String lines(final int count, final IntFunction<String> line) {
        final StringBuilder text = new StringBuilder();
        IntStream.range(0, count).forEach(i -> text.append(line.apply(i)).append('\n'));
        return text.toString();
    }

    private static String dotted(final int mask) {
        return (mask >>> 24) + "." + (mask >>> 16 & 0xFF) + '.' + (mask >>> 8 & 0xFF) + '.' + (mask & 0xFF);
    }
}
