package io.penstock.conntrack.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnSwitches;
import io.penstock.conntrack.model.MemoryConnectionStore;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The live tables answer commands as the store in memory does, which was held against the kernel. */
final class StoresAgreeTest {

    private static final List<String> COMMANDS = List.of(
            "-L",
            "-C",
            "-I -s 1.1.1.1 -d 2.2.2.2 -p tcp --sport 10 --dport 20 --state SYN_SENT -t 50",
            "-I -s 1.1.1.1 -d 2.2.2.2 -p tcp --sport 10 --dport 20 --state LISTEN -t 50",
            "-A -s 1.1.1.1 -d 2.2.2.2 -p tcp --sport 10 --dport 20 --state LISTEN -t 50",
            "-I -s 2.2.2.2 -d 1.1.1.1 -p tcp --sport 20 --dport 10 --state SYN_SENT -t 50",
            "-I -s 1.1.1.2 -d 2.2.2.2 -p tcp --sport 10 --dport 20 --state ESTABLISHED -t 500 -u ASSURED,SEEN_REPLY -m 0x55",
            "-I -s 1.1.1.3 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 33 -u FIXED_TIMEOUT",
            "-I -s 1.1.1.4 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 33 -u CONFIRMED",
            "-I -s 1.1.1.5 -d 2.2.2.2 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 77 -t 30",
            "-I -s 1.1.1.6 -d 2.2.2.2 -p icmp --icmp-type 3 --icmp-code 0 --icmp-id 77 -t 30",
            "-I -s 1.1.1.7 -d 2.2.2.2 -p 50 -t 9",
            "-I -s 1.1.1.8 -d 2.2.2.2 -p gre --srckey 0x11 --dstkey 0x12 -t 9",
            "-I -s 1.1.1.9 -d 2.2.2.2 -p sctp --sport 3 --dport 4 --state ESTABLISHED --orig-vtag 7 --reply-vtag 8 -t 40",
            "-I -s 1.1.1.10 -d 2.2.2.2 -p udplite --sport 3 --dport 4 -t 40",
            "-I -s 2001:db8::1 -d 2001:db8::2 -p tcp --sport 10 --dport 20 --state ESTABLISHED -t 60",
            "-I -s 2001:db8::1 -d 2001:db8::2 -p icmpv6 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 9 -t 60",
            "-I -s 1.1.1.11 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 33 -w 5",
            "-I -s 1.1.1.11 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 33",
            "-I -s 1.1.1.12 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 33 --orig-zone 6",
            "-I -s 1.1.1.13 -d 2.2.2.2 -p udp --sport 1 --dport 2 -t 33 --reply-zone 7",
            "-I -s 1.1.1.14 -d 2.2.2.2 -p tcp --sport 1 --dport 2 --state ESTABLISHED -t 33 -n 9.9.9.9:77",
            "-I -s 1.1.1.15 -d 2.2.2.2 -p tcp --sport 1 --dport 2 --state ESTABLISHED -t 33 -g 8.8.8.8",
            "-I -s 1.1.1.16 -d 2.2.2.2 -p tcp --sport 1 --dport 2 --state ESTABLISHED -t 33 -n 9.9.9.9",
            "-I -s 1.1.1.17 -d 2.2.2.2 -p tcp --sport 1 --dport 2 --state ESTABLISHED -t 33 -n 9.9.9.9",
            "-I -s 1.1.1.18 -d 2.2.2.2 -p tcp --sport 1 --dport 2 --state ESTABLISHED -t 33 --label-add eth0-in",
            "-L",
            "-L -o extended,id",
            "-L -o labels",
            "-L -o save",
            "-L -o xml",
            "-L -f ipv6",
            "-L -p tcp --state ESTABLISHED",
            "-L -u ASSURED",
            "-L -m 0x55",
            "-L -w 5",
            "-C",
            "-G -s 1.1.1.1 -d 2.2.2.2 -p tcp --sport 10 --dport 20",
            "-G -s 2.2.2.2 -d 1.1.1.1 -p tcp --sport 20 --dport 10",
            "-G -s 1.1.1.11 -d 2.2.2.2 -p udp --sport 1 --dport 2 -w 5",
            "-G -s 1.1.1.12 -d 2.2.2.2 -p udp --sport 1 --dport 2",
            "-G -s 1.1.1.99 -d 2.2.2.2 -p udp --sport 1 --dport 2",
            "-U -s 1.1.1.1 -t 77 -m 9",
            "-U -s 1.1.1.3 -t 77",
            "-U -p tcp -m 3/7",
            "-U -s 1.1.1.4 -u SEEN_REPLY",
            "-U -s 1.1.1.2 -u UNSET",
            "-U -p udp -u DYING",
            "-U -p tcp --label-add far",
            "-U -p tcp --label-add last",
            "-U -p tcp --label-del eth0-in",
            "-U -p sctp --state CLOSED --orig-vtag 1 --reply-vtag 2",
            "-U -s 1.1.1.1 -p tcp --state CLOSE",
            "-L -o extended,labels",
            "-L -z",
            "-D -s 1.1.1.1",
            "-D -w 5",
            "-D -p tcp --dport 2 -n",
            "-D -f ipv6",
            "-D -s 1.1.1.1",
            "-L",
            "-L dying",
            "-L unconfirmed",
            "-L expect",
            "-C expect",
            "-F expect",
            "-S",
            "-F",
            "-L",
            "-C");

    @Test
    void shouldAnswerAlikeWhenLittleIsKept() {
        agree(false);
    }

    @Test
    void shouldAnswerAlikeWhenAllIsKept() {
        agree(true);
    }

    private static void agree(final boolean keepsAll) {
        final Clock clock = Clock.fixed(LiveStore.NOW, ZoneOffset.UTC);
        final MemoryConnectionStore memory =
                new MemoryConnectionStore(clock, new MemoryConnectionStore.Keeps(keepsAll, keepsAll, keepsAll));
        int listed = 0;
        try (LiveStore live = new LiveStore()) {
            keep(live.switches, keepsAll);
            for (final String command : COMMANDS) {
                final LiveStore.Outcome expected = LiveStore.run(memory, clock, command);
                final LiveStore.Outcome outcome = live.run(command);
                if (!command.equals("-S")) {
                    assertEquals(String.join("\n", expected.out()), String.join("\n", outcome.out()), command);
                    assertEquals(expected, outcome, command);
                }
                listed += outcome.out().size();
            }
        }
        assertTrue(listed > 100, () -> "the commands did little");
    }

    private static void keep(final ConnSwitches switches, final boolean keepsAll) {
        switches.acct = keepsAll ? 1 : 0;
        switches.timestamp = keepsAll ? 1 : 0;
        switches.labels = keepsAll ? 1 : 0;
    }
}
