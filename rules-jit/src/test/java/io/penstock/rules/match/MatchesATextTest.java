package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.RuleText;
import io.penstock.rules.text.SystemNames;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link MatchesA}'s matches read, save and list; all expectations were read off iptables 1.8.9. */
final class MatchesATextTest {

    private static final Extensions ALL = new Extensions(MatchesA.all(), List.of());

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            4 | -p tcp -m multiport --sports 80,0x100:1024        | -p tcp -m multiport --sports 80,256:1024
            4 | -p udp -m multiport ! --source-ports 1            | -p udp -m multiport ! --sports 1
            6 | -p sctp -m multiport --destination-ports 1:2,3    | -p sctp -m multiport --dports 1:2,3
            4 | -m addrtype --src-type lo,uni ! --dst-type m      | -m addrtype --src-type UNICAST,LOCAL ! --dst-type MULTICAST
            4 | -m addrtype --dst-type LOCAL --limit-iface-in     | -m addrtype --dst-type LOCAL --limit-iface-in
            4 | -m mark ! --mark 010/255                          | -m mark ! --mark 0x8/0xff
            4 | -m connmark --mark 4294967295                     | -m connmark --mark 0xffffffff
            4 | -m comment --comment plain-text_1                 | -m comment --comment plain-text_1
            4 | -m comment --comment it's                         | -m comment --comment "it\\'s"
            4 | -m limit                                          | -m limit --limit 3/hour
            4 | -m limit --limit 90/MIN --limit-burst 7           | -m limit --limit 90/min --limit-burst 7
            4 | -m limit --limit 12xyz/h                          | -m limit --limit 12/hour
            4 | -m limit --limit 7777/s                           | -m limit --limit 10000/sec
            4 | -m statistic --mode random --probability 0.333333 | -m statistic --mode random --probability 0.33333300008
            4 | -m statistic --mode nth ! --every 5 --packet 2    | -m statistic --mode nth ! --every 5 --packet 2
            4 | -m recent --set                                   | -m recent --set --name DEFAULT --mask 255.255.255.255 --rsource
            4 | -m recent ! --update --seconds 9 --reap --hitcount 3 --rttl --name a --rdest --mask 255.0.0.0 \
              | -m recent ! --update --seconds 9 --reap --hitcount 3 --rttl --name a --mask 255.0.0.0 --rdest
            6 | -m recent --remove --mask ::1.2.3.4               | -m recent --remove --name DEFAULT --mask ::1.2.3.4 --rsource
            4 | -m iprange ! --src-range 1.2.3.4 --dst-range 10-10.5 \
              | -m iprange ! --src-range 1.2.3.4-1.2.3.4 --dst-range 10.0.0.0-10.5.0.0
            6 | -m iprange --src-range ::1-2001:db8::             | -m iprange --src-range ::1-2001:db8::
            4 | -m owner --gid-owner 5:7 ! --uid-owner root --suppl-groups ! --socket-exists \
              | -m owner ! --socket-exists ! --uid-owner 0 --gid-owner 5-7 --suppl-groups
            4 | -m length --length 5:                             | -m length --length 5:65535
            4 | -m length ! --length 5:5                          | -m length ! --length 5
            4 | -m mac ! --mac-source AA:bB:0:0:0:f               | -m mac ! --mac-source aa:bb:00:00:00:0f
            4 | -m hashlimit --hashlimit 5/s --hashlimit-name x   | -m hashlimit --hashlimit-upto 5/sec --hashlimit-burst 5 --hashlimit-name x
            4 | -m hashlimit ! --hashlimit 512kb/s --hashlimit-burst 2mb --hashlimit-mode dstport,srcip --hashlimit-name x \
              | -m hashlimit --hashlimit-above 512kb/s --hashlimit-burst 2mb --hashlimit-mode srcip,dstport --hashlimit-name x
            4 | -m hashlimit --hashlimit-upto 5/m --hashlimit-name x --hashlimit-rate-match --hashlimit-srcmask 24 \
              | -m hashlimit --hashlimit-upto 5/sec --hashlimit-burst 5 --hashlimit-name x --hashlimit-htable-expire 60000 \
            --hashlimit-srcmask 24 --hashlimit-rate-match --hashlimit-rate-interval 60
            4 | -m hashlimit --hashlimit-upto 5/s --hashlimit-name x --hashlimit-htable-size 2000000 \
              | -m hashlimit --hashlimit-upto 5/sec --hashlimit-burst 5 --hashlimit-name x --hashlimit-htable-size 1048576
            4 | -m connlimit ! --connlimit-upto 5                 | -m connlimit --connlimit-above 5 --connlimit-mask 32 --connlimit-saddr
            6 | -m connlimit --connlimit-upto 5 --connlimit-mask 64 --connlimit-daddr \
              | -m connlimit --connlimit-upto 5 --connlimit-mask 64 --connlimit-daddr
            4 | -m connbytes ! --connbytes 3:9 --connbytes-dir both --connbytes-mode avgpkt \
              | -m connbytes ! --connbytes 3:9 --connbytes-mode avgpkt --connbytes-dir both
            4 | -m connlabel ! --label 0x10 --set                 | -m connlabel ! --label "16" --set
            4 | -m helper ! --helper ftp-21                       | -m helper ! --helper ftp-21
            4 | -m pkttype ! --pkt-type MCAST                     | -m pkttype ! --pkt-type multicast
            4 | -m ttl ! --ttl 5                                  | -m ttl ! --ttl-eq 5
            6 | -m hl --hl-gt 5                                   | -m hl --hl-gt 5
            4 | -m dscp --dscp-class efg                          | -m dscp --dscp 0x2e
            4 | -m tos ! --tos Minimize-Delay                     | -m tos ! --tos 0x10/0x3f
            """)
    void shouldSaveAsTheToolDoes(final int version, final String given, final String saved) {
        assertEquals(List.of("-A INPUT " + saved + '\n'), run(version, given).saved());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
            4|-p tcp -m multiport ! --ports 80,81:82|multiport ports  !80,81:82
            4|-m addrtype ! --src-type LOCAL --dst-type UNICAST --limit-iface-out|ADDRTYPE match src-type !LOCAL dst-type UNICAST limit-out
            4|-m mark ! --mark 1|mark match ! 0x1
            4|-m connmark ! --mark 1|connmark match ! 0x1
            4|-m connmark --mark 1|connmark match  0x1
            4|-m comment --comment x|/* x */
            4|-m limit|limit: avg 3/hour burst 5
            4|-m statistic --mode nth --every 5 --packet 0|statistic mode nth every 5
            4|-m recent ! --rcheck --seconds 4 --rttl|! recent: CHECK seconds: 4 TTL-Match name: DEFAULT side: source mask: 255.255.255.255
            4|-m iprange ! --dst-range 1.1.1.1|destination IP range ! 1.1.1.1-1.1.1.1
            4|-m owner --uid-owner 0|owner UID match 0
            4|-m length ! --length 1:2|length !1:2
            4|-m mac ! --mac-source 1:2:3:4:5:6|MAC ! 01:02:03:04:05:06
            4|-m hashlimit --hashlimit-upto 5/m --hashlimit-name x --hashlimit-rate-match --hashlimit-mode srcip,dstip\
            |limit: up to 5/min burst 5 mode srcip-dstip rate-match rate-interval 60
            4|-m connlimit --connlimit-above 3|#conn src/32 > 3
            4|-m connbytes --connbytes 9 --connbytes-dir reply --connbytes-mode bytes|connbytes 9 connbytes mode bytes connbytes direction reply
            4|-m connlabel ! --label 3 --set|connlabel ! 3 set
            4|-m helper ! --helper x|helper match ! "x"
            4|-m pkttype ! --pkt-type host|PKTTYPE != unicast
            4|-m ttl ! --ttl 3|TTL match TTL != 3
            6|-m hl --hl-lt 3|HL match HL < 3
            4|-m dscp ! --dscp 3|DSCP match !0x03
            4|-m tos ! --tos 3|tos match!0x03/0xff
            """)
    void shouldListAsTheToolDoes(final int version, final String given, final String listed) {
        final String row = run(version, given).numeric().getFirst();
        assertTrue(row.endsWith(' ' + listed + '\n'), row);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            4 | -m multiport                                   | multiport expection an option
            4 | -m multiport --ports 1                         | multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'
            4 | ! -p tcp -m multiport --ports 1                | multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP
            4 | -p tcp -m multiport --ports 5:5                | invalid portrange specified
            4 | -p tcp -m multiport --ports no-such            | invalid port/service `no-such' specified
            4 | -p tcp -m multiport --ports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15:16 | too many ports specified
            4 | -m addrtype --src-type LOCAL,zz                | addrtype: bad type "zz"
            4 | -m addrtype --src-type zz,LOCAL                | addrtype: bad type `zz,LOCAL'
            4 | -m addrtype                                    | addrtype: you must specify --src-type or --dst-type
            4 | -m limit --limit 5/seconds                     | bad rate "5/seconds"'
            4 | -m limit --limit 10001/s                       | Rate too fast "10001/s"
            4 | -m statistic --mode x                          | Bad mode "x"
            4 | -m statistic --mode random                     | --probability must be specified when using random mode
            4 | -m statistic --mode nth                        | --every and --packet must be specified when using nth mode
            4 | -m statistic --mode nth --every 3 --packet 3   | the --packet p must be 0 <= p <= n-1
            4 | -m recent                                      | recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'
            4 | -m iprange                                     | iprange match: You must specify `--src-range' or `--dst-range'
            4 | -m iprange --src-range 1.2.3.256               | iprange: Bad value for "--src-range" option: "1.2.3.256"
            4 | -m owner                                       | owner: At least one of --uid-owner, --gid-owner or --socket-exists is required
            4 | -m owner --uid-owner 3-                        | owner: Bad value for "--uid-owner" option: "3-"
            4 | -m owner --suppl-groups                        | owner: Bad value for "--suppl-groups" option: "you need to use --gid-owner first"
            4 | -m hashlimit                                   | You have to specify --hashlimit
            4 | -m hashlimit --hashlimit x --hashlimit-name x  | hashlimit: Bad value for "--hashlimit-upto" option: "x"
            4 | -m hashlimit --hashlimit 96b/s --hashlimit-burst 5 --hashlimit-name x | burst cannot be smaller than 96b
            4 | -m hashlimit --hashlimit 1/s --hashlimit-burst 0 --hashlimit-name x \
              | bad value for option "--hashlimit-burst", or out of range (1-1000000).
            4 | -m hashlimit --hashlimit 1/s --hashlimit-mode ip --hashlimit-name x | hashlimit: Bad value for "--hashlimit-mode" option: "ip"
            4 | -m connlimit                                   | You must specify "--connlimit-above" or "--connlimit-upto".
            4 | -m connbytes --connbytes 9:3                   | 9 should be less than 3
            4 | -m connbytes --connbytes-dir x                 | Unknown --connbytes-dir `x'
            4 | -m connbytes --connbytes-mode x                | Unknown --connbytes-mode `x'
            4 | -m pkttype --pkt-type x                        | Bad packet type 'x'
            4 | -m ttl                                         | TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt
            6 | -m hl                                          | HL match: You must specify one of `--hl-eq', `--hl-lt', `--hl-gt'
            4 | -m dscp                                        | DSCP match: Parameter --dscp is required
            4 | -m dscp --dscp-class x                         | Invalid DSCP value `x'
            """)
    void shouldRefuseAsTheToolDoes(final int version, final String given, final String message) {
        final RuleText text = run(version, given.replace("`", ""));
        assertEquals(2, text.status());
        assertTrue(text.error().contains("v1.8.9 (legacy): " + message + '\n'), text.error());
    }

    @Test
    void shouldWarnWhenARangeIsReversed() {
        assertEquals("xt_iprange: range 2.2.2.2-1.1.1.1 is reversed and will never match\n",
                run(4, "-m iprange --src-range 2.2.2.2-1.1.1.1").error());
    }

    @Test
    void shouldCutTextWhenTheKernelHasLessRoom() {
        assertEquals(255, ((CommentMatch) match(4, "-m comment --comment " + "x".repeat(300))).comment().length());
        assertEquals(29, ((HelperMatch) match(4, "-m helper --helper " + "x".repeat(300))).helper().length());
        assertEquals(199, ((RecentMatch) match(4, "-m recent --set --name " + "x".repeat(300))).name().length());
    }

    @Test
    void shouldFindAllHelpersAndLabelsTheSameAsTheToolDoes() {
        assertEquals(match(4, "-m helper --helper a"), match(4, "-m helper ! --helper b"));
        assertEquals(match(4, "-m connlabel --label 1"), match(4, "-m connlabel --label 2 --set"));
    }

    @Test
    void shouldReadBackWhatItSavesWhenAnythingIsSaved() {
        for (final String given : List.of("-m limit --limit 1500/min", "-m recent --update --seconds 4294967295",
                "-m hashlimit --hashlimit-above 5mb/s --hashlimit-burst 20mb --hashlimit-name x --hashlimit-htable-expire 9",
                "-m tos --tos 0x3/0x3f", "-m owner --uid-owner 1-4294967294")) {
            final String saved = run(4, given).saved().getFirst();
            assertEquals(List.of(saved), run(4, saved.substring("-A INPUT ".length()).strip().replace("-1 ", "4294967295 ")).saved());
        }
    }

    @Test
    void shouldBeginHelpWithTheFirstLineAndEndItWithALineEnd() {
        for (final MatchKind kind : MatchesA.all()) {
            assertTrue(kind.help().contains("match options") && kind.help().endsWith("\n") && !kind.help().startsWith("\n"), kind.name());
        }
    }

    private static Match match(final int version, final String given) {
        return run(version, given).rules().getFirst().matches().getFirst();
    }

    private static RuleText run(final int version, final String given) {
        final List<String> words = List.of(("-A INPUT " + given).strip().split(" +"));
        return RuleText.of(ALL, new SystemNames(), version == 4 ? IpFamily.IPV4 : IpFamily.IPV6, Set.of(), words);
    }
}
