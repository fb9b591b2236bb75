package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.RuleText;
import io.penstock.rules.text.SystemNames;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kernel says to {@link MatchesA}'s matches; all expectations were read off Linux 6.18. */
final class MatchesAKernelTest {

    private static final Extensions ALL = new Extensions(MatchesA.all(), List.of());

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            4 | INPUT   | -m addrtype --src-type LOCAL --limit-iface-in  | 0
            4 | INPUT   | -m addrtype --src-type LOCAL --limit-iface-out | 22
            4 | OUTPUT  | -m addrtype --src-type LOCAL --limit-iface-in  | 22
            4 | FORWARD | -m addrtype --src-type LOCAL --limit-iface-out | 0
            4 | INPUT   | -m addrtype --src-type BROADCAST,XRESOLVE      | 0
            6 | INPUT   | -m addrtype --src-type BROADCAST               | 22
            6 | INPUT   | -m addrtype --src-type PROHIBIT                | 22
            6 | INPUT   | -m addrtype --src-type UNREACHABLE             | 0
            4 | INPUT   | -m limit --limit-burst 0                       | 34
            4 | INPUT   | -m limit --limit 1/day --limit-burst 100       | 34
            4 | INPUT   | -m recent --set --seconds 4                    | 22
            4 | INPUT   | -m recent --rcheck --hitcount 65535            | 0
            4 | INPUT   | -m recent --rcheck --hitcount 65536            | 22
            4 | INPUT   | -m recent --set --name a/b                     | 22
            4 | INPUT   | -m recent --set --name ..                      | 22
            4 | OUTPUT  | -m owner --uid-owner 5-3                       | 22
            4 | INPUT   | -m hashlimit --hashlimit 1/day --hashlimit-burst 2 --hashlimit-name x            | 34
            4 | INPUT   | -m hashlimit --hashlimit 1/hour --hashlimit-burst 5 --hashlimit-name x           | 0
            4 | INPUT   | -m hashlimit --hashlimit 1/s --hashlimit-htable-expire 0 --hashlimit-name x      | 22
            4 | INPUT   | -m hashlimit --hashlimit 2000000/m --hashlimit-rate-match --hashlimit-name x     | 34
            4 | INPUT   | -m hashlimit --hashlimit 1/s --hashlimit-srcmask 255.0.255.0 --hashlimit-name x  | 22
            4 | INPUT   | -m connlabel --label 127                       | 0
            4 | INPUT   | -m connlabel --label 128                       | 34
            """)
    void shouldSayWhatTheKernelSays(final int version, final RuleHook hook, final String given, final int errno) {
        final IpFamily family = version == 4 ? IpFamily.IPV4 : IpFamily.IPV6;
        final Place place = new Place(family, TableName.FILTER, hook.bit(), 0, false);
        final List<String> words = List.of(("-A INPUT " + given).split(" +"));
        final RuleText text = RuleText.of(ALL, new SystemNames(), family, Set.of(), words);
        assertEquals("", text.error());
        assertEquals(errno, text.rules().getFirst().matches().getFirst().check(place));
    }

    @ParameterizedTest
    @CsvSource({"6, false, 0", "17, false, 0", "6, true, 22", "1, false, 22", "0, false, 22"})
    void shouldTakePortsOfSomeProtocolsOnly(final int protocol, final boolean inverted, final int errno) {
        final Place place = new Place(IpFamily.IPV4, TableName.FILTER, 0, protocol, inverted);
        final MultiportMatch match =
                new MultiportMatch(MultiportMatch.Side.EITHER, List.of(new MultiportMatch.Range(1, 1, false)), false);
        assertEquals(errno == 0 ? Kind.FINE : errno, match.check(place));
    }
}
