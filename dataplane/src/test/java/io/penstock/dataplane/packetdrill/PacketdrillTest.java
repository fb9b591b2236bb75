package io.penstock.dataplane.packetdrill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.api.IpFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scripts, and the host that they are about. */
@Timeout(60)
final class PacketdrillTest {

    private static final String SERVER = """
            `prepare.sh`
            +0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
            +0 bind(3, ..., ...) = 0
            +0 listen(3, 1) = 0
            +0 < S 7:7(0) win 1000 <mss 1400,nop,wscale 2>
            +0 > S. 0:0(0) ack 8 <mss 1460>
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void shouldPassWhenAPeerConnectsTalksAndLeaves(final IpFamily family) throws IOException {
        try (DrillRun run = run(family, SERVER + """
                +0 `conntrack -f $NFCT_IP_VERSION -L 2>/dev/null | grep -q "SYN_RECV src=.* sport=40123 dport=8080"`
                +.5 < . 8:8(0) ack 1 win 1000
                +0 accept(3, ..., ...) = 4   // the connection is there
                +0 < P. 8:108(100) ack 1 win 1000
                +.04 > . 1:1(0) ack 108
                +0 read(4, ..., 1000) = 100
                +0 write(4, ..., 50) = 50
                +0 > P. 1:51(50) ack 108 win 500
                1 < . 108:108(0) ack 51 win 1000
                +0 `conntrack -L -f $NFCT_IP_VERSION -p tcp --state ESTABLISHED -o extended | grep -q ASSURED`
                +60 < F. 108:108(0) ack 51 win 1000
                +0 > . 51:51(0) ack 109
                +0 `conntrack -L -f $NFCT_IP_VERSION | grep -q " 6 60 CLOSE_WAIT "`
                +59 close(4) = 0
                +0 > F. 51:51(0) ack 109
                +0 `conntrack -L -f $NFCT_IP_VERSION | grep -q " 6 30 LAST_ACK "`
                +0 `$xtables -v -S INPUT | grep INVALID | grep -q -- "-c 0 0"`
                """)) {
            run.run();
            assertEquals(10, run.packets());
            assertEquals(5, run.checks());
            assertEquals(7, run.calls());
            assertEquals(0, run.unshown());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldPassWhenTheHostConnectsAndLeavesDataUnread(final IpFamily family) throws IOException {
        try (DrillRun run = run(family, """
                `prepare.sh`
                +0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
                +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
                +0 > S 0:0(0) win 20000 <mss 1460,sackOK,TS val 5 ecr 0>
                // of another connection: refused, and the SYN comes again
                +.1 < S. 90:90(0) ack 900 win 3000
                +1 > S 0:0(0) win 20000 <mss 1460,sackOK,TS val 9 ecr 0>
                +.1 < S. 4000:4000(0) ack 1 win 3000 <mss 1000,TS val 1 ecr 9,nop,nop>
                +0 > . 1:1(0) ack 3911
                +0 < P. 3911:3921(10) ack 1 win 3000
                +0 > . 1:1(0) ack 3921
                +0 write(3, ..., 7) = 7
                // a reset before what was acknowledged
                +0 < R 3911:3911(0) win 0
                +0 > P. 1:8(7) ack 3921
                +0 close(3) = 0
                +0 > R. 8:8(0) ack 3921
                +0 `conntrack -L -f $NFCT_IP_VERSION | grep -q " CLOSE "`
                +0 `$xtables -v -S INPUT | grep INVALID | grep -q -- "-c 2 "`
                """)) {
            run.run();
            assertEquals(10, run.packets());
            assertEquals(2, run.checks());
        }
    }

    @Test
    void shouldSendWhatIsNotLookedForWhenTheHostAnswers() throws IOException {
        try (DrillRun run = run(IpFamily.IPV4, SERVER.lines().limit(5).reduce("", (a, b) -> a + b + '\n')
                + "+0 `conntrack -L | grep -q SYN_RECV`\n")) {
            run.run();
            assertEquals(1, run.packets());
            assertEquals(1, run.unshown());
        }
    }

    @Test
    void shouldFailWhenAPacketWasDroppedThatTheHostWouldHaveAnswered() throws IOException {
        final DrillFailure failure = failure(SERVER + """
                +0 `iptables -I INPUT -m conntrack --ctstate ESTABLISHED -j DROP`
                +0 < . 8:8(0) ack 1 win 1000
                +0 < P. 8:108(100) ack 1 win 1000
                +0 > . 1:1(0) ack 108
                """);
        assertEquals("line 10: the host has no reason to send .A", failure.getMessage().replaceFirst("\\. sequence.*", ".A"));
    }

    @Test
    void shouldFailWhenACheckOrACallIsNotAsTheScriptSays() throws IOException {
        assertTrue(failure(SERVER + "+0 `conntrack -L | grep -q ESTABLISHED`").getMessage()
                .startsWith("line 7: not so: conntrack -L | grep -q ESTABLISHED, of:\ntcp      6 60 SYN_RECV "));
        assertEquals("line 7: accept gave -1", failure(SERVER + "+0 accept(3, ..., ...) = 4").getMessage());
        assertEquals("line 7: there is no descriptor 5", failure(SERVER + "+0 close(5) = 0").getMessage());
        assertEquals("line 7: there is no call poll here", failure(SERVER + "+0 poll(3, ..., 1) = 0").getMessage());
        assertEquals("line 7: exit=1 of: rm file: no such command here", failure(SERVER + "+0 `rm file`").getMessage());
        assertTrue(failure(SERVER + "+0 `iptables -A OUTPUT -j DROP`\n+0 < . 9:9(0) ack 9 win 5\n+0 < S 1:1(0) win 5\n+0 > . 1:1(0) ack 8")
                .getMessage().endsWith("was dropped rule_drop"));
    }

    @Test
    void shouldTellTheLineWhenItIsNotUnderstood() {
        refuses("line 1: not understood: +0 < S 0:0", "+0 < S 0:0");
        refuses("line 2: no such flag: X: +0 < X 0:0(0)", "", "+0 < X 0:0(0)");
        refuses("line 1: the numbers do not differ by the bytes: < P. 1:3(1) ack 1", "< P. 1:3(1) ack 1");
        refuses("line 1: a dot and a number go together: < P 1:3(2) ack 1", "< P 1:3(2) ack 1");
        refuses("line 1: no such option: md5: < S 0:0(0) <md5>", "< S 0:0(0) <md5>");
        refuses("line 1: options are no multiple of four bytes: < S 0:0(0) <nop>", "< S 0:0(0) <nop>");
    }

    private static void refuses(final String message, final String... lines) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> DrillParser.parse(List.of(lines))).getMessage());
    }

    private DrillFailure failure(final String script) throws IOException {
        try (DrillRun run = run(IpFamily.IPV4, script)) {
            return assertThrows(DrillFailure.class, run::run);
        }
    }

    private DrillRun run(final IpFamily family, final String script) throws IOException {
        Files.writeString(folder.resolve("prepare.sh"), """
                #!/bin/sh
                sysctl -q net.netfilter.nf_conntrack_tcp_timeout_close_wait=60 net.ipv4.tcp_ecn=0
                $xtables -A INPUT -m conntrack --ctstate INVALID -j DROP
                """);
        return new DrillRun(DrillParser.parse(script.lines().toList()), family, folder);
    }
}
