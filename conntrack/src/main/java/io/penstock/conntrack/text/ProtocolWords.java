package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnTuple;

/** Reads the arguments of a protocol's options. What is no number is 0, and what is too large loses its upper bits. */
final class ProtocolWords {

    private final Console console;
    private final Protocol protocol;
    private final Template template;

    ProtocolWords(final Console console, final Protocol protocol, final Template template) {
        this.console = console;
        this.protocol = protocol;
        this.template = template;
    }

    void read(final ProtocolOption option, final String text) {
        switch (option) {
            case STATE -> state(text);
            case ROLE -> role(text);
            case ORIGINAL_TAG -> {
                template.said.add(Field.ORIGINAL_TAG);
                template.originalTag = (int) CText.signed(text);
            }
            case REPLY_TAG -> {
                template.said.add(Field.REPLY_TAG);
                template.replyTag = (int) CText.signed(text);
            }
            case ICMP_TYPE -> {
                template.icmpType((int) CText.signed(text) & 0xFF);
                icmpProtocol();
            }
            case ICMP_CODE -> {
                template.icmpCode((int) CText.signed(text) & 0xFF);
                icmpProtocol();
            }
            case ICMP_ID -> {
                template.icmpId((int) CText.signed(text) & 0xFFFF);
                icmpProtocol();
            }
            default -> key(option, key(text));
        }
    }

    /** Ports are decimal; GRE's keys may be of any base. */
    private int key(final String text) {
        return (int) (protocol.number() == ConnTuple.GRE ? CText.read(text, true).value() : CText.signed(text)) & 0xFFFF;
    }

    private void key(final ProtocolOption option, final int key) {
        switch (option) {
            case ORIGINAL_SOURCE_KEY -> set(template.original, true, key, Field.SOURCE_KEY, Field.PROTOCOL);
            case ORIGINAL_DESTINATION_KEY -> set(template.original, false, key, Field.DESTINATION_KEY, Field.PROTOCOL);
            case REPLY_SOURCE_KEY -> set(template.reply, true, key, Field.REPLY_SOURCE_KEY, Field.REPLY_PROTOCOL);
            case REPLY_DESTINATION_KEY -> set(template.reply, false, key, Field.REPLY_DESTINATION_KEY, Field.REPLY_PROTOCOL);
            case TUPLE_SOURCE_KEY -> set(template.tuple, true, key, null, null);
            case TUPLE_DESTINATION_KEY -> set(template.tuple, false, key, null, null);
            case MASK_SOURCE_KEY -> set(template.mask, true, key, null, null);
            case MASK_DESTINATION_KEY -> set(template.mask, false, key, null, null);
            default -> throw new IllegalArgumentException("no key: option=" + option);
        }
    }

    private void set(final Side side, final boolean isSource, final int key, final Field said, final Field saidProtocol) {
        side.protocol = protocol.number();
        if (isSource) {
            side.sourceKey = key;
        } else {
            side.destinationKey = key;
        }
        if (said != null) {
            template.said.add(said);
            template.said.add(saidProtocol);
        }
    }

    /** The answers' protocol is told only if their addresses were. */
    private void icmpProtocol() {
        template.original.protocol = protocol.number();
        template.said.add(Field.PROTOCOL);
        if (template.says(Field.REPLY_FAMILY)) {
            template.reply.protocol = protocol.number();
            template.said.add(Field.REPLY_PROTOCOL);
        }
    }

    private void state(final String text) {
        final int state = protocol.stateOf(text);
        if (state < 0) {
            throw console.wrong((protocol == Protocol.DCCP ? "Unknown DCCP" : protocol == Protocol.SCTP ? "unknown SCTP" : "unknown TCP")
                    + " state `" + text + "'");
        }
        template.said.add(Field.STATE);
        template.stateOf = protocol;
        template.state = state;
    }

    private void role(final String text) {
        if (!CText.isBeginning(text, "client") && !CText.isBeginning(text, "server")) {
            throw console.wrong("Unknown DCCP role `" + text + "'");
        }
    }
}
