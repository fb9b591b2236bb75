package io.penstock.dataplane.judge.random;

import java.util.ArrayList;
import java.util.List;

/**
 * Random rules about connections, as {@code iptables-save} writes them.
 *
 * <p>What a packet's connection is taken for is written into the packet before it leaves, so that it shows there and then.
 *
 * <p>Source: iptables(8), iptables-extensions(8). Threads: one.
 */
final class FlowRules {

    private final Dice dice;
    private final FlowHosts hosts;
    private final FlowMatches matches;
    private final FlowNat nat;
    /**
     * Whether zones count in one direction, of all that comes in: beside others they make connections with the same tuples, of which the kernel takes the
     * newest. It seeks ports of a range in the other direction's zone, then.
     */
    private final boolean isSplit;

    FlowRules(final Dice dice, final FlowHosts hosts, final boolean counts, final boolean hasTime) {
        this.dice = dice;
        this.hosts = hosts;
        final boolean hasChance = dice.oneIn(3);
        this.matches = new FlowMatches(dice, hosts, counts, hasTime, hasChance);
        this.isSplit = dice.oneIn(12);
        this.nat = new FlowNat(dice, hosts, hasChance, !isSplit);
    }

    /** All tables of a rule set. */
    String next() {
        final StringBuilder text = new StringBuilder();
        if (isSplit || dice.oneIn(3)) {
            table(text, "raw", List.of("PREROUTING", "OUTPUT"), raw());
        }
        if (!dice.oneIn(6)) {
            table(text, "mangle", List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"), mangle());
        }
        if (!dice.oneIn(4)) {
            table(text, "nat", List.of("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"), nat.rules());
        }
        table(text, "filter", List.of("INPUT", "FORWARD", "OUTPUT"), filter());
        return text.toString();
    }

    private void table(final StringBuilder text, final String name, final List<String> chains, final List<String> rules) {
        text.append('*').append(name).append('\n');
        chains.forEach(chain -> text.append(':').append(chain)
                .append(name.equals("filter") && dice.oneIn(8) ? " DROP" : " ACCEPT").append(" [0:0]\n"));
        rules.forEach(rule -> text.append("-A ").append(rule).append('\n'));
        text.append("COMMIT\n");
    }

    private List<String> raw() {
        final List<String> rules = new ArrayList<>();
        if (isSplit) {
            return List.of("PREROUTING -j CT " + dice.of("--zone-orig 3", "--zone-reply 3"));
        }
        for (int i = dice.between(1, 3); i > 0; i--) {
            rules.add((dice.oneIn(6) ? "OUTPUT" : "PREROUTING" + matches.in()) + matches.flow() + " -j CT " + switch (dice.below(5)) {
                case 0, 1 -> "--notrack";
                case 2 -> "--ctevents new,destroy";
                default -> "--zone " + dice.between(1, 2);
            });
        }
        return rules;
    }

    private List<String> mangle() {
        final List<String> rules = new ArrayList<>();
        for (int i = dice.below(5); i > 0; i--) {
            final String chain = dice.of("PREROUTING", "PREROUTING", "FORWARD", "POSTROUTING", "INPUT", "OUTPUT");
            rules.add(chain + matches.flow() + matches.some() + switch (dice.below(7)) {
                case 0, 1 -> " -j CONNMARK --set-xmark " + mark() + '/' + dice.of("0xffffffff", "0xff", "0xf0");
                case 2 -> " -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask " + dice.of("0xffffffff", "0xff");
                case 3, 4 -> " -j CONNMARK --restore-mark --nfmask " + dice.of("0xffffffff", "0xff") + " --ctmask 0xffffffff";
                default -> " -j MARK --set-xmark " + mark() + "/0xffffffff";
            });
        }
        if (!dice.oneIn(3)) {
            final String chain = dice.of("POSTROUTING", "PREROUTING");
            rules.add(chain + " -m conntrack --ctstate NEW -j DSCP --set-dscp 1");
            rules.add(chain + " -m conntrack --ctstate ESTABLISHED -j DSCP --set-dscp 2");
            rules.add(chain + " -m conntrack --ctstate RELATED -j DSCP --set-dscp 3");
            rules.add(chain + " -m conntrack --ctstate INVALID -j DSCP --set-dscp 4");
            rules.add(chain + " -m conntrack --ctstate UNTRACKED -j DSCP --set-dscp 5");
            rules.add(chain + " -m conntrack --ctdir REPLY -j TOS --set-tos 0x80/0x80");
            rules.add(chain + " -m conntrack --ctstatus ASSURED -j TOS --set-tos 0x40/0x40");
            rules.add(chain + " -m connmark --mark 1/1 -j TOS --set-tos 0x20/0x20");
        }
        return rules;
    }

    private List<String> filter() {
        final List<String> rules = new ArrayList<>();
        // There is always one that has connections tracked.
        rules.add("FORWARD -m conntrack --ctstate INVALID" + dice.of("", "", " -j DROP"));
        if (dice.oneIn(2)) {
            rules.add(dice.of("FORWARD", "INPUT") + dice.of(" -m conntrack --ctstate ", " -m state --state ") + "RELATED,ESTABLISHED -j ACCEPT");
        }
        for (int i = dice.below(7); i > 0; i--) {
            final String chain = dice.of("FORWARD", "FORWARD", "FORWARD", "INPUT", "OUTPUT");
            final String flow = matches.flow();
            rules.add(chain + flow + matches.some() + end(chain, flow.contains(" tcp")));
        }
        return rules;
    }

    private String end(final String chain, final boolean isTcp) {
        return switch (dice.below(10)) {
            case 0 -> " -j DROP";
            case 1, 2 -> " -j ACCEPT";
            case 3 -> chain.equals("OUTPUT") ? "" : isTcp && dice.oneIn(2) ? " -j REJECT --reject-with tcp-reset" : " -j REJECT";
            default -> "";
        };
    }

    private String mark() {
        return dice.of("0x1", "0x2", "0x0", "0xff", "0x80000001");
    }
}
