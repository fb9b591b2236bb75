package io.penstock.conntrack.text;

import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.Connection;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** Whether a connection is what a command asks for. Source: conntrack-tools and libnetfilter_conntrack's nfct_cmp (behaviour). */
final class ConnectionMatch {

    /** Options that make all that is said count. */
    private static final Set<GeneralOption> COMPARING = EnumSet.of(GeneralOption.PROTOCOL, GeneralOption.SOURCE, GeneralOption.DESTINATION,
            GeneralOption.REPLY_SOURCE, GeneralOption.REPLY_DESTINATION, GeneralOption.MARK, GeneralOption.SECMARK, GeneralOption.STATUS,
            GeneralOption.ID, GeneralOption.ZONE, GeneralOption.LABEL, GeneralOption.ORIGINAL_ZONE, GeneralOption.REPLY_ZONE);

    private final Command command;
    private final Template template;

    ConnectionMatch(final Command command) {
        this.command = command;
        this.template = command.template();
    }

    /** Whether a command has options that make all that is said count. */
    static boolean isComparing(final Command command) {
        return command.options().stream().anyMatch(COMPARING::contains);
    }

    /** Whether a connection is to be listed or deleted. */
    boolean matches(final Connection connection) {
        return matchesApart(connection) && matchesMark(connection)
                && (!isComparing(command) || meta(connection) && original(connection, true) && reply(connection, true));
    }

    /** Whether it is to be changed: the tuples alone are compared. */
    boolean matchesForUpdate(final Connection connection) {
        final boolean hasProtocol = command.has(GeneralOption.PROTOCOL);
        final boolean saysOriginal = hasProtocol || command.has(GeneralOption.SOURCE) || command.has(GeneralOption.DESTINATION);
        final boolean saysReply = hasProtocol || command.has(GeneralOption.REPLY_SOURCE) || command.has(GeneralOption.REPLY_DESTINATION);
        return matchesApart(connection)
                && (!template.says(Field.ID) || connection.id() == null || connection.id() == template.id)
                && (!saysOriginal || original(connection, false))
                && (!saysReply || reply(connection, false));
    }

    private boolean matchesApart(final Connection connection) {
        return matchesNat(connection) && matchesLabels(connection) && matchesNetworks(connection);
    }

    private boolean matchesMark(final Connection connection) {
        return !command.has(GeneralOption.MARK)
                || connection.mark() != null && (connection.mark() & template.markMask) == template.mark;
    }

    private boolean matchesLabels(final Connection connection) {
        if (template.labels == null) {
            return true;
        }
        final BitSet missing = (BitSet) template.labels.clone();
        missing.andNot(Objects.requireNonNullElseGet(connection.labels(), BitSet::new));
        return connection.labels() != null && missing.isEmpty();
    }

    private boolean matchesNetworks(final Connection connection) {
        final ConnTuple tuple = connection.original();
        final Side asked = template.original;
        final Side mask = template.mask;
        final boolean hasSource = command.has(GeneralOption.MASK_SOURCE);
        final boolean hasDestination = command.has(GeneralOption.MASK_DESTINATION);
        return (!hasSource && !hasDestination || tuple.family() == command.family())
                && (!hasSource || (tuple.sourceHigh() & mask.sourceHigh) == (asked.sourceHigh & mask.sourceHigh)
                        && (tuple.sourceLow() & mask.sourceLow) == (asked.sourceLow & mask.sourceLow))
                && (!hasDestination || (tuple.destinationHigh() & mask.destinationHigh) == (asked.destinationHigh & mask.destinationHigh)
                        && (tuple.destinationLow() & mask.destinationLow) == (asked.destinationLow & mask.destinationLow));
    }

    private boolean matchesNat(final Connection connection) {
        final boolean isAny = command.has(GeneralOption.ANY_NAT);
        final boolean asksSource = isAny || command.has(GeneralOption.SOURCE_NAT);
        final boolean asksDestination = isAny || command.has(GeneralOption.DESTINATION_NAT);
        final boolean hasSource = asksSource && hasNat(connection, true);
        final boolean hasDestination = asksDestination && hasNat(connection, false);
        return isAny ? hasSource || hasDestination : hasSource == asksSource && hasDestination == asksDestination;
    }

    /** IPv6 addresses are not compared. */
    private boolean hasNat(final Connection connection, final boolean ofSource) {
        final ConnTuple reply = connection.reply();
        final AddressText.Address address = ofSource ? template.sourceNat : template.destinationNat;
        final boolean asksAddress = address != null && address.family() == ConnTuple.IPV4;
        final boolean asksPort = template.says(ofSource ? Field.SOURCE_NAT_PORT : Field.DESTINATION_NAT_PORT);
        final boolean isRewritten = isRewritten(connection, ofSource);
        final boolean isPortRewritten = isPortRewritten(connection, ofSource);
        if (!asksAddress && !asksPort) {
            return isRewritten || isPortRewritten;
        }
        final boolean hasAddress = asksAddress && isRewritten && reply.family() == ConnTuple.IPV4
                && address.low() == (ofSource ? reply.destinationLow() : reply.sourceLow());
        final boolean hasPort = asksPort && isPortRewritten
                && (ofSource ? template.sourceNatPort == reply.destinationKey() : template.destinationNatPort == reply.sourceKey());
        return hasAddress == asksAddress && hasPort == asksPort;
    }

    /** Whether an address has been rewritten. */
    static boolean isRewritten(final Connection connection, final boolean ofSource) {
        final ConnTuple original = connection.original();
        final ConnTuple reply = connection.reply();
        return ofSource
                ? (connection.status() & ConnStatus.SRC_NAT_DONE) != 0
                        && (reply.destinationHigh() != original.sourceHigh() || reply.destinationLow() != original.sourceLow())
                : (connection.status() & ConnStatus.DST_NAT_DONE) != 0
                        && (reply.sourceHigh() != original.destinationHigh() || reply.sourceLow() != original.destinationLow());
    }

    /** Ports are compared whatever the protocol: all of ICMP that is settled counts as rewritten, because its keys differ. */
    private static boolean isPortRewritten(final Connection connection, final boolean ofSource) {
        final ConnTuple original = connection.original();
        final ConnTuple reply = connection.reply();
        return ofSource
                ? (connection.status() & ConnStatus.SRC_NAT_DONE) != 0 && reply.destinationKey() != original.sourceKey()
                : (connection.status() & ConnStatus.DST_NAT_DONE) != 0 && reply.sourceKey() != original.destinationKey();
    }

    private boolean meta(final Connection connection) {
        return (!template.says(Field.ID) || connection.id() != null && connection.id() == template.id)
                && (!template.says(Field.TIMEOUT)
                        || connection.timeoutSeconds() != null && connection.timeoutSeconds() == template.timeoutSeconds)
                && (connection.status() & template.status) == template.status
                && matchesState(connection)
                && (!template.says(Field.ZONE) || template.zone == Objects.requireNonNullElse(connection.zone(), 0));
    }

    /** Whether the state is the one that is said, if one is. */
    boolean matchesState(final Connection connection) {
        return !template.says(Field.STATE) || connection.protocolState() != null
                && template.stateOf.number() == connection.original().protocol() && connection.protocolState() == template.state;
    }

    private boolean original(final Connection connection, final boolean strictly) {
        final ConnTuple tuple = connection.original();
        final Side asked = template.original;
        return (!template.says(Field.FAMILY) || asked.family == tuple.family())
                && (!template.says(Field.PROTOCOL) || asked.protocol == tuple.protocol() && icmp(connection)
                        && keys(asked, tuple, Field.SOURCE_KEY, Field.DESTINATION_KEY, strictly))
                && (!template.says(Field.SOURCE) || command.has(GeneralOption.MASK_SOURCE)
                        || asked.sourceHigh == tuple.sourceHigh() && asked.sourceLow == tuple.sourceLow())
                && (!template.says(Field.DESTINATION) || command.has(GeneralOption.MASK_DESTINATION)
                        || asked.destinationHigh == tuple.destinationHigh() && asked.destinationLow == tuple.destinationLow())
                && (!template.says(Field.ORIGINAL_ZONE)
                        || template.originalZone == Objects.requireNonNullElse(connection.originalZone(), 0));
    }

    private boolean reply(final Connection connection, final boolean strictly) {
        final ConnTuple tuple = connection.reply();
        final Side asked = template.reply;
        return (!template.says(Field.REPLY_FAMILY) || asked.family == tuple.family())
                && (!template.says(Field.REPLY_PROTOCOL) || asked.protocol == tuple.protocol() && icmp(connection)
                        && keys(asked, tuple, Field.REPLY_SOURCE_KEY, Field.REPLY_DESTINATION_KEY, strictly))
                && (!template.says(Field.REPLY_SOURCE) || asked.sourceHigh == tuple.sourceHigh() && asked.sourceLow == tuple.sourceLow())
                && (!template.says(Field.REPLY_DESTINATION)
                        || asked.destinationHigh == tuple.destinationHigh() && asked.destinationLow == tuple.destinationLow())
                && (!template.says(Field.REPLY_ZONE) || template.replyZone == Objects.requireNonNullElse(connection.replyZone(), 0));
    }

    /** Both directions are compared with the original one's. */
    private boolean icmp(final Connection connection) {
        final ConnTuple tuple = connection.original();
        return !ConnTuple.isIcmp(tuple.protocol())
                || (!template.says(Field.ICMP_ID) || template.original.sourceKey == tuple.sourceKey())
                && (!template.says(Field.ICMP_TYPE)
                        || template.original.destinationKey >>> Byte.SIZE == tuple.destinationKey() >>> Byte.SIZE)
                && (!template.says(Field.ICMP_CODE) || (template.original.destinationKey & 0xFF) == (tuple.destinationKey() & 0xFF));
    }

    /** GRE's keys are not compared, and nobody knows DCCP's. */
    private boolean keys(final Side asked, final ConnTuple tuple, final Field source, final Field destination, final boolean strictly) {
        final int protocol = tuple.protocol();
        if (protocol == ConnTuple.DCCP) {
            return !strictly || !template.says(source) && !template.says(destination);
        }
        return !ConnTuple.hasTwoKeys(protocol) || protocol == ConnTuple.GRE
                || (!template.says(source) || asked.sourceKey == tuple.sourceKey())
                && (!template.says(destination) || asked.destinationKey == tuple.destinationKey());
    }
}
