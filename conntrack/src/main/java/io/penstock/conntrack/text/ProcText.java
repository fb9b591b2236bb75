package io.penstock.conntrack.text;

import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.model.ConnCounters;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;

/**
 * Connections as {@code /proc/net/nf_conntrack} tells them. Source: ct_seq_show, net/netfilter/nf_conntrack_standalone.c (behaviour).
 *
 * <p>Threads: any.
 */
public final class ProcText {

    private static final long NS_PER_SECOND = 1_000_000_000L;

    private ProcText() {
    }

    /** A line without its end. The one who reads holds the connection, and counts. */
    public static String line(final Connection connection, final Clock clock) {
        final ConnTuple original = connection.original();
        final int status = connection.status();
        final StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-8s %d %-8s %d ", TupleText.family(original.family()),
                original.family(), name(original.protocol()), original.protocol()));
        if ((status & ConnStatus.OFFLOAD) == 0) {
            text.append(connection.timeoutSeconds()).append(' ');
        }
        if (connection.protocolState() != null) {
            text.append(Protocol.of(original.protocol()).state(connection.protocolState())).append(' ');
        }
        if (original.protocol() == ConnTuple.GRE) {
            text.append("timeout=").append(connection.greTimeoutSeconds()).append(", stream_timeout=")
                    .append(connection.greStreamSeconds()).append(' ');
        }
        tuple(text, original, "zone-orig=", connection.originalZone(), connection.originalCounters());
        text.append((status & ConnStatus.SEEN_REPLY) == 0 ? "[UNREPLIED] " : "");
        tuple(text, connection.reply(), "zone-reply=", connection.replyZone(), connection.replyCounters());
        text.append(ConnectionText.assured(status));
        text.append("mark=").append(Integer.toUnsignedString(connection.mark() == null ? 0 : connection.mark())).append(' ');
        if (connection.originalZone() == null && connection.replyZone() == null) {
            text.append("zone=").append(connection.zone() == null ? 0 : connection.zone()).append(' ');
        }
        if (connection.startNs() != null) {
            final Instant now = clock.instant();
            final long ns = now.getEpochSecond() * NS_PER_SECOND + now.getNano() - connection.startNs();
            text.append("delta-time=").append(Math.max(0, ns) / NS_PER_SECOND).append(' ');
        }
        return text.append("use=").append((connection.use() == null ? 1 : connection.use()) + 1).toString();
    }

    /** The kernel has no tracker for DCCP any more. */
    private static String name(final int protocol) {
        return protocol == ConnTuple.DCCP ? Protocol.UNKNOWN.text() : Protocol.of(protocol).text();
    }

    private static void tuple(
            final StringBuilder text, final ConnTuple tuple, final String zoneName, final Integer zone, final ConnCounters counters) {
        text.append("src=").append(AddressText.whole(tuple.family(), tuple.sourceHigh(), tuple.sourceLow())).append(" dst=")
                .append(AddressText.whole(tuple.family(), tuple.destinationHigh(), tuple.destinationLow())).append(' ')
                .append(tuple.hasKeys() ? TupleText.keys(tuple) : "");
        text.append(zone == null ? "" : zoneName + zone + " ");
        text.append(counters == null ? "" : TupleText.counters(counters));
    }
}
