package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnectionTable;
import java.util.Set;

/**
 * A command as its words say it.
 *
 * @param kind           what to do
 * @param table          where
 * @param options        the general options that were given
 * @param family         the address family, 0 if none is said
 * @param protocolNumber the protocol's number, 0 if none is said
 * @param events         which events
 * @param bufferBytes    the buffer for events
 * @param isTcp          whether its protocol is TCP
 * @param template       what it says of connections
 */
record Command(CommandKind kind, ConnectionTable table, Set<GeneralOption> options, int family, int protocolNumber, int events,
        long bufferBytes, boolean isTcp, Template template) {

    boolean has(final GeneralOption option) {
        return options.contains(option);
    }
}
