package io.penstock.dataplane.rehearsal;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.TableName;
import java.util.SplittableRandom;

/**
 * Tables that {@link RehearsalPackets} meet: long chains that are searched, of one or several tuples, with rules that overlap; short ones;
 * calls, marks, chance, and matches and targets of many kinds.
 */
final class RehearsalRules {

    private static final int SHORTEST = 10;
    private static final int LONGEST = 320;
    private static final int CHAINS = 12;
    private static final int HOSTS = 64;
    private static final int FIRST_PORT = 60;
    private static final int PORTS = 64;

    private final IpFamily family;
    private final SplittableRandom random;
    private final int longChain;
    /** Whether the long chain's rules ask packets' headers and nothing else: then it is searched for whole batches. */
    private final boolean headersAlone;

    /** Tables of a family; another number, other tables. */
    RehearsalRules(final IpFamily family, final int number) {
        this.family = family;
        this.random = new SplittableRandom(number);
        this.headersAlone = number % 2 == 1;
        this.longChain = Math.min(LONGEST, SHORTEST << 2 * number);
    }

    /** A table's text, for iptables-restore. */
    String text(final TableName table) {
        final StringBuilder text = new StringBuilder("*").append(table.text()).append('\n');
        for (int i = 0; i < CHAINS; i++) {
            text.append(":SVC").append(i).append(" - [0:0]\n");
        }
        text.append(":SERVICES - [0:0]\n:MARKED - [0:0]\n:NOBODY - [0:0]\n");
        if (table == TableName.MANGLE) {
            text.append("-A PREROUTING -m comment --comment first -j SERVICES\n-A POSTROUTING -m mark ! --mark 0x10/0x10 -j RETURN\n"
                    + "-A POSTROUTING -j MARK --set-xmark 0x10/0x0\n-A POSTROUTING -j MARKED\n");
        }
        if (!headersAlone) {
            text.append("-A FORWARD -p tcp -m tcp --tcp-flags SYN,ACK SYN -m limit --limit 1000/s -j MARKED\n"
                    + "-A FORWARD -m mark --mark 0x3 -j ACCEPT\n");
        }
        for (int i = 0; i < longChain; i++) {
            text.append("-A FORWARD").append(fields()).append(headersAlone ? "" : rest()).append(target()).append('\n');
        }
        text.append("-A FORWARD -j ACCEPT\n");
        for (int i = 0; i < longChain; i++) {
            text.append("-A SERVICES -d ").append(destination()).append(" -p tcp -m comment --comment \"service\" -m tcp --dport ")
                    .append(port()).append(" -j SVC").append(i % CHAINS).append('\n');
        }
        for (int i = 0; i < CHAINS; i++) {
            text.append("-A SVC").append(i).append(" ! -s ").append(source()).append(" -j MARKED\n-A SVC").append(i)
                    .append(" -m statistic --mode random --probability 0.3 -j MARKED\n-A SVC").append(i).append(target()).append('\n');
        }
        // A short chain that takes nobody, and one whose last rule its fields take and the rest does not.
        text.append("-A NOBODY -s ").append(family == IpFamily.IPV4 ? "192.0.2.1" : "2001:db8:ffff::1").append(" -j DROP\n-A MARKED -j NOBODY\n");
        text.append("-A MARKED -i lan -m statistic --mode nth --every 3 --packet 0 -j MARK --set-xmark 0x10/0x10\n");
        if (table == TableName.MANGLE) {
            text.append("-A MARKED -p tcp -j TOS --set-tos 0x10/0x3f\n").append("-A MARKED -j ")
                    .append(family == IpFamily.IPV4 ? "TTL --ttl-inc 1" : "HL --hl-inc 1").append('\n');
        }
        return text.append("-A MARKED -p udp -m udp --sport 1024:2048 -j DROP\n-A MARKED -m length --length 40:1500\n"
                + "-A MARKED -m statistic --mode random --probability 0.5\nCOMMIT\n").toString();
    }

    private String fields() {
        return switch (random.nextInt(6)) {
            case 0 -> " -s " + source() + " -p udp -m udp --dport " + port();
            case 1 -> " -d " + destination() + " -p tcp -m tcp --dport " + port() + ':' + (FIRST_PORT + PORTS);
            case 2 -> " -s " + source() + " -d " + destination();
            case 3 -> " -p tcp -m multiport --dports " + port() + ",80,443";
            case 4 -> (headersAlone ? " -d " : " -i lan -d ") + destination();
            default -> " -d " + destination() + " -p " + (family == IpFamily.IPV4 ? "icmp" : "icmpv6");
        };
    }

    private String rest() {
        return switch (random.nextInt(6)) {
            case 0 -> " -m mark --mark 0x1/0x1";
            case 1 -> family == IpFamily.IPV4 ? " -m ttl --ttl-lt 40" : " -m hl --hl-lt 40";
            case 2 -> " -m length --length 0:90";
            default -> "";
        };
    }

    private String target() {
        return switch (random.nextInt(8)) {
            case 0 -> " -j DROP";
            case 1, 2 -> " -j MARKED";
            case 3 -> " -j RETURN";
            case 4, 5 -> "";
            default -> " -j ACCEPT";
        };
    }

    private String source() {
        final int host = 1 + random.nextInt(HOSTS);
        return family == IpFamily.IPV4 ? "10.1.0." + host + prefix(Integer.SIZE) : "2001:db8:1::" + Integer.toHexString(host) + prefix(128);
    }

    private String destination() {
        final int host = 1 + random.nextInt(HOSTS);
        return family == IpFamily.IPV4 ? "10.2.0." + host + prefix(Integer.SIZE) : "2001:db8:2::" + Integer.toHexString(host) + prefix(128);
    }

    private String prefix(final int bits) {
        return "/" + (bits - (random.nextBoolean() ? 0 : random.nextInt(5)));
    }

    private int port() {
        return FIRST_PORT + random.nextInt(PORTS);
    }
}
