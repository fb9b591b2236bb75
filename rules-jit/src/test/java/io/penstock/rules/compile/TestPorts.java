package io.penstock.rules.compile;

import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.FieldMatch;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.hot.HotMatch;
import java.util.List;

/** A match of ports: the least that the classifier needs of one. */
record TestPorts(List<PortRange> source, List<PortRange> destination, boolean inverted) implements FieldMatch {

    @Override
    public boolean describe(final FieldSink sink) {
        if (inverted) {
            return false;
        }
        source.forEach(range -> sink.sourcePorts(range.first(), range.last()));
        destination.forEach(range -> sink.destinationPorts(range.first(), range.last()));
        return true;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return packet -> {
            if (packet.fragmentOffset != 0) {
                packet.hotdrop = packet.fragmentOffset == 1 && packet.protocol == 6;
                return false;
            }
            if (packet.transportLength < (packet.protocol == 6 ? 20 : 8)) {
                packet.hotdrop = true;
                return false;
            }
            return (within(source, TcpLayout.sourcePort(packet.transport))
                    && within(destination, TcpLayout.destinationPort(packet.transport))) != inverted;
        };
    }

    private static boolean within(final List<PortRange> ranges, final int port) {
        return ranges.isEmpty() || ranges.stream().anyMatch(range -> port >= range.first() && port <= range.last());
    }

    @Override
    public MatchKind kind() {
        return Ports.KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        throw new UnsupportedOperationException();
    }

    /** Its kind, which has no options. */
    private enum Ports implements MatchKind {
        KIND;

        @Override
        public MatchParser parser(final ParseScope scope) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<OptionSpec> options() {
            return List.of();
        }

        @Override
        public String help() {
            return "";
        }
    }
}
