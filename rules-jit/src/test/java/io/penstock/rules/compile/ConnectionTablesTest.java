package io.penstock.rules.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.TableName;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.TableProgram;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.text.RuleText;
import io.penstock.rules.text.SystemNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables of rules about connections, searched and generated, beside the same ones walked rule by rule: what one rule sets, the next one sees. */
class ConnectionTablesTest {

    private static final List<String> RULES = List.of(
            "-j CONNMARK --set-xmark 0x1/0x3",
            "-p tcp -j CONNMARK --xor-mark 0x2",
            "-j CONNMARK --save-mark --mask 0x7",
            "-p udp -j CONNMARK --restore-mark",
            "-m connmark --mark 0x1/0x3 -j MARK --set-mark 0x5",
            "-m connmark ! --mark 0x2/0x3 -p tcp -j ACCEPT",
            "-m mark --mark 0x5 -m connmark --mark 0x3/0x3 -j DROP",
            "-m conntrack --ctstate ESTABLISHED,RELATED",
            "-m conntrack --ctstate INVALID -j DROP",
            "-m conntrack --ctstate NEW,DNAT --ctdir ORIGINAL",
            "-p udp -m state --state UNTRACKED -j ACCEPT",
            "-m conntrack --ctproto tcp --ctstatus ASSURED",
            "-p tcp -m connlabel --label 3 --set -m tcp --dport 1:30000",
            "-m connlabel --label 3 -j MARK --set-mark 0x1",
            "-p udp -m connlimit --connlimit-above 1 --connlimit-mask 4 -m udp --sport 1:20000",
            "-m connbytes --connbytes 100: --connbytes-dir both --connbytes-mode packets");
    private static final int TABLES = 24;
    private static final int PACKETS = 200;

    private record Scope(Place place) implements BindScope {

        @Override
        public long nowNs() {
            return 0;
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

    private static RuleTable table(final IpFamily family, final SplittableRandom random) {
        final List<Rule> rules = new ArrayList<>();
        final int count = 1 + random.nextInt(30);
        while (rules.size() < count) {
            final List<String> words = new ArrayList<>(List.of("-t", "mangle", "-A", "FORWARD"));
            words.addAll(List.of(RULES.get(random.nextInt(RULES.size())).split(" ")));
            final RuleText text = RuleText.of(RuleExtensions.installed(), new SystemNames(), family, Set.of(), words);
            assertEquals(0, text.status(), text.error());
            rules.addAll(text.rules());
        }
        return new RuleTable(family, TableName.MANGLE, RuleTable.empty(family, TableName.MANGLE).chains().stream()
                .map(chain -> new Chain(chain.name(), Action.Verdict.ACCEPT, rules)).toList());
    }

    /** The verdict, the packet's mark, and the connection's and its labels. */
    private static String run(final TableProgram program, final RulePacket packet) {
        packet.hotdrop = false;
        final int verdict = program.run(packet);
        final long entry = packet.connection;
        return verdict + " " + packet.mark + ' ' + (entry == 0 ? "" : ConnLayout.mark(entry) + " " + ConnLayout.labels(entry, 0));
    }

    private static byte[] entry(final RulePacket packet) {
        final byte[] bytes = new byte[packet.connection == 0 ? 0 : ConnLayout.IPV6_BYTES];
        if (bytes.length != 0) {
            Memory.copyToArray(packet.connection, bytes, 0, bytes.length);
        }
        return bytes;
    }

    private static void restore(final RulePacket packet, final byte[] bytes) {
        if (bytes.length != 0) {
            Memory.copyFromArray(bytes, 0, packet.connection, bytes.length);
        }
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void shouldAgreeWithTheWalk(final IpFamily family) {
        int specialized = 0;
        for (int seed = 0; seed < TABLES; seed++) {
            final SplittableRandom random = new SplittableRandom(seed);
            final RuleTable table = table(family, random);
            final boolean wantsOwn = seed % 2 == 0;
            try (CompiledTable fast = TableCompiler.compile(table, Scope::new, 1);
                    CompiledTable plain = TableCompiler.compile(table, Scope::new, 1);
                    RandomPackets packets = new RandomPackets(random, family);
                    WarmConnections connections = new WarmConnections(family, random)) {
                final Specialization generated = wantsOwn ? fast.specialize() : null;
                if (generated != null) {
                    generated.warm(seed % 10);
                    specialized++;
                }
                final TableProgram program = generated == null ? fast.indexed(0) : generated.programs().getFirst();
                final TableProgram reference = plain.plain(0);
                final RulePacket packet = new RulePacket();
                for (int i = 0; i < PACKETS; i++) {
                    packets.next(packet);
                    connections.fill(packet);
                    final int mark = packet.mark;
                    final byte[] before = entry(packet);
                    final String expected = run(reference, packet);
                    packet.mark = mark;
                    restore(packet, before);
                    assertEquals(expected, run(program, packet), "seed=" + seed + " packet=" + i);
                }
                for (int number = 0; number < table.counters(); number++) {
                    assertEquals(plain.packets(number), fast.packets(number), "seed=" + seed + " number=" + number);
                }
            }
        }
        assertTrue(specialized > TABLES / 4, "specialized=" + specialized);
    }
}
