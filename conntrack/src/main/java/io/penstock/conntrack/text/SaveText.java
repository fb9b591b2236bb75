package io.penstock.conntrack.text;

import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import java.util.ArrayList;
import java.util.List;

/** Connections as the words of a command that makes them anew. Marks and labels are not told. */
final class SaveText {

    private SaveText() {
    }

    static String line(final Connection connection, final String command) {
        final List<String> words = new ArrayList<>();
        words.add(command);
        if (connection.timeoutSeconds() != null) {
            words.add("-t " + connection.timeoutSeconds());
        }
        words.add("-u " + status(connection.status()));
        add(words, "-w", connection.zone());
        add(words, "--orig-zone", connection.originalZone());
        add(words, "--reply-zone", connection.replyZone());
        final ConnTuple original = connection.original();
        final ConnTuple reply = connection.reply();
        words.add("-s " + TupleText.source(original));
        words.add("-d " + TupleText.destination(original));
        words.add((ConnectionMatch.isRewritten(connection, false) ? "-g " : "-r ") + TupleText.source(reply));
        words.add((ConnectionMatch.isRewritten(connection, true) ? "-n " : "-q ") + TupleText.destination(reply));
        final Protocol protocol = Protocol.of(original.protocol());
        words.add("-p " + (protocol == Protocol.UNKNOWN ? Integer.toString(original.protocol()) : protocol.text()));
        for (final ProtocolOption option : protocol.options()) {
            add(words, "--" + protocol.nameOf(option), value(option, connection));
            if (option == ProtocolOption.STATE && connection.protocolState() != null) {
                words.add("--state " + protocol.state(connection.protocolState()));
            }
        }
        return String.join(" ", words);
    }

    private static void add(final List<String> words, final String name, final Integer value) {
        if (value != null) {
            words.add(name + " " + Integer.toUnsignedString(value));
        }
    }

    private static Integer value(final ProtocolOption option, final Connection connection) {
        final ConnTuple original = connection.original();
        final boolean hasKeys = original.hasKeys();
        return switch (option) {
            case ORIGINAL_SOURCE_KEY -> hasKeys ? (Integer) original.sourceKey() : null;
            case ORIGINAL_DESTINATION_KEY -> hasKeys ? (Integer) original.destinationKey() : null;
            case REPLY_SOURCE_KEY -> hasKeys ? (Integer) connection.reply().sourceKey() : null;
            case REPLY_DESTINATION_KEY -> hasKeys ? (Integer) connection.reply().destinationKey() : null;
            case ORIGINAL_TAG -> connection.originalTag();
            case REPLY_TAG -> connection.replyTag();
            case ICMP_TYPE -> original.destinationKey() >>> Byte.SIZE;
            case ICMP_CODE -> original.destinationKey() & 0xFF;
            case ICMP_ID -> original.sourceKey();
            default -> null;
        };
    }

    private static String status(final int status) {
        final List<String> names = new ArrayList<>();
        if ((status & ConnStatus.EXPECTED) != 0) {
            names.add("EXPECTED");
        }
        if ((status & ConnStatus.SEEN_REPLY) != 0) {
            names.add("SEEN_REPLY");
        }
        if ((status & ConnStatus.ASSURED) != 0) {
            names.add("ASSURED");
        }
        if ((status & ConnStatus.FIXED_TIMEOUT) != 0) {
            names.add("FIXED_TIMEOUT");
        }
        return names.isEmpty() ? "UNSET" : String.join(",", names);
    }
}
