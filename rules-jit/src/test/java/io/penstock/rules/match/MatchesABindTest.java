package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.api.TableName;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.match.PacketInMemory;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.RuleText;
import io.penstock.rules.text.SystemNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a rule's text to what runs: one IPv4 UDP packet of 28 bytes, 10.0.0.1:80 to 10.0.0.2:1024, TTL 64, TOS 0xB8, mark 0x12. */
final class MatchesABindTest {

    private static final Extensions ALL = new Extensions(MatchesA.all(), List.of());
    private static final String PACKET = "45b8001c 00000000 40110000 0a000001 0a000002 00500400 00080000";

    private final Map<String, AutoCloseable> shared = new HashMap<>();
    private final PacketInMemory memory = new PacketInMemory();

    /** A scope that keeps what is shared. */
    private record Scope(Place place, Map<String, AutoCloseable> kept) implements BindScope {

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
            return type.cast(kept.computeIfAbsent(type.getSimpleName() + ' ' + name, key -> (AutoCloseable) maker.get()));
        }
    }

    @AfterEach
    void close() throws Exception {
        for (final AutoCloseable table : shared.values()) {
            table.close();
        }
        memory.close();
    }

    private HotMatch bind(final IpFamily family, final String given) {
        final List<String> words = List.of(("-A OUTPUT -p udp " + given).split(" +"));
        final RuleText text = RuleText.of(ALL, new SystemNames(), family, Set.of(), words);
        assertEquals("", text.error());
        final Place place = new Place(family, TableName.FILTER, RuleHook.OUTPUT.bit(), 17, false);
        return ((RunnableMatch) text.rules().getFirst().matches().getFirst()).bind(new Scope(place, shared));
    }

    private RulePacket packet() {
        final RulePacket packet = memory.v4(PACKET);
        packet.protocol = 17;
        packet.mark = 0x12;
        packet.uid = 5;
        packet.gid = 6;
        return packet;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -m multiport --sports 79:81                | true
            -m multiport --dports 79:81                | false
            -m multiport ! --ports 1024                | false
            -m mark --mark 0x2/0x3                     | true
            -m comment --comment x                     | true
            -m limit                                   | true
            -m statistic --mode nth --every 2 --packet 1 | false
            -m statistic --mode nth --every 2 --packet 0 | true
            -m recent ! --rcheck                       | true
            -m iprange --src-range 10.0.0.0-10.0.0.1   | true
            -m iprange ! --dst-range 10.0.0.2          | false
            -m owner --uid-owner 5 --gid-owner 6       | true
            -m owner --uid-owner 5 ! --gid-owner 6     | false
            -m length --length 28                      | true
            -m length ! --length :28                   | false
            -m mac --mac-source e6:e7:e8:e9:ea:eb      | true
            -m hashlimit --hashlimit-upto 1/s --hashlimit-name x  | true
            -m hashlimit --hashlimit-above 1/s --hashlimit-name x | false
            -m hashlimit --hashlimit-upto 1kb/s --hashlimit-name x | true
            -m pkttype --pkt-type unicast              | true
            -m ttl --ttl-lt 64                         | false
            -m ttl --ttl-lt 65                         | true
            -m ttl --ttl-gt 63                         | true
            -m ttl ! --ttl-eq 63                       | true
            -m dscp --dscp-class EF                    | true
            -m dscp ! --dscp 0x2e                      | false
            -m tos --tos 0xb0/0xf0                     | true
            """)
    void shouldRunWhatTheRuleSays(final String given, final boolean taken) {
        assertEquals(taken, bind(IpFamily.IPV4, given).matches(packet()));
    }

    @Test
    void shouldShareAListUnderItsNameAndUnderTheMaskOfItsFirstRule() {
        assertTrue(bind(IpFamily.IPV4, "-m recent --set --name a --mask 255.255.255.0").matches(packet()));
        final RulePacket neighbour = packet();
        Ipv4Layout.setSource(neighbour.network, 0x0A0000FE);
        assertTrue(bind(IpFamily.IPV4, "-m recent --rcheck --name a").matches(neighbour));
        assertFalse(bind(IpFamily.IPV4, "-m recent --rcheck --name b").matches(neighbour));
        assertFalse(bind(IpFamily.IPV4, "-m recent --rcheck --name a --rttl --hitcount 2").matches(neighbour));
        assertTrue(bind(IpFamily.IPV4, "-m recent --rcheck --name a --rdest").matches(neighbour));
    }

    @Test
    void shouldShareAHashlimitListWithRulesOfItsFamilyOnly() {
        bind(IpFamily.IPV4, "-m hashlimit --hashlimit-upto 1/s --hashlimit-burst 1 --hashlimit-name a");
        bind(IpFamily.IPV6, "-m hashlimit --hashlimit-upto 1/s --hashlimit-burst 1 --hashlimit-name a");
        final HotMatch first = bind(IpFamily.IPV4, "-m hashlimit --hashlimit-upto 1/s --hashlimit-burst 1 --hashlimit-name a");
        final HotMatch second = bind(IpFamily.IPV4, "-m hashlimit --hashlimit-above 9/s --hashlimit-name a");
        assertEquals(2, shared.size());
        assertTrue(first.matches(packet()));
        assertTrue(second.matches(packet()));
    }
}
