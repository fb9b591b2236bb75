package io.penstock.conntrack.text;

/** What a protocol's option is about. */
enum ProtocolOption {
    ORIGINAL_SOURCE_KEY, ORIGINAL_DESTINATION_KEY, REPLY_SOURCE_KEY, REPLY_DESTINATION_KEY, MASK_SOURCE_KEY, MASK_DESTINATION_KEY,
    STATE, TUPLE_SOURCE_KEY, TUPLE_DESTINATION_KEY, ORIGINAL_TAG, REPLY_TAG, ROLE, ICMP_TYPE, ICMP_CODE, ICMP_ID;

    /** Which of the pairs of keys it belongs to, -1 for none. */
    int pair() {
        return switch (this) {
            case ORIGINAL_SOURCE_KEY, ORIGINAL_DESTINATION_KEY -> 0;
            case REPLY_SOURCE_KEY, REPLY_DESTINATION_KEY -> 1;
            default -> -1;
        };
    }

    /** Whether it may stand with a command. */
    Legality legality(final CommandKind command, final Protocol protocol) {
        final boolean isFilter = switch (command) {
            case LIST, UPDATE, DELETE, EVENT -> true;
            default -> false;
        };
        final boolean isMaking = command == CommandKind.CREATE || command == CommandKind.ADD;
        final boolean isGet = command == CommandKind.GET;
        final boolean isExpecting = command == CommandKind.EXPECT_CREATE;
        final boolean isExpected = command == CommandKind.EXPECT_DELETE || command == CommandKind.EXPECT_GET;
        return switch (this) {
            case ORIGINAL_SOURCE_KEY, ORIGINAL_DESTINATION_KEY ->
                    of(isFilter, isExpecting || isExpected, isMaking || isGet);
            case REPLY_SOURCE_KEY, REPLY_DESTINATION_KEY ->
                    of(isFilter, isExpected || isExpecting && protocol == Protocol.GRE, isMaking || isGet);
            case MASK_SOURCE_KEY, MASK_DESTINATION_KEY, TUPLE_SOURCE_KEY, TUPLE_DESTINATION_KEY -> of(false, isExpecting, false);
            case STATE -> of(isFilter || isGet, isMaking, false);
            case ORIGINAL_TAG, REPLY_TAG -> of(command == CommandKind.UPDATE || isGet, isMaking || isExpecting, false);
            case ROLE -> of(false, isMaking || isExpecting, false);
            case ICMP_TYPE, ICMP_CODE -> of(isFilter, isMaking || isGet, false);
            case ICMP_ID -> of(isFilter || isMaking || isGet, false, false);
        };
    }

    private static Legality of(final boolean isOptional, final boolean isMandatory, final boolean isPaired) {
        return isOptional ? Legality.OPTIONAL : isMandatory ? Legality.MANDATORY : isPaired ? Legality.PAIRED : Legality.ILLEGAL;
    }
}
