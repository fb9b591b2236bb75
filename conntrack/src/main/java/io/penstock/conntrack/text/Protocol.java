package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnTuple;
import io.penstock.os.getopt.OptionArgument;
import java.util.ArrayList;
import java.util.List;

/** The protocols with options of their own, and those without. */
enum Protocol {
    TCP("tcp", ConnTuple.TCP, '1', "port",
            "NONE SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT CLOSE_WAIT LAST_ACK TIME_WAIT CLOSE SYN_SENT2"),
    UDP("udp", ConnTuple.UDP, '1', "port", ""),
    UDPLITE("udplite", ConnTuple.UDPLITE, '1', "port", ""),
    SCTP("sctp", ConnTuple.SCTP, 1, "port",
            "NONE CLOSED COOKIE_WAIT COOKIE_ECHOED ESTABLISHED SHUTDOWN_SENT SHUTDOWN_RECD SHUTDOWN_ACK_SENT HEARTBEAT_SENT "
                    + "HEARTBEAT_ACKED"),
    DCCP("dccp", ConnTuple.DCCP, 1, "port", "NONE REQUEST RESPOND PARTOPEN OPEN CLOSEREQ CLOSING TIMEWAIT IGNORE INVALID"),
    ICMP("icmp", ConnTuple.ICMP, '1', "icmp", ""),
    ICMPV6("icmpv6", ConnTuple.ICMPV6, '1', "icmpv6", ""),
    GRE("gre", ConnTuple.GRE, '1', "key", ""),
    /** Any other. */
    UNKNOWN("unknown", -1, 0, "", "");

    /** States of SCTP that can be asked for; a listing tells more. */
    private static final int SCTP_STATES = 8;

    private final String text;
    private final int number;
    private final int firstCode;
    private final String keyName;
    private final List<String> states;
    private final List<ProtocolOption> options = new ArrayList<>();

    Protocol(final String text, final int number, final int firstCode, final String keyName, final String states) {
        this.text = text;
        this.number = number;
        this.firstCode = firstCode;
        this.keyName = keyName;
        this.states = states.isEmpty() ? List.of() : List.of(states.split(" "));
        fillOptions();
    }

    private void fillOptions() {
        if (ConnTuple.isIcmp(number)) {
            options.addAll(List.of(ProtocolOption.ICMP_TYPE, ProtocolOption.ICMP_CODE, ProtocolOption.ICMP_ID));
        } else if (number >= 0) {
            options.addAll(List.of(ProtocolOption.ORIGINAL_SOURCE_KEY, ProtocolOption.ORIGINAL_DESTINATION_KEY,
                    ProtocolOption.REPLY_SOURCE_KEY, ProtocolOption.REPLY_DESTINATION_KEY, ProtocolOption.MASK_SOURCE_KEY,
                    ProtocolOption.MASK_DESTINATION_KEY));
            if (!states.isEmpty()) {
                options.add(ProtocolOption.STATE);
            }
            options.addAll(List.of(ProtocolOption.TUPLE_SOURCE_KEY, ProtocolOption.TUPLE_DESTINATION_KEY));
            if (number == ConnTuple.SCTP) {
                options.addAll(List.of(ProtocolOption.ORIGINAL_TAG, ProtocolOption.REPLY_TAG));
            } else if (number == ConnTuple.DCCP) {
                options.add(ProtocolOption.ROLE);
            }
        }
    }

    String text() {
        return text;
    }

    int number() {
        return number;
    }

    /** Its options. */
    List<ProtocolOption> options() {
        return options;
    }

    /** The option of a code, as far as this protocol has one: the last byte counts; else null. */
    ProtocolOption option(final int code) {
        final int at = (code & 0xFF) - firstCode;
        return this != UNKNOWN && at >= 0 && at < options.size() ? options.get(at) : null;
    }

    /** The name of a state in listings. */
    String state(final int state) {
        return state >= 0 && state < states.size() ? states.get(state) : states.getFirst();
    }

    /** The state of a name, -1 if there is none. */
    int stateOf(final String name) {
        final int state = states.indexOf(name);
        return this == TCP && name.equals("LISTEN") ? states.size() - 1 : this == SCTP && state >= SCTP_STATES ? -1 : state;
    }

    /** What messages call an option. */
    String nameOf(final ProtocolOption option) {
        final String short1 = this == GRE ? "srckey" : "sport";
        final String short2 = this == GRE ? "dstkey" : "dport";
        return switch (option) {
            case ORIGINAL_SOURCE_KEY -> short1;
            case ORIGINAL_DESTINATION_KEY -> short2;
            case REPLY_SOURCE_KEY -> "reply-" + keyName + "-src";
            case REPLY_DESTINATION_KEY -> "reply-" + keyName + "-dst";
            case MASK_SOURCE_KEY -> "mask-" + keyName + "-src";
            case MASK_DESTINATION_KEY -> "mask-" + keyName + "-dst";
            case STATE -> "state";
            case TUPLE_SOURCE_KEY -> "tuple-" + keyName + "-src";
            case TUPLE_DESTINATION_KEY -> "tuple-" + keyName + "-dst";
            case ORIGINAL_TAG -> "orig-vtag";
            case REPLY_TAG -> "reply-vtag";
            case ROLE -> "role";
            case ICMP_TYPE -> keyName + "-type";
            case ICMP_CODE -> keyName + "-code";
            case ICMP_ID -> keyName + "-id";
        };
    }

    /** Its long options, with codes above an offset. */
    List<LongOption> longOptions(final int offset) {
        final List<LongOption> all = new ArrayList<>();
        for (int i = 0; i < options.size(); i++) {
            final int code = offset + firstCode + i;
            all.add(new LongOption(nameOf(options.get(i)), OptionArgument.NEEDED, code));
            if (options.get(i) == ProtocolOption.ORIGINAL_SOURCE_KEY) {
                all.add(new LongOption("orig-" + keyName + "-src", OptionArgument.NEEDED, code));
            } else if (options.get(i) == ProtocolOption.ORIGINAL_DESTINATION_KEY) {
                all.add(new LongOption("orig-" + keyName + "-dst", OptionArgument.NEEDED, code));
            }
        }
        return all;
    }

    /** What is said of a broken pair of keys. */
    String brokenPair(final Legality.Pairs pairs) {
        if (pairs == Legality.Pairs.FIRST_BROKEN) {
            return "you have to specify `--" + nameOf(ProtocolOption.ORIGINAL_SOURCE_KEY) + "' and `--"
                    + nameOf(ProtocolOption.ORIGINAL_DESTINATION_KEY) + "'";
        }
        return this == DCCP ? "you have to specify `--reply-port-src' and `--report-port-dst'"
                : "you have to specify `--reply-src-" + keyName + "' and `--reply-dst-" + keyName + "'";
    }

    /** The protocol of a number. */
    static Protocol of(final int number) {
        for (final Protocol protocol : values()) {
            if (protocol.number == number) {
                return protocol;
            }
        }
        return UNKNOWN;
    }
}
