package io.penstock.dataplane.judge.random;

import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import java.util.List;

/**
 * What rules do.
 *
 * <p>Source: iptables-extensions(8). Threads: one.
 */
final class TargetWords {

    private static final String[] REJECT4 = {"icmp-net-unreachable", "icmp-host-unreachable", "icmp-proto-unreachable",
        "icmp-port-unreachable", "icmp-net-prohibited", "icmp-host-prohibited", "icmp-admin-prohibited"};
    private static final String[] REJECT6 = {"icmp6-no-route", "icmp6-adm-prohibited", "icmp6-addr-unreachable", "icmp6-port-unreachable",
        "icmp6-policy-fail", "icmp6-reject-route"};

    private static final List<String> FLAGS = List.of(" --log-tcp-sequence", " --log-tcp-options", " --log-ip-options", " --log-uid",
            " --log-macdecode");

    private final Dice dice;
    private final RulePools pools;

    TargetWords(final Dice dice, final RulePools pools) {
        this.dice = dice;
        this.pools = pools;
    }

    /**
     * A target, or none.
     *
     * @param protocol the rule's protocol by name, if it asks for one; null otherwise
     * @param endOneIn how seldom it ends the packet's way
     */
    void end(final StringBuilder line, final RulePlace place, final String protocol, final int endOneIn) {
        if (dice.oneIn(endOneIn)) {
            terminal(line, place, protocol);
        } else if (place.table() == TableName.MANGLE && dice.oneIn(2)) {
            mangle(line, place, protocol);
        } else {
            switch (dice.below(10)) {
                case 0, 1 -> line.append(" -j RETURN");
                case 2, 3, 4 -> line.append(mark());
                case 6 -> line.append(place.table() == TableName.RAW ? " -j TRACE" : "");
                case 5 -> {
                    if (dice.oneIn(4)) {
                        copy(line, place.ipv6());
                    } else {
                        log(line);
                    }
                }
                default -> {
                    // It counts, and no more.
                }
            }
        }
    }

    /**
     * The copy of a packet to this host that table mangle changes goes over loopback, comes back, and is copied again: where there is that
     * table, only what is for others is copied.
     */
    private void copy(final StringBuilder line, final boolean ipv6) {
        if (pools.mangles()) {
            line.append(" -m addrtype --dst-type UNICAST").append(ipv6 ? " -m addrtype ! --dst-type LOCAL,ANYCAST" : "");
        }
        line.append(" -j TEE --gateway ").append(pools.gateway());
    }

    /** More urgent levels would go to the console, and slow all down. */
    private void log(final StringBuilder line) {
        line.append(" -j LOG");
        if (!dice.oneIn(6)) {
            line.append(" --log-prefix \"s").append(pools.mode().seed()).append(dice.of("", " ", ": ", " a \\\"b\\\" ")).append('"');
        }
        line.append(dice.of("", " --log-level 7", " --log-level info", " --log-level 5"));
        for (final String flag : FLAGS) {
            line.append(dice.oneIn(3) ? flag : "");
        }
    }

    private void terminal(final StringBuilder line, final RulePlace place, final String protocol) {
        // An error about this host's own redirect, of IPv6 only, goes over loopback in the kernel and past all hooks here.
        final boolean mayReject = place.table() == TableName.FILTER && (place.ipv6() ? place.isOnly(RuleHook.INPUT, RuleHook.FORWARD)
                : place.isOnly(RuleHook.INPUT, RuleHook.FORWARD, RuleHook.OUTPUT));
        if (mayReject && dice.oneIn(2)) {
            line.append(" -j REJECT");
            if ("tcp".equals(protocol) && dice.oneIn(2)) {
                line.append(" --reject-with tcp-reset");
            } else if (!dice.oneIn(3)) {
                line.append(" --reject-with ").append(place.ipv6() ? dice.of(REJECT6) : dice.of(REJECT4));
            }
        } else {
            line.append(dice.oneIn(2) ? " -j ACCEPT" : " -j DROP");
        }
    }

    private void mangle(final StringBuilder line, final RulePlace place, final String protocol) {
        switch (dice.below(9)) {
            case 0 -> hops(line, place.ipv6());
            case 1 -> line.append(" -j DSCP").append(dice.oneIn(3) ? " --set-dscp-class " + dice.of("EF", "AF22", "CS1")
                    : " --set-dscp " + (pools.service() >> 2));
            case 2 -> tos(line);
            case 3 -> line.append(" -j CHECKSUM --checksum-fill");
            case 4 -> {
                if (place.isOnly(RuleHook.FORWARD, RuleHook.OUTPUT, RuleHook.POSTROUTING)) {
                    line.append(" -j CLASSIFY --set-class 1:").append(dice.between(1, 9));
                }
            }
            case 5, 6, 7 -> {
                if ("tcp".equals(protocol)) {
                    tcp(line, place);
                } else if (line.indexOf(" -p ") < 0 && line.indexOf(" -m mh") < 0) {
                    tcp(line.append(" -p tcp -m tcp"), place);
                } else {
                    line.append(mark());
                }
            }
            default -> line.append(mark());
        }
    }

    private void hops(final StringBuilder line, final boolean ipv6) {
        line.append(ipv6 ? " -j HL --hl-" : " -j TTL --ttl-");
        switch (dice.below(3)) {
            case 0 -> line.append("set ").append(dice.of(1, 2, 64, 255));
            case 1 -> line.append("inc ").append(dice.of(1, 5, 255));
            default -> line.append("dec ").append(dice.of(1, 5, 255));
        }
    }

    private void tos(final StringBuilder line) {
        line.append(" -j TOS ");
        switch (dice.below(4)) {
            case 0 -> line.append("--and-tos ").append(pools.service());
            case 1 -> line.append("--or-tos ").append(pools.service());
            case 2 -> line.append("--xor-tos ").append(pools.service());
            default -> line.append("--set-tos ").append(pools.service()).append('/').append(dice.of(0xFF, 0x3F, 0xFC));
        }
    }

    private void tcp(final StringBuilder line, final RulePlace place) {
        switch (dice.below(4)) {
            case 0 -> line.append(" -j TCPOPTSTRIP --strip-options ").append(dice.of("mss", "wscale", "sack-permitted,sack", "timestamp",
                    "md5", "77", "2,3,8"));
            case 1 -> {
                // It takes a later fragment's data for a TCP header, and changes it.
                if (place.ipv6() || line.indexOf(" -f") >= 0 && line.indexOf(" ! -f") < 0) {
                    line.append(mark());
                } else {
                    line.append(line.indexOf(" ! -f") < 0 ? " ! -f" : "").append(" -j ECN ").append("--ecn-tcp-remove");
                }
            }
            default -> mss(line, place);
        }
    }

    private void mss(final StringBuilder line, final RulePlace place) {
        if (line.indexOf(" -m tcp --syn") < 0) {
            line.append(" -m tcp --tcp-flags SYN,RST SYN");
        }
        if (dice.oneIn(2) && place.isOnly(RuleHook.FORWARD, RuleHook.OUTPUT, RuleHook.POSTROUTING)) {
            line.append(" -j TCPMSS --clamp-mss-to-pmtu");
        } else {
            line.append(" -j TCPMSS --set-mss ").append(dice.of(100, 536, 1220, 1400, 1460, 9000));
        }
    }

    private String mark() {
        final String value = "0x" + Integer.toHexString(pools.mark());
        return switch (dice.below(5)) {
            case 0 -> " -j MARK --and-mark " + value;
            case 1 -> " -j MARK --or-mark " + value;
            case 2 -> " -j MARK --xor-mark " + value;
            default -> " -j MARK --set-xmark " + value + "/0x" + Integer.toHexString(dice.of(-1, 0xFF, 0xF0));
        };
    }
}
