package io.penstock.conntrack.model;

import io.penstock.conntrack.model.ConnSysctl.Access;
import io.penstock.conntrack.model.ConnSysctl.Kind;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The settings of connection tracking, {@code net.netfilter.nf_conntrack_*}, in alphabetical order, as Linux 6.18 has them.
 *
 * <p>Ranges are what that kernel takes at 250 ticks a second. It takes negative timeouts too, which expire at once.
 */
public final class ConnSysctls {

    /** How all names begin. */
    public static final String PREFIX = "net.netfilter.nf_conntrack_";

    private static final long ANY_INT = Integer.MAX_VALUE;
    private static final long LONGEST_SECONDS = ConnectionRules.LONGEST_TIMEOUT_SECONDS;
    private static final long BYTE = 0xFF;

    private static final List<ConnSysctl> ALL = List.of(
            flag("acct", 0),
            new ConnSysctl(PREFIX + "buckets", Kind.NUMBER, ConnSysctl.BY_MEMORY, 1, ANY_INT, Access.FIRST_NAMESPACE),
            flag("checksum", 1),
            new ConnSysctl(PREFIX + "count", Kind.NUMBER, 0, 0, ANY_INT, Access.READ_ONLY),
            number("events", 2, 2),
            new ConnSysctl(PREFIX + "expect_max", Kind.NUMBER, ConnSysctl.BY_MEMORY, 1, ANY_INT, Access.FIRST_NAMESPACE),
            new ConnSysctl(PREFIX + "frag6_high_thresh", Kind.BYTES, 4L << 20, 0, Long.MAX_VALUE, Access.NAMESPACE),
            new ConnSysctl(PREFIX + "frag6_low_thresh", Kind.BYTES, 3L << 20, 0, Long.MAX_VALUE, Access.NAMESPACE),
            seconds("frag6_timeout", 60),
            seconds("generic_timeout", 600),
            seconds("gre_timeout", 30),
            seconds("gre_timeout_stream", 180),
            seconds("icmp_timeout", 30),
            seconds("icmpv6_timeout", 30),
            number("log_invalid", 0, BYTE),
            new ConnSysctl(PREFIX + "max", Kind.NUMBER, ConnSysctl.BY_MEMORY, 0, ANY_INT, Access.FIRST_NAMESPACE),
            seconds("sctp_timeout_closed", 10),
            seconds("sctp_timeout_cookie_echoed", 3),
            seconds("sctp_timeout_cookie_wait", 3),
            seconds("sctp_timeout_established", 210),
            seconds("sctp_timeout_heartbeat_sent", 30),
            seconds("sctp_timeout_shutdown_ack_sent", 3),
            seconds("sctp_timeout_shutdown_recd", 3),
            seconds("sctp_timeout_shutdown_sent", 3),
            flag("tcp_be_liberal", 0),
            flag("tcp_ignore_invalid_rst", 0),
            flag("tcp_loose", 1),
            number("tcp_max_retrans", 3, BYTE),
            seconds("tcp_timeout_close", 10),
            seconds("tcp_timeout_close_wait", 60),
            seconds("tcp_timeout_established", 432_000),
            seconds("tcp_timeout_fin_wait", 120),
            seconds("tcp_timeout_last_ack", 30),
            seconds("tcp_timeout_max_retrans", 300),
            seconds("tcp_timeout_syn_recv", 60),
            seconds("tcp_timeout_syn_sent", 120),
            seconds("tcp_timeout_time_wait", 120),
            seconds("tcp_timeout_unacknowledged", 300),
            flag("timestamp", 0),
            seconds("udp_timeout", 30),
            seconds("udp_timeout_stream", 120));

    private static final Map<String, ConnSysctl> BY_NAME = ALL.stream().collect(Collectors.toMap(ConnSysctl::name, Function.identity()));

    private ConnSysctls() {
    }

    /** Where settings are kept. */
    public interface Settings {

        /** A setting's number, or nothing if it is not kept there. */
        OptionalLong read(String name);

        /** Changes one; gives whether it is kept there. */
        boolean write(String name, long value);
    }

    /** All of them. */
    public static List<ConnSysctl> all() {
        return ALL;
    }

    /** One of them by its whole name, also with slashes, or null. */
    public static ConnSysctl of(final String name) {
        return BY_NAME.get(name.indexOf('/') < 0 ? name : name.replace('/', '.'));
    }

    private static ConnSysctl flag(final String name, final long byDefault) {
        return new ConnSysctl(PREFIX + name, Kind.FLAG, byDefault, 0, 1, Access.NAMESPACE);
    }

    private static ConnSysctl number(final String name, final long byDefault, final long max) {
        return new ConnSysctl(PREFIX + name, Kind.NUMBER, byDefault, 0, max, Access.NAMESPACE);
    }

    private static ConnSysctl seconds(final String name, final long byDefault) {
        return new ConnSysctl(PREFIX + name, Kind.SECONDS, byDefault, -LONGEST_SECONDS, LONGEST_SECONDS, Access.NAMESPACE);
    }
}
