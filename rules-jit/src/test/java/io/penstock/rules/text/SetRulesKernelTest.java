package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.model.MemoryTableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Rules that name sets, beside the installed tool with sets of the kernel's: what is said, exit codes, what is in force in the end. */
@Privileged(programs = {"iptables-legacy", "ip6tables-legacy", "ipset"})
class SetRulesKernelTest {

    private static final Map<String, Integer> FAMILIES = Map.of("four", 4, "six", 6, "ports", 0, "list", 0);

    private static final String LINES = """
            iptables -A INPUT -m set --match-set four src -j DROP
            iptables -A INPUT -m set ! --match-set four dst,src -j DROP
            iptables -A INPUT -m set --match-set ports src
            iptables -A INPUT -m set --match-set list src,dst,src --return-nomatch
            iptables -A INPUT -m set --match-set four src ! --update-counters ! --update-subcounters
            iptables -A INPUT -m set --match-set four src --update-counters --update-subcounters
            iptables -A INPUT -m set --match-set four src --packets-eq 5
            iptables -A INPUT -m set --match-set four src ! --packets-eq 5 ! --bytes-eq 0x10
            iptables -A INPUT -m set --match-set four src --packets-lt 010 --bytes-gt 18446744073709551615
            iptables -A INPUT -m set --match-set four src --packets-lt 18446744073709551616
            iptables -A INPUT -m set --match-set four src --packets-lt -1
            iptables -A INPUT -m set --match-set four src ! --packets-lt 5
            iptables -A INPUT -m set --match-set four src ! --bytes-gt 5
            iptables -A INPUT -m set --match-set four src --packets-eq 5 --packets-gt 5
            iptables -A INPUT -m set --match-set four src --bytes-eq x
            iptables -A INPUT -m set --match-set four src ! --return-nomatch
            iptables -A INPUT -m set --match-set four
            iptables -A INPUT -m set --match-set four -j DROP
            iptables -A INPUT -m set --match-set four ! src
            iptables -A INPUT -m set --match-set four source
            iptables -A INPUT -m set --match-set four src,
            iptables -A INPUT -m set --match-set four srcdst,dstsrc
            iptables -A INPUT -m set --match-set four src,dst,src,dst,src,dst
            iptables -A INPUT -m set --match-set four src,dst,src,dst,src,dst,src
            iptables -A INPUT -m set --match-set absent src
            iptables -A INPUT -m set ! --match-set absent src -j DROP
            iptables -A INPUT -m set --match-set six src
            iptables -A INPUT -m set --match-set 0123456789012345678901234567890 src
            iptables -A INPUT -m set --match-set 01234567890123456789012345678901 src
            iptables -A INPUT -m set --match-set four src --match-set ports dst
            iptables -A INPUT -m set --set four src
            iptables -A INPUT -m set ! --set four src -j DROP
            iptables -A INPUT -m set
            iptables -A INPUT -m set --packets-eq 3
            iptables -A INPUT -m set --match-set four src -m set --match-set ports dst -j ACCEPT
            iptables -C INPUT -m set --match-set four src -j DROP
            iptables -C INPUT -m set --match-set four src -j ACCEPT
            iptables -C INPUT -m set --match-set ports src -j DROP
            iptables -D INPUT -m set ! --match-set four dst,src -j DROP
            iptables -D INPUT -m set --match-set four dst,src -j DROP
            iptables -m set -h
            iptables -j SET -h
            ip6tables -A INPUT -m set --match-set six src -j DROP
            ip6tables -A INPUT -m set --match-set ports dst
            ip6tables -A INPUT -m set --match-set four src
            ip6tables -A INPUT -j SET --add-set four src
            ip6tables -A INPUT -j SET --add-set six src,dst --exist
            iptables -A FORWARD -j SET
            iptables -A FORWARD -j SET --add-set four src
            iptables -A FORWARD -j SET --add-set four src --exist --timeout 5
            iptables -A FORWARD -j SET --add-set four src --timeout 4294967294
            iptables -A FORWARD -j SET --add-set four src --timeout 4294967295
            iptables -A FORWARD -j SET --add-set four src --timeout 0x10
            iptables -A FORWARD -j SET --add-set four src --timeout x
            iptables -A FORWARD -j SET --del-set four src
            iptables -A FORWARD -j SET --del-set four src --exist
            iptables -A FORWARD -j SET --del-set four src --timeout 5
            iptables -A FORWARD -j SET --add-set four src --del-set ports dst
            iptables -A FORWARD -j SET --add-set four src --add-set ports dst
            iptables -A FORWARD -j SET --del-set four src --del-set ports dst
            iptables -A FORWARD -j SET --add-set absent src
            iptables -A FORWARD -j SET --del-set absent src
            iptables -A FORWARD -j SET --map-set absent src --map-mark
            iptables -A FORWARD -j SET --add-set six src
            iptables -A FORWARD -j SET --add-set 01234567890123456789012345678901 src
            iptables -A FORWARD -j SET --add-set four
            iptables -A FORWARD -j SET --add-set four -x
            iptables -A FORWARD -j SET --add-set four !
            iptables -A FORWARD -j SET ! --add-set four src
            iptables -A FORWARD -j SET --add-set four src,dst,src,dst,src,dst
            iptables -A FORWARD -j SET --add-set four src,dst,src,dst,src,dst,src
            iptables -A FORWARD -j SET --add-set four from
            iptables -A FORWARD -j SET --map-set four src
            iptables -A FORWARD -j SET --map-set four src --map-mark
            iptables -A FORWARD -j SET --map-mark
            iptables -A FORWARD -j SET --add-set four src --map-prio
            iptables -A FORWARD -j SET --add-set four src --map-queue
            iptables -t mangle -A FORWARD -j SET --map-set four src --map-mark
            iptables -t mangle -A FORWARD -j SET --map-set four src,dst --map-mark --map-prio --map-queue
            iptables -t mangle -A PREROUTING -j SET --map-set four src --map-mark
            iptables -t mangle -A PREROUTING -j SET --map-set four src --map-prio
            iptables -t mangle -A PREROUTING -j SET --map-set four src --map-queue
            iptables -t mangle -A INPUT -j SET --map-set four src --map-prio
            iptables -t mangle -A POSTROUTING -j SET --map-set four src --map-prio
            iptables -t mangle -A OUTPUT -j SET --map-set four src --map-queue
            iptables -t mangle -A OUTPUT -j SET --map-set four src --map-set four dst --map-queue
            iptables -t mangle -A OUTPUT -j SET --add-set four src --exist --timeout 0 --del-set ports dst --map-set list dst --map-mark
            iptables -C FORWARD -j SET --add-set four src
            iptables -C FORWARD -j SET --add-set four dst
            iptables -D FORWARD -j SET --add-set four src
            iptables -D FORWARD -j SET --del-set four dst
            iptables -S
            iptables -L -n
            iptables -L -v -n -x
            iptables -t mangle -S
            iptables -t mangle -L -n
            ip6tables -S
            ip6tables -L -n
            """;

    @Test
    void shouldSayAndDoWhatTheInstalledToolDoesWithSetsOfTheKernel() {
        final ToolBox box = new ToolBox(new MemoryTableStore(), RuleExtensions.installed(), new FixedNames() {

            @Override
            public int setFamily(final String set) {
                return FAMILIES.getOrDefault(set, -1);
            }
        }, TestTools.CLOCK);
        final List<Executable> checks = new ArrayList<>();
        try (TestNetNs netns = TestNetNs.create("sets")) {
            netns.exec("ipset create four hash:ip skbinfo counters timeout 0");
            netns.exec("ipset create six hash:ip family inet6");
            netns.exec("ipset create ports bitmap:port range 0-1023");
            netns.exec("ipset create list list:set");
            for (final String line : LINES.lines().toList()) {
                final ToolBox.Outcome ours = TestTools.run(box, line);
                final Shell.Result real = Shell.attempt(Stream.concat(Stream.of("ip", "netns", "exec", netns.name()),
                        TestTools.words(line.replaceFirst("tables", "tables-legacy")).stream()).toList());
                checks.add(() -> assertEquals(real.exit() + "\n" + real.output(), ours.status() + "\n" + ours.out() + ours.err(), line));
            }
        }
        assertAll(checks);
    }
}
