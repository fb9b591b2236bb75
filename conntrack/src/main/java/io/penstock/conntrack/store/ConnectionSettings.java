package io.penstock.conntrack.store;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnSwitches;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.conntrack.hot.frag.FragmentSettings;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.model.ConnSysctl;
import io.penstock.conntrack.model.ConnSysctls;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/**
 * The settings that workers go by, under the sysctls' names. What is not kept here yet is told as such.
 *
 * <p>Differs from Linux: {@code buckets} is for how many connections the index is made, two to a bucket of its own, rounded up to a power of two and
 * down to what the table can have, but never for fewer than {@code max}, nor for fewer than there are; every namespace has its own
 * {@code buckets} and {@code max}.
 *
 * <p>Threads: any control thread; workers read what is written plain.
 */
public final class ConnectionSettings implements ConnSysctls.Settings, AutoCloseable {

    /** What the index is made for: four of a bucket's seven slots, two for each connection. */
    private static final int CONNECTIONS_IN_BUCKET = 2;

    /** Connections that an index is made for beyond those that are there: of so many one more ... */
    private static final int MARGIN_PART = 8;
    /** ... and so many. They may come while it is moved. */
    private static final int MARGIN = 1024;

    private static final String FRAGMENTS_HIGH = "frag6_high_thresh";
    private static final String FRAGMENTS_LOW = "frag6_low_thresh";

    private final Map<String, Place> places = new HashMap<>();
    private final FragmentSettings fragments;
    private final ConnTables tables;
    private final ConnLimit limit;
    /** As it was written; 0 before. */
    private long wantedBuckets;
    /** Bounds the high threshold, and nothing else, as in the kernel of today. */
    private long fragmentsLow = 3L << 20;
    private boolean isClosed;

    private record Place(IntSupplier read, IntConsumer write) {
    }

    /** The settings of a namespace, whose tables may come later. */
    public ConnectionSettings(
            final TrackerSettings trackers,
            final ConnSwitches switches,
            final FragmentSettings fragments,
            final ConnLimit limit,
            final ConnTables tables) {
        this.fragments = fragments;
        this.limit = limit;
        this.tables = tables;
        put("acct", () -> switches.acct, v -> switches.acct = v);
        put("checksum", () -> trackers.checksum, v -> trackers.checksum = v);
        put("events", () -> switches.events, v -> switches.events = v);
        put("frag6_timeout", () -> fragments.frag6Timeout, v -> fragments.frag6Timeout = v);
        put("generic_timeout", () -> trackers.genericTimeout, v -> trackers.genericTimeout = v);
        put("gre_timeout", () -> trackers.greTimeout, v -> trackers.greTimeout = v);
        put("gre_timeout_stream", () -> trackers.greTimeoutStream, v -> trackers.greTimeoutStream = v);
        put("icmp_timeout", () -> trackers.icmpTimeout, v -> trackers.icmpTimeout = v);
        put("icmpv6_timeout", () -> trackers.icmpv6Timeout, v -> trackers.icmpv6Timeout = v);
        put("log_invalid", () -> trackers.logInvalid, v -> trackers.logInvalid = v);
        put("timestamp", () -> switches.timestamp, v -> switches.timestamp = v);
        put("udp_timeout", () -> trackers.udpTimeout, v -> trackers.udpTimeout = v);
        put("udp_timeout_stream", () -> trackers.udpTimeoutStream, v -> trackers.udpTimeoutStream = v);
        putTcp(trackers);
        putSctp(trackers);
    }

    private void putTcp(final TrackerSettings trackers) {
        put("tcp_be_liberal", () -> trackers.tcpBeLiberal, v -> trackers.tcpBeLiberal = v);
        put("tcp_ignore_invalid_rst", () -> trackers.tcpIgnoreInvalidRst, v -> trackers.tcpIgnoreInvalidRst = v);
        put("tcp_loose", () -> trackers.tcpLoose, v -> trackers.tcpLoose = v);
        put("tcp_max_retrans", () -> trackers.tcpMaxRetrans, v -> trackers.tcpMaxRetrans = v);
        put("tcp_timeout_close", () -> trackers.tcpTimeoutClose, v -> trackers.tcpTimeoutClose = v);
        put("tcp_timeout_close_wait", () -> trackers.tcpTimeoutCloseWait, v -> trackers.tcpTimeoutCloseWait = v);
        put("tcp_timeout_established", () -> trackers.tcpTimeoutEstablished, v -> trackers.tcpTimeoutEstablished = v);
        put("tcp_timeout_fin_wait", () -> trackers.tcpTimeoutFinWait, v -> trackers.tcpTimeoutFinWait = v);
        put("tcp_timeout_last_ack", () -> trackers.tcpTimeoutLastAck, v -> trackers.tcpTimeoutLastAck = v);
        put("tcp_timeout_max_retrans", () -> trackers.tcpTimeoutMaxRetrans, v -> trackers.tcpTimeoutMaxRetrans = v);
        put("tcp_timeout_syn_recv", () -> trackers.tcpTimeoutSynRecv, v -> trackers.tcpTimeoutSynRecv = v);
        put("tcp_timeout_syn_sent", () -> trackers.tcpTimeoutSynSent, v -> trackers.tcpTimeoutSynSent = v);
        put("tcp_timeout_time_wait", () -> trackers.tcpTimeoutTimeWait, v -> trackers.tcpTimeoutTimeWait = v);
        put("tcp_timeout_unacknowledged", () -> trackers.tcpTimeoutUnacknowledged, v -> trackers.tcpTimeoutUnacknowledged = v);
    }

    private void putSctp(final TrackerSettings trackers) {
        put("sctp_timeout_closed", () -> trackers.sctpTimeoutClosed, v -> trackers.sctpTimeoutClosed = v);
        put("sctp_timeout_cookie_echoed", () -> trackers.sctpTimeoutCookieEchoed, v -> trackers.sctpTimeoutCookieEchoed = v);
        put("sctp_timeout_cookie_wait", () -> trackers.sctpTimeoutCookieWait, v -> trackers.sctpTimeoutCookieWait = v);
        put("sctp_timeout_established", () -> trackers.sctpTimeoutEstablished, v -> trackers.sctpTimeoutEstablished = v);
        put("sctp_timeout_heartbeat_sent", () -> trackers.sctpTimeoutHeartbeatSent, v -> trackers.sctpTimeoutHeartbeatSent = v);
        put("sctp_timeout_shutdown_ack_sent", () -> trackers.sctpTimeoutShutdownAckSent, v -> trackers.sctpTimeoutShutdownAckSent = v);
        put("sctp_timeout_shutdown_recd", () -> trackers.sctpTimeoutShutdownRecd, v -> trackers.sctpTimeoutShutdownRecd = v);
        put("sctp_timeout_shutdown_sent", () -> trackers.sctpTimeoutShutdownSent, v -> trackers.sctpTimeoutShutdownSent = v);
    }

    private void put(final String shortName, final IntSupplier read, final IntConsumer write) {
        places.put(ConnSysctls.PREFIX + shortName, new Place(read, write));
    }

    @Override
    public synchronized OptionalLong read(final String name) {
        if (isClosed) {
            return OptionalLong.empty();
        }
        final Place place = places.get(name);
        if (place != null) {
            return OptionalLong.of(place.read.getAsInt());
        }
        return switch (shortName(name)) {
            case "buckets" -> OptionalLong.of(buckets());
            case "count" -> OptionalLong.of(limit.count());
            case "max" -> OptionalLong.of(limit.max());
            case FRAGMENTS_HIGH -> OptionalLong.of(fragments.frag6HighThresh);
            case FRAGMENTS_LOW -> OptionalLong.of(fragmentsLow);
            default -> OptionalLong.empty();
        };
    }

    @Override
    public synchronized boolean write(final String name, final long value) {
        if (isClosed) {
            return false;
        }
        final Place place = places.get(name);
        if (place != null) {
            place.write.accept((int) value);
            return true;
        }
        switch (shortName(name)) {
            case "buckets" -> {
                wantedBuckets = CONNECTIONS_IN_BUCKET * (long) ConnTable.bucketsFor((int) value);
                prepare();
            }
            case "max" -> {
                limit.setMax((int) value);
                prepare();
            }
            case FRAGMENTS_HIGH -> {
                if (value < fragmentsLow) {
                    return false;
                }
                fragments.frag6HighThresh = value;
            }
            case FRAGMENTS_LOW -> {
                if (value > fragments.frag6HighThresh) {
                    return false;
                }
                fragmentsLow = value;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Tables have come: those get the buckets that were asked for before. */
    public synchronized void prepare() {
        resize(tables.of(ConnLayout.FAMILY_IPV4));
        resize(tables.of(ConnLayout.FAMILY_IPV6));
    }

    /** Comes to limit and tables no more: they can go. */
    @Override
    public synchronized void close() {
        isClosed = true;
    }

    private void resize(final ConnTable table) {
        if (table != null) {
            // Unless somebody has said how many, there are as many as the limit asks for.
            final long buckets = wantedBuckets == 0 && limit.max() == 0 ? table.maxBuckets() : wantedIndex();
            final int wanted = (int) Math.min(buckets, table.maxBuckets());
            if (wanted != table.buckets() || table.isResizing()) {
                table.resize(wanted);
            }
        }
    }

    private long buckets() {
        final ConnTable ipv4 = tables.of(ConnLayout.FAMILY_IPV4);
        final ConnTable any = ipv4 == null ? tables.of(ConnLayout.FAMILY_IPV6) : ipv4;
        if (any != null) {
            return CONNECTIONS_IN_BUCKET * (long) any.buckets();
        }
        return CONNECTIONS_IN_BUCKET * wantedIndex();
    }

    /** Buckets of an index: those that were asked for, but no fewer than what is there, in both families, and what may come need. */
    private long wantedIndex() {
        final long count = limit.count();
        final long connections = Math.max(limit.max(), count == 0 ? 0 : count + count / MARGIN_PART + MARGIN);
        return Math.max(wantedBuckets / CONNECTIONS_IN_BUCKET, ConnTable.bucketsFor((int) Math.min(connections, Integer.MAX_VALUE)));
    }

    private static String shortName(final String name) {
        final ConnSysctl sysctl = ConnSysctls.of(name);
        return sysctl == null ? "" : sysctl.shortName();
    }
}
