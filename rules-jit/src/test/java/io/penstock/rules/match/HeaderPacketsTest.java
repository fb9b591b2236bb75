package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.hot.packet.IpProtocol;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What matches of headers say to packets. The expectations are the kernel's, which was asked with the same packets. */
class HeaderPacketsTest {

    /** Ports 100 and 53, SYN, with the options MSS and window scale. */
    private static final String SYN = "006400350000000100000000" + "7002ffff00000000" + "020405b403030700";
    private static final int HEADER_DIGITS = 40;

    private final HeaderPackets packets = new HeaderPackets();

    @AfterEach
    void close() {
        packets.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --sport 100            | yes
            --sport 101:           | no
            ! --sport 101:         | yes
            --sport :100 --dport 53 | yes
            ! --dport 50:60        | no
            ! --sport 0:65535      | no
            --syn                  | yes
            ! --syn                | no
            --tcp-flags ACK NONE   | yes
            --tcp-flags NONE SYN   | no
            --tcp-option 3         | yes
            --tcp-option 7         | no
            ! --tcp-option 3       | no
            ! --tcp-option 7       | yes
            """)
    void shouldMatchTcpWhenHeaderFits(final String options, final String answer) {
        assertEquals(answer, packets.ask4("-p tcp -m tcp " + options, IpProtocol.TCP, 0, SYN));
        assertEquals(answer, packets.ask6("-p tcp -m tcp " + options, IpProtocol.TCP, SYN));
    }

    @Test
    void shouldDropWhenTcpHeaderIsCutOff() {
        assertEquals("drop", packets.ask4("-p tcp -m tcp", IpProtocol.TCP, 0, SYN.substring(0, HEADER_DIGITS - 2)));
        assertEquals("yes", packets.ask4("-p tcp --syn", IpProtocol.TCP, 0, SYN.substring(0, HEADER_DIGITS)));
        assertEquals("drop", packets.ask4("-p tcp --tcp-option 3", IpProtocol.TCP, 0, SYN.substring(0, HEADER_DIGITS)));
        assertEquals("drop", packets.ask4("-p tcp --tcp-option 3", IpProtocol.TCP, 0, SYN.replace("7002", "4002")));
        assertEquals("no", packets.ask4("-p tcp --sport 5 --tcp-option 3", IpProtocol.TCP, 0, SYN.replace("7002", "4002")));
    }

    @Test
    void shouldLookAtNoOptionsWhenThereAreNone() {
        final String bare = SYN.substring(0, HEADER_DIGITS).replace("7002", "5002");
        assertEquals("no", packets.ask4("-p tcp --tcp-option 3", IpProtocol.TCP, 0, bare));
        assertEquals("yes", packets.ask4("-p tcp ! --tcp-option 3", IpProtocol.TCP, 0, bare));
        assertEquals("no", packets.ask4("-p tcp --tcp-option 3", IpProtocol.TCP, 0, bare.replace("5002", "6002") + "05000008"));
        assertEquals("no", packets.ask4("-p tcp --tcp-option 3", IpProtocol.TCP, 0, bare.replace("5002", "6002") + "01010105"));
    }

    @Test
    void shouldMatchNoLaterFragmentAndDropWhatOverwritesFlags() {
        assertEquals("drop", packets.ask4("-p tcp -m tcp", IpProtocol.TCP, 1, SYN));
        assertEquals("no", packets.ask4("-p tcp -m tcp", IpProtocol.TCP, 2, SYN));
        assertEquals("no", packets.ask4("-p udp -m udp", IpProtocol.UDP, 1, SYN));
        assertEquals("no", packets.ask4("-p icmp ! --icmp-type 1", IpProtocol.ICMP, 1, SYN));
        assertEquals("no", packets.ask4("-p esp -m esp", IpProtocol.ESP, 1, SYN));
        assertEquals("no", packets.ask4("-p sctp -m sctp", IpProtocol.SCTP, 1, SYN));
        assertEquals("no", packets.ask4("-p dccp -m dccp", IpProtocol.DCCP, 1, SYN));
        assertEquals("no", packets.ask6("-p tcp -m tcp", IpProtocol.FRAGMENT, "06000008 00000001" + SYN));
        assertEquals("yes", packets.ask6("-p tcp -m tcp", IpProtocol.FRAGMENT, "06000001 00000001" + SYN));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            17  | -p udp --sport 100 ! --dport 54  | 0064003500080000         | yes
            17  | -p udp --sport 101:99            | 0064003500080000         | no
            17  | -p udp -m udp                    | 00640035000800           | drop
            1   | -p icmp --icmp-type any          | ff09000000000000         | yes
            1   | -p icmp ! --icmp-type any        | 0000000000000000         | no
            1   | -p icmp --icmp-type 3/1:2        | 0302000000000000         | yes
            1   | -p icmp --icmp-type 3/1:2        | 0303000000000000         | no
            1   | -p icmp ! --icmp-type 8          | 0000000000000000         | yes
            1   | -p icmp --icmp-type 8            | 08000000000000           | drop
            50  | -p esp --espspi 4294967295       | ffffffff 00000000        | yes
            50  | -p esp ! --espspi 1:2            | 00000002 00000000        | no
            50  | -p esp -m esp                    | ffffffff 000000          | drop
            51  | -p ah --ahspi 7                  | 3b010000 00000007 00000000 | yes
            51  | -p ah -m ah                      | 3b010000 00000007 000000 | drop
            108 | -p ipcomp -m ipcomp --ipcompspi 65535 --compres | 3bffffff  | yes
            108 | -p ipcomp -m ipcomp              | 3b000001                 | no
            108 | -p ipcomp -m ipcomp              | 3b0000                   | drop
            """)
    void shouldMatchWhenHeaderFits(final int protocol, final String rule, final String transport, final String answer) {
        assertEquals(answer, packets.ask4(rule, protocol, 0, transport));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --chunk-types any DATA            | 00030005 61000000 01000004          | yes
            --chunk-types any SACK            | 00030005 61000000 01000004          | no
            ! --chunk-types any SACK          | 00030005 61000000 01000004          | yes
            --chunk-types all DATA,INIT       | 00030005 61000000 01000004          | yes
            --chunk-types all DATA,INIT,ERROR | 00030005 61000000 01000004          | no
            --chunk-types only DATA,INIT,ERROR | 00030005 61000000 01000004         | yes
            --chunk-types only DATA           | 00030005 61000000 01000004          | no
            --chunk-types only ALL            | 00030005 61000000 ff000004          | yes
            --chunk-types any DATA:Be         | 00020004                            | yes
            --chunk-types any DATA:Be         | 00030004                            | no
            --chunk-types all DATA:E          | 00020004 00010004                   | yes
            --chunk-types only DATA:E         | 00020004 00010004                   | no
            --chunk-types any I_DATA:B        | 40000004                            | yes
            --chunk-types any ASCONF          | c1000004                            | yes
            --chunk-types all NONE            | 00000004                            | yes
            --chunk-types any DATA            | ''                                  | drop
            ! --chunk-types any DATA          | 010004                              | drop and yes
            --chunk-types any DATA            | 01000004 00                         | drop
            --chunk-types any DATA            | 00000004 00                         | yes
            --chunk-types any DATA            | 01000000 00000004                   | drop
            --chunk-types any DATA            | 01000064                            | no
            --dport 54 --chunk-types any DATA | ''                                  | no
            --sport 100 ! --dport 54          | ''                                  | yes
            """)
    void shouldMatchSctpWhenChunksFit(final String options, final String chunks, final String answer) {
        assertEquals(answer, packets.ask4("-p sctp -m sctp " + options, IpProtocol.SCTP, 0, "00640035 00000001 00000000" + chunks));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --sport 100 ! --dport 54 | 03000000 04000000           | yes
            --dccp-types DATA        | 03000000 04000000           | yes
            ! --dccp-types DATA,ACK  | 03000000 04000000           | no
            --dccp-types INVALID     | 03000000 1e000000           | yes
            --dccp-option 5          | 03000000 04000000           | no
            ! --dccp-option 5        | 03000000 04000000           | yes
            --dccp-option 5          | 04000000 04000000 00010500  | yes
            --dccp-option 5          | 04000000 04000000 20030500  | no
            --dccp-option 5          | 05000000 05000000 00000000 05000000 | yes
            --dccp-option 5          | 05000000 00000000 05050505 00000000 | no
            --dccp-option 5          | 07000000 06000000 05050505 05050505 05000000 | drop
            --dccp-option 5          | 02000000 04000000           | drop
            --dccp-option 5          | 04000000 04000000           | drop
            --sport 101 --dccp-option 5 | 02000000 04000000        | no
            -m comment               | 030000                      | drop
            """)
    void shouldMatchDccpWhenHeaderFits(final String options, final String rest, final String answer) {
        final String rule = "-p dccp -m dccp " + (options.startsWith("-m") ? "" : options);
        assertEquals(answer, packets.ask4(rule.strip(), IpProtocol.DCCP, 0, "00640035" + rest));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            frag --fragid 7              | 44 | 3b000009 00000007            | yes
            frag --fragid 8:9            | 44 | 3b000009 00000007            | no
            frag --fragfirst             | 44 | 3b000009 00000007            | no
            frag --fragmore              | 44 | 3b000009 00000007            | yes
            frag --fraglast              | 44 | 3b000009 00000007            | no
            frag --fraglen 5             | 44 | 3b000009 00000007            | yes
            frag --fragres               | 44 | 3b010009 00000007            | no
            frag --fragres               | 44 | 3b000004 00000007            | no
            frag                         | 44 | 3b000009 000000              | drop
            frag                         | 59 | ''                           | no
            frag                         | 60 | 2c0001040000 0000 3b000000 00000001 | yes
            frag                         | 60 | 2c                           | drop
            ah --ahspi 5 --ahlen 12      | 51 | 3b010000 00000005 00000000   | yes
            ah ! --ahlen 12              | 51 | 3b010000 00000005 00000000   | no
            ah --ahres                   | 51 | 3b010001 00000005 00000000   | no
            ah                           | 51 | 3b010000 00000005 000000     | drop
            ah                           | 44 | 33000008 00000001 3b010000 00000005 00000000 | no
            rt --rt-type 2 --rt-segsleft 1 --rt-len 8 | 43 | 3b000201 00000000 | yes
            rt ! --rt-type 2             | 43 | 3b000201 00000000            | no
            rt                           | 43 | 3b020201 00000000            | drop
            rt                           | 43 | 3b0002                       | drop
            rt --rt-type 0 --rt-0-res    | 43 | 3b000001 00000001            | no
            hbh --hbh-len 8              | 0  | 3b00 0104 00000000           | yes
            hbh ! --hbh-len 8            | 0  | 3b00 0104 00000000           | no
            hbh --hbh-opts 1:4           | 0  | 3b00 0104 00000000           | yes
            hbh --hbh-opts 1:3           | 0  | 3b00 0104 00000000           | no
            hbh --hbh-opts 1,0           | 0  | 3b00 0104 00000000           | no
            hbh --hbh-opts 0,1:3         | 0  | 3b00 00 0103000000           | yes
            hbh                          | 0  | 3b01 0104 00000000           | drop
            ah                           | 51 | 3b020000 00000005 00000000   | drop
            ah --ahlen 8                 | 51 | 3b000000 00000005 00000000   | yes
            dst --dst-opts 5             | 60 | 3b00 05ff 00000000           | yes
            dst --dst-opts 5,0           | 60 | 3b00 05ff 00000000           | no
            dst --dst-opts 0,0,0,0,0,5   | 60 | 3b00 0000 00000005           | no
            dst                          | 0  | 3b00 0104 00000000           | no
            mh --mh-type 2:3             | 135 | 3b0002000000                | yes
            mh ! --mh-type 2:3           | 135 | 3b0002000000                | no
            mh                           | 135 | 060002000000                | drop
            mh                           | 135 | 3b00020000                  | drop
            """)
    void shouldMatchIpv6HeaderWhenItFits(final String options, final int next, final String payload, final String answer) {
        final String protocol = options.startsWith("mh") ? "-p 135 " : "";
        assertEquals(answer, packets.ask6(protocol + "-m " + options, next, payload));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1::,2::                  | 1,2   | yes
            1::,2::                  | 1,2,3 | no
            1::,2::                  | 1,3,2 | no
            1::,2::                  | 1     | no
            1::,2:: --rt-0-not-strict | 1,3,2 | yes
            1::,2:: --rt-0-not-strict | 3,1,2,3 | yes
            1::,2:: --rt-0-not-strict | 2,1  | no
            1::,2:: --rt-0-not-strict | 2    | no
            """)
    void shouldMatchRoutingHeaderWhenAddressesFit(final String options, final String addresses, final String answer) {
        final StringBuilder payload = new StringBuilder();
        for (final String address : addresses.split(",")) {
            payload.append("000").append(address).append("0000".repeat(7));
        }
        final int units = payload.length() / 16;
        final String header = "3b" + HexFormat.of().toHexDigits((byte) units) + "0000" + "00000000" + payload;
        assertEquals(answer, packets.ask6("-m rt --rt-type 0 --rt-0-addrs " + options, IpProtocol.ROUTING, header));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --header prot              | 6  | ''                                | yes
            --header none              | 59 | ''                                | yes
            --header prot              | 59 | ''                                | no
            --header dst,frag,prot     | 60 | 2c00010400000000 3a000001 00000001 | yes
            --header frag,prot         | 60 | 2c00010400000000 3a000001 00000001 | no
            --header frag --soft       | 60 | 2c00010400000000 3a000001 00000001 | yes
            --header frag,auth --soft  | 60 | 2c00010400000000 3a000001 00000001 | no
            ! --header frag,prot       | 60 | 2c00010400000000 3a000001 00000001 | yes
            ! --header frag --soft     | 60 | 2c00010400000000 3a000001 00000001 | no
            ! --header auth,esp --soft | 60 | 2c00010400000000 3a000001 00000001 | yes
            --header esp               | 50 | 0000                              | yes
            ! --header esp             | 50 | 00                                | no
            --header dst,prot          | 60 | 3c                                | no
            --header auth,none         | 51 | 3b010000 00000005 00000000        | yes
            --header dst,none --soft   | 60 | 3b01010400000000                  | no
            --header dst --soft        | 60 | 3b01010400000000                  | yes
            """)
    void shouldMatchWhenExtensionHeadersAreThose(final String options, final int next, final String payload, final String answer) {
        assertEquals(answer, packets.ask6("-m ipv6header " + options, next, payload));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -p tcp ! --syn --tcp-option 5          | 6   | 006400350000000100000000 5012ffff00000000
            -p tcp --tcp-option 5                  | 6   | 006400350000000100000000 6012ffff00000000 01010101
            -p udp ! --sport 7                     | 17  | 0064003500080000
            -p ipv6-icmp ! --icmpv6-type 1         | 58  | 8000000000000000
            -p esp -m esp                          | 50  | ffffffff 00000000
            -p sctp --chunk-types only DATA:b,INIT | 132 | 006400350000000000000000 00000004 01000004
            -p dccp ! --dccp-option 5              | 33  | 00640035 04000000 04000000 00010600
            -m frag --fragres                      | 44  | 3b000009 00000007
            -m ah --ahlen 12                       | 51  | 3b010000 00000005 00000000
            -m rt --rt-type 0 --rt-0-addrs 1::     | 43  | 3b020000 00000000 0001000000000000 0000000000000000
            -m hbh --hbh-opts 0,1:3                | 0   | 3b00 00 0103000000
            -m ipv6header --header prot --soft     | 60  | 2c00010400000000 3a000001 00000001
            -p 135 -m mh ! --mh-type 2:3           | 135 | 3b0002000000
            -m eui64                               | 59  | ''
            """)
    void shouldAllocateNothingWhenPacketsAreLookedAt(final String rule, final int next, final String payload) {
        packets.ask6(rule, next, payload);
        packets.askAgain(6, rule);
    }

    @Test
    void shouldMatchWhenSourceIsMadeOfTheLinkAddress() {
        assertEquals("yes", packets.ask6("-m eui64", IpProtocol.NO_NEXT_HEADER, ""));
        assertEquals("no", packets.askFromStranger("-m eui64", true));
        assertEquals("no", packets.askFromStranger("-m eui64", false));
    }
}
