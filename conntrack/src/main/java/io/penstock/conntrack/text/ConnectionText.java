package io.penstock.conntrack.text;

import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import io.penstock.conntrack.model.ConnectionChange;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.BitSet;
import java.util.Locale;

/**
 * Connections as conntrack(8) writes them. Source: libnetfilter_conntrack 1.0.9 (behaviour).
 *
 * <p>Threads: any.
 */
public final class ConnectionText {

    /** {@code ctime}'s. */
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final int output;
    private final LabelMap labels;
    private final Clock clock;

    /**
     * A format.
     *
     * @param output bits of {@link Parameters}
     * @param labels names of labels, or null to leave them out
     */
    ConnectionText(final int output, final LabelMap labels, final Clock clock) {
        this.output = output;
        this.labels = labels;
        this.clock = clock;
    }

    /** The plain format. */
    public static ConnectionText plain(final Clock clock) {
        return new ConnectionText(0, null, clock);
    }

    private boolean has(final int bit) {
        return (output & bit) != 0;
    }

    /** The same without names of labels. */
    ConnectionText withoutLabels() {
        return new ConnectionText(output, null, clock);
    }

    /** A line without its end, as {@code conntrack -L} writes it. */
    public String line(final Connection connection) {
        return has(Parameters.SAVE) ? SaveText.line(connection, "-A") : describe(connection, null);
    }

    /** A line of a change, without its end. */
    String line(final Connection connection, final ConnectionChange change) {
        if (has(Parameters.SAVE)) {
            return SaveText.line(connection, switch (change) {
                case NEW -> "-A";
                case UPDATE -> "-U";
                case DESTROY -> "-D";
            });
        }
        return describe(connection, change);
    }

    private String describe(final Connection connection, final ConnectionChange change) {
        return has(Parameters.XML) ? xml(connection, change) : plain(connection, change);
    }

    /** How a line about a change begins. */
    static String title(final ConnectionChange change) {
        return change == null ? "" : String.format(Locale.ROOT, "%9s ", "[" + change + "]");
    }

    private String plain(final Connection connection, final ConnectionChange change) {
        final StringBuilder text = new StringBuilder(title(change));
        final ConnTuple original = connection.original();
        if (has(Parameters.EXTENDED)) {
            text.append(String.format(Locale.ROOT, "%-8s %d ", TupleText.family(original.family()), original.family()));
        }
        text.append(String.format(Locale.ROOT, "%-8s %d ", Protocol.of(original.protocol()).text(), original.protocol()));
        if (connection.timeoutSeconds() != null) {
            text.append(connection.timeoutSeconds()).append(' ');
        }
        if (connection.protocolState() != null) {
            text.append(Protocol.of(original.protocol()).state(connection.protocolState())).append(' ');
        }
        text.append(TupleText.plain(original, ""));
        append(text, "zone-orig=", connection.originalZone());
        text.append(connection.originalCounters() == null ? "" : TupleText.counters(connection.originalCounters()));
        text.append((connection.status() & ConnStatus.SEEN_REPLY) == 0 ? "[UNREPLIED] " : "");
        text.append(TupleText.plain(connection.reply(), ""));
        append(text, "zone-reply=", connection.replyZone());
        text.append(connection.replyCounters() == null ? "" : TupleText.counters(connection.replyCounters()));
        text.append(assured(connection.status()));
        append(text, "mark=", connection.mark());
        append(text, "zone=", connection.zone());
        times(text, connection);
        text.append(connection.helper() == null ? "" : "helper=" + connection.helper() + " ");
        append(text, "use=", connection.use());
        if (has(Parameters.ID)) {
            append(text, "id=", connection.id());
        }
        if (labels != null && connection.labels() != null) {
            text.append(labelNames(connection.labels())).append(' ');
        }
        text.setLength(text.length() - 1);
        return text.toString();
    }

    /** The word for how well it is kept. */
    static String assured(final int status) {
        return (status & ConnStatus.HW_OFFLOAD) != 0 ? "[HW_OFFLOAD] " : (status & ConnStatus.OFFLOAD) != 0 ? "[OFFLOAD] "
                : (status & ConnStatus.ASSURED) != 0 ? "[ASSURED] " : "";
    }

    private static void append(final StringBuilder text, final String name, final Integer value) {
        if (value != null) {
            text.append(name).append(Integer.toUnsignedString(value)).append(' ');
        }
    }

    private void times(final StringBuilder text, final Connection connection) {
        if (connection.startNs() == null) {
            return;
        }
        final long stop = connection.stopNs() == null || connection.stopNs() == 0 ? clock.instant().getEpochSecond()
                : connection.stopNs() / NS_PER_SECOND;
        text.append("delta-time=").append(Long.toUnsignedString(stop - connection.startNs() / NS_PER_SECOND)).append(' ');
        if (has(Parameters.KERNEL_TIMESTAMP)) {
            text.append("[start=").append(date(connection.startNs())).append("] ");
            text.append(connection.stopNs() == null ? "" : "[stop=" + date(connection.stopNs()) + "] ");
        }
    }

    private String date(final long ns) {
        return DATE.format(LocalDateTime.ofInstant(Instant.ofEpochSecond(ns / NS_PER_SECOND), clock.getZone()));
    }

    /** Names in the order of bits; those without a name are left out. */
    private String labelNames(final BitSet bits) {
        final StringBuilder text = new StringBuilder("labels=");
        for (int bit = bits.nextSetBit(0); bit >= 0; bit = bits.nextSetBit(bit + 1)) {
            text.append(labels.name(bit) == null ? "" : labels.name(bit) + ",");
        }
        text.setLength(text.length() - 1);
        return text.toString();
    }

    private String xml(final Connection connection, final ConnectionChange change) {
        final StringBuilder text = new StringBuilder(flowXml(change));
        direction(text, connection, true);
        direction(text, connection, false);
        text.append("<meta direction=\"independent\">");
        if (connection.protocolState() != null) {
            // The library calls all states by TCP's names here.
            text.append("<state>").append(Protocol.TCP.state(connection.protocolState())).append("</state>");
        }
        if (connection.timeoutSeconds() != null) {
            element(text, "timeout", connection.timeoutSeconds());
        }
        element(text, "mark", connection.mark());
        if (labels != null && connection.labels() != null) {
            labelsXml(text, connection.labels());
        }
        element(text, "zone", connection.zone());
        element(text, "use", connection.use());
        element(text, "id", connection.id());
        text.append((connection.status() & ConnStatus.ASSURED) != 0 ? "<assured/>" : "");
        text.append((connection.status() & ConnStatus.SEEN_REPLY) == 0 ? "<unreplied/>" : "");
        timesXml(text, connection);
        text.append("</meta>");
        text.append(change == null ? "" : whenXml());
        text.append(connection.helper() == null ? "" : "<helper>" + connection.helper() + "</helper>");
        return text.append("</flow>").toString();
    }

    /** How an element about a change begins. */
    static String flowXml(final ConnectionChange change) {
        return change == null ? "<flow>" : "<flow type=\"" + change.name().toLowerCase(Locale.ROOT) + "\">";
    }

    private static void direction(final StringBuilder text, final Connection connection, final boolean isOriginal) {
        final ConnTuple tuple = isOriginal ? connection.original() : connection.reply();
        text.append("<meta direction=\"").append(isOriginal ? "original" : "reply").append("\">")
                .append(TupleText.layer3Xml(tuple)).append(TupleText.addressesXml(tuple)).append("</layer3>")
                .append(TupleText.layer4Xml(tuple)).append(TupleText.keysXml(tuple)).append("</layer4>");
        element(text, "zone", isOriginal ? connection.originalZone() : connection.replyZone());
        if (connection.originalCounters() != null) {
            final var counters = isOriginal ? connection.originalCounters() : connection.replyCounters();
            text.append("<counters><packets>").append(Long.toUnsignedString(counters.packets())).append("</packets><bytes>")
                    .append(Long.toUnsignedString(counters.bytes())).append("</bytes></counters>");
        }
        text.append("</meta>");
    }

    private static void element(final StringBuilder text, final String name, final Integer value) {
        if (value != null) {
            element(text, name, Integer.toUnsignedLong(value));
        }
    }

    private static void element(final StringBuilder text, final String name, final long value) {
        text.append('<').append(name).append('>').append(Long.toUnsignedString(value)).append("</").append(name).append('>');
    }

    private void labelsXml(final StringBuilder text, final BitSet bits) {
        text.append("<labels>");
        for (int bit = bits.nextSetBit(0); bit >= 0; bit = bits.nextSetBit(bit + 1)) {
            text.append(labels.name(bit) == null ? "" : "<label>" + labels.name(bit) + "</label>");
        }
        text.append("</labels>");
    }

    private void timesXml(final StringBuilder text, final Connection connection) {
        final Long start = connection.startNs();
        final Long stop = connection.stopNs();
        if (has(Parameters.KERNEL_TIMESTAMP) && (start != null || stop != null)) {
            text.append("<timestamp>");
            if (start != null) {
                element(text, "start", start);
            }
            if (stop != null) {
                element(text, "stop", stop);
            }
            text.append("</timestamp>");
        }
        if (start != null) {
            element(text, "deltatime",
                    stop != null ? (stop - start) / NS_PER_SECOND : clock.instant().getEpochSecond() - start / NS_PER_SECOND);
        }
    }

    /** The time of day, if it is asked for. */
    String whenXml() {
        if (!has(Parameters.TIMESTAMP)) {
            return "";
        }
        final LocalDateTime now = LocalDateTime.ofInstant(clock.instant(), clock.getZone());
        return String.format(Locale.ROOT, "<when><hour>%d</hour><min>%02d</min><sec>%02d</sec><wday>%d</wday><day>%d</day><month>%d</month>"
                + "<year>%d</year></when>", now.getHour(), now.getMinute(), now.getSecond(), now.getDayOfWeek().getValue() % 7 + 1,
                now.getDayOfMonth(), now.getMonthValue(), now.getYear());
    }
}
