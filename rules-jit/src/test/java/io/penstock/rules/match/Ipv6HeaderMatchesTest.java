package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matches of IPv6's own headers, as they are written, saved, listed and refused. */
class Ipv6HeaderMatchesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -p ipv6-icmp --icmpv6-type neighbor-solicitation | -p ipv6-icmp -m icmp6 --icmpv6-type 135
            -p ipv6-icmp ! --icmpv6-type no-route            | -p ipv6-icmp -m icmp6 ! --icmpv6-type 1/0
            -m ah ! --ahspi 5 ! --ahlen 0 --ahres            | -m ah ! --ahspi 5 ! --ahlen 0 --ahres
            -m frag ! --fragid 1: --fraglen 0 --fraglast     | -m frag ! --fragid 1:4294967295 --fraglen 0 --fraglast
            -m frag --fragmore --fragfirst --fragres         | -m frag --fragres --fragfirst --fragmore
            -m rt --rt-type 0 --rt-0-addrs ::1.2.3.4,2001:DB8:: --rt-0-not-strict --rt-0-res | \
            -m rt --rt-type 0 --rt-0-res --rt-0-addrs ::1.2.3.4,2001:db8:: --rt-0-not-strict
            -m rt ! --rt-segsleft 0 ! --rt-len 8             | -m rt ! --rt-segsleft 0 ! --rt-len 8
            -m ipv6header ! --header frag,60,prot --soft     | -m ipv6header ! --header ipv6-opts,ipv6-frag,protocol --soft
            -m ipv6header --header ip,none                   | -m ipv6header --header hop-by-hop,ipv6-nonxt
            -m hbh ! --hbh-len 8 --hbh-opts 5:2,0,300:255    | -m hbh ! --hbh-len 8 --hbh-opts 5:2,0,44
            -m dst --dst-opts 0x10:010                       | -m dst --dst-opts 16:8
            -p 135 -m mh ! --mh-type hoti:bu           | -p mobility-header -m mh ! --mh-type 1:5
            -p 135 -m mh --mh-type home                | -p mobility-header -m mh --mh-type 1
            -p 135 -m mh --mh-type HOT                 | -p mobility-header -m mh --mh-type 3
            -m srh --srh-tag 5 ! --srh-hdr-len-gt 3 --srh-hdr-len-lt 9 | -m srh ! --srh-hdr-len-gt 9 --srh-hdr-len-lt 9 --srh-tag 5
            -m srh ! --srh-psid a::1/64 --srh-lsid b::       | -m srh ! --srh-psid a::1/64 --srh-lsid b::/128
            -m eui64                                         | -m eui64
            -m ipvs --vaddr a::/64                           | -m ipvs --vaddr a::/64
            """)
    void shouldSaveWhatTheRealToolSavesWhenRuleIsRight(final String rule, final String saved) {
        assertEquals(saved, HeaderRules.text(6, rule));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -p ipv6-icmp --icmpv6-type any              | 2: Unknown ICMPv6 type `any'
            -m frag --fragmore --fraglast               | 2: frag: option "--fragmore" cannot be used together with "--fraglast".
            -m frag ! --fragfirst                       | 2: frag: option "--fragfirst" cannot be inverted.
            -m rt --rt-0-res --rt-type 0                | 2: `--rt-type 0' required before `--rt-0-res'
            -m rt ! --rt-type 0 --rt-0-addrs ::1        | 2: `--rt-type 0' required before `--rt-0-addrs'
            -m rt --rt-type 0 --rt-0-not-strict         | 2: `--rt-0-addr ...' required before `--rt-0-not-strict'
            -m rt --rt-type 0 --rt-0-addrs ::1,1.2.3.4  | 2: bad address: 1.2.3.4
            -m rt --rt-type 0 --rt-0-addrs ::,::,::,::,::,::,::,::,::,::,::,::,::,::,::,::,:: | 2: too many addresses specified
            -m ipv6header --soft                        | 2: ipv6header: option "--header" must be specified
            -m ipv6header --header foo                  | 2: unknown header `foo' specified
            -m ipv6header --header tcp                  | 2: unknown header `6' specified
            -m ipv6header --header ,                    | 2: ip6t_ipv6header: cannot parse header names
            -m hbh --hbh-opts 0:1                       | 2: PAD0 has not got length
            -m dst --dst-opts 0:1                       | 2: PAD0 hasn't got length
            -m hbh --hbh-opts x                         | 2: hbh: no valid digits in opt `x'
            -m dst --dst-opts 1:2x                      | 2: dst: error parsing length `2x'
            -m dst --dst-opts 99999999999999999999      | 2: opt `99999999999999999999' specified too big: would overflow
            -m hbh --hbh-opts 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16:1 | 2: too many ports specified
            -m hbh --hbh-opts 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17 | 2: too many addresses specified
            -p 135 -m mh --mh-type 9:5            | 2: Invalid MH type range (min > max)
            -p 135 -m mh --mh-type foo            | 2: Invalid MH type `foo'
            -m srh --srh-tag 65536                      | 2: srh: bad value for option "--srh-tag", or out of range (0-65535).
            """)
    void shouldSayWhatTheRealToolSaysWhenRuleIsWrong(final String rule, final String message) {
        assertEquals(message, HeaderRules.text(6, rule));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -p ipv6-icmp --icmpv6-type 135             | ipv6-icmp neighbour-solicitation | ipv6-icmptype 135
            -m ah --ahspi 5 --ahlen 12 --ahres         | ah spi:5length:12 reserved | ah spi:5length:12 reserved
            -m frag --fragid 1:2 ! --fraglen 3 --fragmore | frag ids:1:2 length:!3 more | frag ids:1:2 length:!3 more
            -m rt --rt-type 4294967295 --rt-segsleft 1:2 | rt type:-1 segslefts:1:2 | rt type:-1 segslefts:1:2
            -m rt --rt-type 0 --rt-0-res --rt-0-addrs 1::,2:: | rt type:0 reserved 0-addrs 1::,2:: | rt type:0 reserved 0-addrs 1::,2::
            -m ipv6header ! --header hop,ah --soft     | ipv6header flags:!hop-by-hop,ah soft | ipv6header flags:!0x88 soft
            -m hbh --hbh-len 8 --hbh-opts 5:2,6        | hbh length:8 opts 5:2,6 | hbh length:8 opts 5:2,6
            -p 135 -m mh ! --mh-type brr:9       | mh !binding-refresh-request:9 | mh !0:9
            -m srh ! --srh-tag 5 --srh-nsid b::/16     | srh tag:!5 nsid  b::/16 | srh tag:!5 nsid  b::/16
            -m eui64                                   | eui64 | eui64
            """)
    void shouldListWhatTheRealToolListsWhenRuleIsRight(final String rule, final String names, final String numbers) {
        assertEquals(names, HeaderRules.list(6, rule, false).replace("anywhere", "").strip());
        assertEquals(numbers, HeaderRules.list(6, rule, true).replace("::/0", "").strip());
    }

    @Test
    void shouldBeEqualWhenTheKernelHoldsTheSame() {
        assertEquals(HeaderRules.match(6, "-m ipv6header --header frag"), HeaderRules.match(6, "-m ipv6header --header 44,ipv6-frag"));
        assertNotEquals(HeaderRules.match(6, "-m frag"), HeaderRules.match(6, "-m frag --fragid 0:4294967295"));
        assertEquals(HeaderRules.match(6, "-m srh --srh-psid ::/0"), HeaderRules.match(6, "-m srh --srh-psid ::/0"));
    }
}
