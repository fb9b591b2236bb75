package io.penstock.dataplane.judge.random;

import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Matches that need no protocol and keep nothing.
 *
 * <p>What only the moment, the machine or chance could answer is asked so that every moment, machine and chance answers the same: times
 * of the last century, processors that nobody has, probabilities of none and all. Nothing looks at the IP identification and flow label
 * of the router's own packets, which are random.
 *
 * <p>Source: iptables-extensions(8). Threads: one.
 */
final class MatchWords {

    private static final String[] TYPES4 = {"UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE",
        "PROHIBIT", "UNSPEC"};
    private static final String[] TYPES6 = {"UNICAST", "LOCAL", "ANYCAST", "MULTICAST", "UNREACHABLE", "UNSPEC"};
    private static final String[] TYPES6_ON_DEVICE = {"UNICAST", "LOCAL", "MULTICAST", "UNSPEC"};
    private static final String[] HEADERS = {"hop", "dst", "route", "frag", "auth", "esp", "none", "prot"};
    private static final HexFormat MAC = HexFormat.ofDelimiter(":");
    private static final int MAC_BYTES = 6;
    private static final String ALWAYS = " -m time --datestart 2000-01-02 --datestop 2037-12-31";
    private static final String NEVER = " -m time --datestart 1980-01-02 --datestop 1999-12-31";

    private final Dice dice;
    private final RulePools pools;
    private final TransportWords transports;

    MatchWords(final Dice dice, final RulePools pools) {
        this.dice = dice;
        this.pools = pools;
        this.transports = new TransportWords(dice, pools);
    }

    /** One of them. */
    void one(final StringBuilder line, final RulePlace place) {
        if (place.isOnly(RuleHook.OUTPUT, RuleHook.POSTROUTING) && dice.oneIn(8)) {
            owner(line);
        } else if (dice.oneIn(6)) {
            surroundings(line, place);
        } else if (place.ipv6() && dice.oneIn(3)) {
            headers6(line);
        } else {
            packet(line, place.ipv6());
        }
    }

    /** What is not in the packet: its mark, and where it can be asked for its Ethernet source. */
    void context(final StringBuilder line, final RulePlace place) {
        if (pools.mode().hasLinks() && dice.oneIn(2)) {
            link(line, place);
        } else {
            mark(line);
        }
    }

    private void mark(final StringBuilder line) {
        line.append(" -m mark").append(not()).append(" --mark 0x").append(Integer.toHexString(pools.mark()))
                .append("/0x").append(Integer.toHexString(dice.of(-1, 1, 0xFF, 0xF0F0)));
    }

    private void packet(final StringBuilder line, final boolean ipv6) {
        switch (dice.below(12)) {
            case 0 -> line.append(" -m length").append(not()).append(" --length ").append(dice.oneIn(2) ? pools.length()
                    : RulePools.range(":", pools.length(), pools.length()));
            case 1 -> line.append(ipv6 ? " -m hl" : " -m ttl").append(hops(ipv6 ? " --hl-" : " --ttl-"));
            case 2 -> line.append(" -m dscp").append(not()).append(dice.oneIn(3)
                    ? " --dscp-class " + dice.of("EF", "AF11", "CS5", "BE") : " --dscp " + (pools.service() >> 2));
            case 3 -> line.append(" -m tos").append(not()).append(" --tos ").append(pools.service()).append('/').append(
                    dice.of(0xFF, 0x3F, 0x1C, 3, 0xF0));
            case 4 -> line.append(" -m ecn").append(not()).append(" --ecn-ip-ect ").append(dice.below(4));
            case 5, 6 -> mark(line);
            case 7 -> iprange(line, ipv6);
            case 8 -> string(line);
            case 9 -> u32(line, ipv6);
            case 10 -> bpf(line, ipv6);
            default -> line.append(" -m comment --comment ").append(dice.of("plain", "\"two words\"", "\"a \\\"quote\\\"\""));
        }
    }

    private String hops(final String option) {
        return switch (dice.below(4)) {
            case 0 -> option + "lt " + pools.hops();
            case 1 -> option + "gt " + pools.hops();
            case 2 -> " !" + option + "eq " + pools.hops();
            default -> option + "eq " + pools.hops();
        };
    }

    private void iprange(final StringBuilder line, final boolean ipv6) {
        line.append(" -m iprange").append(not()).append(dice.of(" --src-range ", " --dst-range "));
        final String host = pools.host();
        if (dice.oneIn(3)) {
            line.append(host).append('-').append(host);
        } else if (ipv6) {
            line.append(dice.of("::-", "2001:db8::-", "fd00::-")).append(dice.of("fd00:1:ffff::", "ffff::", "fd01::9"));
        } else {
            line.append(dice.of("0.0.0.0-", "10.0.0.5-", "10.1.0.0-")).append(dice.of("10.1.255.255", "255.255.255.255", "172.16.9.9"));
        }
    }

    private void string(final StringBuilder line) {
        line.append(" -m string");
        if (dice.oneIn(8)) {
            line.append(not()).append(" --hex-string \"|0").append(dice.below(10)).append("0102|\"");
        } else {
            line.append(not()).append(" --string \"").append(pools.text()).append('"');
        }
        line.append(" --algo ").append(dice.of("bm", "kmp"));
        if (dice.oneIn(3)) {
            line.append(" --from ").append(dice.below(60));
        }
        if (dice.oneIn(3)) {
            line.append(" --to ").append(dice.between(60, 200));
        }
        if (dice.oneIn(4)) {
            line.append(" --icase");
        }
    }

    private void u32(final StringBuilder line, final boolean ipv6) {
        line.append(" -m u32").append(not()).append(" --u32 \"");
        if (ipv6) {
            line.append(switch (dice.below(4)) {
                case 0 -> "4&0xffff=" + (pools.length() & 0xFFFF) + ":0xffff";
                case 1 -> "4>>8&0xff=" + dice.of("6", "17", "58", "0,43,44");
                case 2 -> "8&0xffff0000=0x20010000 && 36>>0&0xff=" + dice.of("1:5", "0:0x7f");
                default -> "40>>16=" + pools.port() + ',' + pools.port();
            });
        } else {
            line.append(switch (dice.below(5)) {
                case 0 -> "0&0xffff=" + RulePools.range(":", pools.length(), pools.length());
                case 1 -> "6&0xff=" + dice.of("6", "17", "1", "1,6");
                case 2 -> "0>>22&0x3c@0>>16=" + pools.port();
                case 3 -> "0>>22&0x3c@12>>26&0x3c@0=" + dice.of("0:0xffff", "0x6e656564");
                default -> "12&0xff000000=0x0a000000 && 16>>8&0xffff=" + dice.of("0:256", "0x100:0x200");
            });
        }
        line.append('"');
    }

    /** A program that asks for a byte or two, as {@code nfbpf_compile} would write it. */
    private void bpf(final StringBuilder line, final boolean ipv6) {
        final int protocolAt = ipv6 ? 6 : 9;
        line.append(" -m bpf --bytecode \"");
        line.append(switch (dice.below(4)) {
            case 0 -> "4,48 0 0 " + protocolAt + ",21 0 1 " + dice.of(6, 17, 1, 58) + ",6 0 0 1,6 0 0 0";
            case 1 -> "4,128 0 0 0,37 0 1 " + pools.length() + ",6 0 0 65535,6 0 0 0";
            case 2 -> ipv6 ? "4,40 0 0 42,21 0 1 " + pools.port() + ",6 0 0 1,6 0 0 0"
                    : "5,177 0 0 0,72 0 0 2,21 0 1 " + pools.port() + ",6 0 0 1,6 0 0 0";
            default -> "1,6 0 0 " + dice.below(2);
        });
        line.append('"');
    }

    private void headers6(final StringBuilder line) {
        switch (dice.below(6)) {
            case 0 -> {
                final String one = dice.of(HEADERS);
                final String other = dice.of(HEADERS);
                line.append(" -m ipv6header").append(not()).append(" --header ").append(one.equals(other) ? one : one + ',' + other)
                        .append(dice.oneIn(2) ? " --soft" : "");
            }
            case 1 -> frag(line);
            case 2 -> rt(line);
            case 3 -> options(line, "hbh");
            case 4 -> options(line, "dst");
            default -> transports.ah6(line);
        }
    }

    private void frag(final StringBuilder line) {
        line.append(" -m frag");
        if (dice.oneIn(4)) {
            line.append(not()).append(" --fragid ").append(RulePools.range(":", pools.spi(), pools.spi()));
        }
        if (dice.oneIn(4)) {
            line.append(" --fragres");
        }
        line.append(dice.of("", "", " --fragfirst", " --fragmore", " --fraglast"));
    }

    private void rt(final StringBuilder line) {
        line.append(" -m rt");
        if (dice.oneIn(2)) {
            line.append(not()).append(" --rt-type ").append(dice.of(0, 2, 4, 4));
        }
        if (dice.oneIn(3)) {
            line.append(not()).append(" --rt-segsleft ").append(RulePools.range(":", dice.below(4), dice.below(4)));
        }
        if (dice.oneIn(4)) {
            line.append(not()).append(" --rt-len ").append(dice.of(8, 24, 40));
        }
    }

    private void options(final StringBuilder line, final String match) {
        line.append(" -m ").append(match);
        if (dice.oneIn(3)) {
            line.append(not()).append(" --").append(match).append("-len ").append(dice.of(8, 8, 16, 24));
        }
        if (dice.oneIn(2)) {
            line.append(" --").append(match).append("-opts ").append(dice.of("1", "5:2", "1:4", "0", "1,5", "194:4", "5"));
        }
    }

    private void surroundings(final StringBuilder line, final RulePlace place) {
        switch (dice.below(pools.mode().hasLinks() ? 12 : 9)) {
            case 0 -> line.append(ALWAYS);
            case 1 -> line.append(dice.oneIn(2) ? NEVER : " -m time ! --weekdays Mon,Tue,Wed,Thu,Fri,Sat,Sun");
            case 2 -> line.append(" -m cpu").append(dice.oneIn(2) ? " !" : "").append(" --cpu 4000");
            case 3 -> line.append(" -m statistic --mode random").append(not()).append(" --probability ").append(dice.of("0", "1"));
            case 4 -> {
                if (dice.oneIn(3)) {
                    line.append(" -m physdev").append(not()).append(dice.of(" --physdev-is-in", " --physdev-is-bridged", " --physdev-in d0"));
                } else {
                    line.append(" -m pkttype").append(not()).append(" --pkt-type ").append(dice.of("unicast", "broadcast", "multicast"));
                }
            }
            case 5 -> policy(line, place);
            case 6 -> {
                final boolean isEarly = place.isOnly(RuleHook.PREROUTING);
                if (isEarly && (place.table() == TableName.RAW || place.table() == TableName.MANGLE)) {
                    line.append(" -m rpfilter").append(dice.of("", " --loose", " --accept-local", " --validmark", " --loose --validmark"))
                            .append(dice.oneIn(3) ? " --invert" : "");
                }
            }
            case 7 -> addrtype(line, place);
            default -> link(line, place);
        }
    }

    private void owner(final StringBuilder line) {
        line.append(" -m owner").append(dice.oneIn(3) ? " !" : "")
                .append(dice.of(" --uid-owner 0", " --uid-owner 77", " --gid-owner 0:9", " --socket-exists"));
    }

    private void link(final StringBuilder line, final RulePlace place) {
        if (!place.isOnly(RuleHook.PREROUTING, RuleHook.INPUT, RuleHook.FORWARD)) {
            return;
        }
        if (place.ipv6() && dice.oneIn(2)) {
            line.append(" -m eui64");
        } else {
            line.append(" -m mac").append(not()).append(" --mac-source ").append(MAC.formatHex(ByteBuffer.allocate(Long.BYTES)
                    .putLong(pools.sender()).array(), Long.BYTES - MAC_BYTES, Long.BYTES));
        }
    }

    private void policy(final StringBuilder line, final RulePlace place) {
        if (line.indexOf(" --mode ") >= 0) {
            // A word of both matches: which is meant by the next one is a matter of their order.
            return;
        }
        if (place.isOnly(RuleHook.PREROUTING, RuleHook.INPUT, RuleHook.FORWARD)) {
            line.append(" -m policy --dir in --pol ").append(dice.of("none", "ipsec"));
        } else if (place.isOnly(RuleHook.POSTROUTING, RuleHook.OUTPUT, RuleHook.FORWARD)) {
            line.append(" -m policy --dir out --pol ").append(dice.of("none", "ipsec"));
        }
    }

    private void addrtype(final StringBuilder line, final RulePlace place) {
        final String limit = !dice.oneIn(4) ? "" : place.isOnly(RuleHook.PREROUTING, RuleHook.INPUT, RuleHook.FORWARD) ? " --limit-iface-in"
                : place.isOnly(RuleHook.POSTROUTING, RuleHook.OUTPUT, RuleHook.FORWARD) ? " --limit-iface-out" : "";
        // Whether a shorter route leads by the device is not asked.
        final String[] types = !place.ipv6() ? TYPES4 : limit.isEmpty() ? TYPES6 : TYPES6_ON_DEVICE;
        line.append(" -m addrtype").append(not()).append(dice.of(" --src-type ", " --dst-type ")).append(dice.of(types));
        if (dice.oneIn(3)) {
            line.append(',').append(dice.of(types));
        }
        line.append(limit);
    }

    private String not() {
        return dice.oneIn(8) ? " !" : "";
    }
}
