package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.api.FieldMatch;
import io.penstock.rules.api.Match;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matches of transport headers, as they are written, saved, listed and refused. */
class TransportMatchesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -p tcp --sport ssh:http ! --destination-port 1024: | -p tcp -m tcp --sport 22:80 ! --dport 1024:65535
            -p tcp --dport :0x50                               | -p tcp -m tcp --dport 0:80
            -p tcp --sport 0:65535                             | -p tcp -m tcp
            -p tcp ! --sport :                                 | -p tcp -m tcp
            -p tcp --syn                                       | -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN
            -p tcp ! --tcp-flags all none --tcp-option 010     | -p tcp -m tcp --tcp-option 8 ! --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE
            -p tcp --tcp-flags NONE SYN                        | -p tcp -m tcp
            -p udp --source-port domain --dport 5:3            | -p udp -m udp --sport 53 --dport 5:3
            -p icmp --icmp-type ping                           | -p icmp -m icmp --icmp-type 8
            -p icmp --icmp-type TOS-net | 2: Ambiguous ICMP type `TOS-net': `TOS-network-unreachable' or `TOS-network-redirect'?
            -p icmp ! --icmp-type any                          | -p icmp -m icmp ! --icmp-type any
            -p icmp --icmp-type 3/1:5                          | -p icmp -m icmp --icmp-type 3/1
            -p icmp --icmp-type 255/3                          | -p icmp -m icmp --icmp-type any
            -p sctp --chunk-types ANY data:Be,abort:T,i_data:B | -p sctp -m sctp --chunk-types any DATA:Be,ABORT:T,I_DATA
            -p sctp ! --chunk-types all ALL --sport :          | -p sctp -m sctp --sport 0:65535 ! --chunk-types all ALL
            -p sctp --chunk-types only none                    | -p sctp -m sctp --chunk-types only NONE
            -p dccp ! --dccp-types SYNC,invalid --dccp-option 7 | -p dccp -m dccp ! --dccp-types SYNC,INVALID --dccp-option 7
            -p esp ! --espspi 0x10:                            | -p esp -m esp ! --espspi 16:4294967295
            -p ah --ahspi :5                                   | -p ah -m ah --ahspi 0:5
            -p ipcomp -m ipcomp --compres                      | -p ipcomp -m ipcomp --ipcompspi 0 --compres
            -m ipvs --vproto tcp --vport http --vdir reply     | -m ipvs --vproto 6 --vport 80 --vdir REPLY
            -m ipvs ! --vaddr 1.2.3.4/255.255.255.0 ! --vmethod masq | -m ipvs ! --vaddr 1.2.3.4/24 ! --vmethod MASQ
            -m ipvs ! --ipvs                                   | -m ipvs ! --ipvs
            """)
    void shouldSaveWhatTheRealToolSavesWhenRuleIsRight(final String rule, final String saved) {
        assertEquals(saved, HeaderRules.text(4, rule));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -p udplite --sport 5             | 2: unknown option "--sport"
            -p udplite -m udplite --sport 5  | 2: Couldn't load match `udplite':No such file or directory
            -p tcp --sport 65536             | 2: invalid port/service `65536' specified
            -p tcp --sport 22:21             | 2: invalid portrange (min > max)
            -p tcp --sport 1 --source-port 2 | 2: Only one `--source-port' allowed
            -p tcp --dport 1 --dport 2       | 2: Only one `--destination-port' allowed
            -p tcp --syn --tcp-flags SYN SYN | 2: Only one of `--syn' or `--tcp-flags'  allowed
            -p tcp --tcp-flags SYN           | 2: --tcp-flags requires two args.
            -p tcp --tcp-flags SYN ! --dport 1 | 2: --tcp-flags requires two args.
            -p tcp --tcp-flags SYN ECE       | 2: Unknown TCP flag `ECE'
            -p tcp --tcp-option 0            | 2: Bad TCP option "0"
            -p tcp --tcp-option 1 --tcp-option 2 | 2: Only one `--tcp-option' allowed
            -p udp --sport 1:2:3             | 2: udp: Too many components for option "--source-port" (max: 2)
            -p udp --dport 1 --dport 2       | 2: udp: option "--destination-port" can only be used once.
            -p udp --sport nosuch            | 2: Port "nosuch" does not resolve to anything.
            -p icmp --icmp-type 3:5          | 2: ICMP type range not supported
            -p icmp --icmp-type 256          | 2: Unknown ICMP type `256'
            -p icmp --icmp-type 3/256        | 2: Unknown ICMP code `3/256'
            -p icmp --icmp-type 3/1x         | 2: unknown character x
            -p icmp -m icmp                  | 2: icmp: option "--icmp-type" must be specified
            -p sctp --chunk-types none DATA  | 2: Match type has to be one of "ALL", "ANY" or "ONLY"
            -p sctp --chunk-types any        | 2: --chunk-types requires two args
            -p sctp --chunk-types any FOO    | 2: Unknown sctp chunk `FOO'
            -p sctp --chunk-types any INIT:I | 2: Invalid flags for chunk type 1
            -p sctp --sport 1 --sport 2      | 2: Only one `--source-port' allowed
            -p dccp --dccp-types FOO         | 2: Unknown DCCP type `FOO'
            -p dccp --dccp-option 0          | 2: dccp: bad value for option "--dccp-option", or out of range (1-255).
            -p esp --espspi 1x               | 2: esp: Argument to "--espspi" has unexpected characters near "x".
            -m ipvs -j ACCEPT                | 2: IPVS: At least one option is required
            -m ipvs ! --ipvs --vport 5       | 2: ! --ipvs cannot be together with other options
            -m ipvs --vdir both              | 2: ipvs: Bad value for "--vdir" option: "both"
            """)
    void shouldSayWhatTheRealToolSaysWhenRuleIsWrong(final String rule, final String message) {
        assertEquals(message, HeaderRules.text(4, rule));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -p tcp --sport ssh:http ! --dport 7        | tcp spts:ssh:http dpt:!7 | tcp spts:22:80 dpt:!7
            -p tcp ! --sport :                         | tcp spts:!0:65535 | tcp spts:!0:65535
            -p tcp ! --tcp-option 5 --syn              | tcp option=!5 flags:FIN,SYN,RST,ACK/SYN | tcp option=!5 flags:0x17/0x02
            -p udp --dport domain                      | udp dpt:domain | udp dpt:53
            -p icmp --icmp-type 8                      | icmp echo-request | icmptype 8
            -p icmp ! --icmp-type 3/1:2                | icmp !type 3 codes 1-2 | icmp !type 3 codes 1-2
            -p sctp --chunk-types any INIT,DATA:B      | sctp any DATA:B,INIT | sctp any 0x0000:B,0x0001
            -p dccp ! --dccp-types ACK,INVALID         | dccp ! ACK,INVALID | dccp ! 3,10,11,12,13,14,15
            -p esp --espspi 1:2                        | esp spis:1:2 | esp spis:1:2
            -p ah ! --ahspi 7                          | ah spi:!7 | ah spi:!7
            -p ipcomp -m ipcomp --compres              | comp spi:0 reserved | comp spi:0 reserved
            -m ipvs --vaddr 0.0.0.0/0 ! --vportctl 21  | vaddr anywhere ! vportctl 21 | vaddr 0.0.0.0/0 ! vportctl 21
            """)
    void shouldListWhatTheRealToolListsWhenRuleIsRight(final String rule, final String names, final String numbers) {
        if (!rule.contains("0.0.0.0")) {
            assertEquals(names, HeaderRules.list(4, rule, false));
            assertEquals(numbers, HeaderRules.list(4, rule, true));
        } else {
            assertTrue(HeaderRules.read(4, rule).listed().getFirst().contains(names));
            assertTrue(HeaderRules.read(4, rule).numeric().getFirst().contains(numbers));
        }
    }

    @Test
    void shouldBeEqualWhenTheKernelHoldsTheSame() {
        assertEquals(HeaderRules.match(4, "-p tcp -m tcp"), HeaderRules.match(4, "-p tcp --sport 0:65535"));
        assertEquals(HeaderRules.match(4, "-p tcp --syn"), HeaderRules.match(4, "-p tcp --tcp-flags SYN,RST,ACK,FIN syn"));
        assertNotEquals(HeaderRules.match(4, "-p tcp -m tcp"), HeaderRules.match(4, "-p tcp ! --sport 0:65535"));
        assertEquals(HeaderRules.match(4, "-p sctp --chunk-types any INIT,DATA"),
                HeaderRules.match(4, "-p sctp --chunk-types any data,init"));
        assertNotEquals(HeaderRules.match(4, "-p dccp -m dccp"), HeaderRules.match(4, "-p dccp --sport 0:65535"));
    }

    @Test
    void shouldTellPortsWhenTheyNarrowTheChoice() {
        assertEquals("true source 22-80", told("-p tcp --sport 22:80"));
        assertEquals("true source 0-21 source 81-65535 destination 53-53", told("-p udp ! --sport 22:80 --dport 53"));
        assertEquals("true destination 1-65535", told("-p udp ! --dport 0"));
        assertEquals("true", told("-p tcp -m tcp"));
        assertEquals("false destination 22-22", told("-p tcp --dport 22 --syn"));
        assertEquals("false", told("-p udp ! --sport 0:65535"));
        assertEquals("false destination 7-7", told("-p udp --sport 5:3 --dport 7"));
        assertEquals("true destination 7-7", told("-p udp ! --sport 5:3 --dport 7"));
    }

    @Test
    void shouldTellFlagsWhenAllPacketsHaveThem() {
        assertEquals(2, HeaderRules.match(4, "-p tcp --syn").tcpFlagsSet());
        assertEquals(0, HeaderRules.match(4, "-p tcp ! --syn").tcpFlagsSet());
        assertEquals(0, HeaderRules.match(4, "-p udp -m udp").tcpFlagsSet());
    }

    @Test
    void shouldHaveOneKindOfANameInAFamilyWhenListed() {
        final List<String> names = new ArrayList<>();
        MatchesC.all().forEach(kind -> kind.families().forEach(family -> names.add(family + kind.name())));
        assertEquals(names.size(), names.stream().distinct().count());
        assertFalse(names.isEmpty());
    }

    private static String told(final String rule) {
        final Match match = HeaderRules.match(4, rule);
        final StringBuilder ports = new StringBuilder();
        final boolean isAll = ((FieldMatch) match).describe(new FieldMatch.FieldSink() {
            @Override
            public void sourcePorts(final int first, final int last) {
                ports.append(" source ").append(first).append('-').append(last);
            }

            @Override
            public void destinationPorts(final int first, final int last) {
                ports.append(" destination ").append(first).append('-').append(last);
            }
        });
        return isAll + ports.toString();
    }
}
