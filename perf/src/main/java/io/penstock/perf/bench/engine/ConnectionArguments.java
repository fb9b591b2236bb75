package io.penstock.perf.bench.engine;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.connections.ConnectionMix;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of {@code bench engine} that are about connections. Threads: main. */
final class ConnectionArguments {

    private static final String UDP = "udp";
    private static final String TCP = "tcp";
    /** Through so many rules a connection begins, where all begin. */
    private static final int DEFAULT_RULES = 1000;
    private static final int MAX_RULES = 100_000;
    private static final List<String> ALONE = List.of(
            "--in", "--hooks", "--inject", "--hook-jar", "--routes", "--routes6", "--rules", "--rules-file");
    /** What the table's memory is for where connections begin all the time: some seconds of them. */
    private static final int ROOM_FOR_NEW = 1 << 24;

    @Option(names = "--connections", paramLabel = "MIX", description = "Let the flows be tracked: established (packets of both directions of "
            + "connections that are there), snat, dnat (the same, translated) or new (every packet begins a connection, with its source "
            + "translated; --flows is the room for them). A packet that is lost, or not of the state that it should be, fails the measurement.")
    private String mix;

    @Option(names = "--protocol", paramLabel = "NAME", description = "With --connections or --services: udp (default) or tcp.")
    private String protocol;

    @Option(names = "--rules-between", paramLabel = "N", description = "With --connections: rules that take none of the flows, and that their "
            + "first packets go through (default 0, with new 1000).")
    private Integer rules;

    @Option(names = "--rfc9693", description = "With --connections: measure also how fast an empty table fills, as RFC 9693 has it: packets "
            + "that each begin a connection, then packets of both directions of all those connections.")
    private boolean rfc9693;

    /** Refuses what does not go together. */
    void check(final CommandSpec spec) {
        for (final String option : List.of("--protocol", "--rules-between", "--rfc9693")) {
            if (mix == null && isGiven(spec, option) && !(option.equals("--protocol") && isGiven(spec, "--services"))) {
                throw Options.usage(spec, option + " needs --connections MIX, the connections that it is about");
            }
        }
        if (protocol != null && !List.of(UDP, TCP).contains(protocol)) {
            throw Options.usage(spec, "there is no --protocol '" + protocol + "'; supported are udp, tcp");
        }
        if (mix == null) {
            return;
        }
        if (ConnectionMix.of(mix) == null) {
            throw Options.usage(spec,
                    "there are no --connections '" + mix + "'; supported are " + String.join(", ", ConnectionMix.names()));
        }
        for (final String option : ALONE) {
            if (isGiven(spec, option)) {
                throw Options.usage(spec, option + " and --connections do not go together; leave one of them out");
            }
        }
        if (rfc9693 && (!mix().isAnswered() || protocol() == IpProtocol.TCP)) {
            throw Options.usage(spec, "--rfc9693 is about UDP in both directions; leave "
                    + (mix().isAnswered() ? "--protocol tcp" : "--connections " + mix) + " out");
        }
        Options.check(spec, "--rules-between", rules(), 0, MAX_RULES);
    }

    /** Whether connections are the matter. */
    boolean any() {
        return mix != null;
    }

    /** Whether peers can be given the same: flows that are answered, without a handshake. */
    boolean isComparable() {
        return mix().isAnswered() && protocol() == IpProtocol.UDP;
    }

    /** What they are. */
    ConnectionOptions options() {
        return new ConnectionOptions(mix(), protocol(), rules(), rfc9693);
    }

    /** Flows, unless so many are asked for. */
    int flows(final int usual) {
        return mix().isAnswered() ? usual : ROOM_FOR_NEW;
    }

    /** TCP or UDP. */
    int protocol() {
        return TCP.equals(protocol) ? IpProtocol.TCP : IpProtocol.UDP;
    }

    /** TCP or UDP where one is asked for, or -1. */
    int givenProtocol() {
        return protocol == null ? -1 : protocol();
    }

    private ConnectionMix mix() {
        return ConnectionMix.of(mix);
    }

    private int rules() {
        return rules != null ? rules : mix().isAnswered() ? 0 : DEFAULT_RULES;
    }

    private static boolean isGiven(final CommandSpec spec, final String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }
}
