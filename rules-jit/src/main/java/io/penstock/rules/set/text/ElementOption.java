package io.penstock.rules.set.text;

import io.penstock.rules.set.SetElement;

/** Options of elements, in the order in which most listings have them. */
enum ElementOption implements LineOption {
    TIMEOUT("timeout", true, Value.TIMEOUT, ElementReader::timeout, "[timeout VALUE]") {
        @Override
        void print(final StringBuilder text, final SetElement element) {
            text.append(element.timeout);
        }
    },
    NOMATCH("nomatch", false, Value.NOMATCH, ElementReader::noMatch, "[nomatch]") {
        @Override
        boolean isIn(final SetElement element) {
            return element.nomatch;
        }
    },
    WILDCARD("wildcard", false, Value.WILDCARD, ElementReader::wildcard, "[wildcard]") {
        @Override
        boolean isIn(final SetElement element) {
            return element.wildcard;
        }
    },
    BEFORE("before", true, Value.NAMEREF, ElementReader::before, "[before|after NAME]") {
        @Override
        boolean isIn(final SetElement element) {
            return false;
        }
    },
    AFTER("after", true, Value.NAMEREF, ElementReader::after, "") {
        @Override
        boolean isIn(final SetElement element) {
            return false;
        }
    },
    PACKETS("packets", true, Value.PACKETS, ElementReader::packets, "[packets VALUE]") {
        @Override
        void print(final StringBuilder text, final SetElement element) {
            text.append(Long.toUnsignedString(element.packets));
        }
    },
    BYTES("bytes", true, Value.BYTES, ElementReader::bytes, "[bytes VALUE]") {
        @Override
        void print(final StringBuilder text, final SetElement element) {
            text.append(Long.toUnsignedString(element.bytes));
        }
    },
    COMMENT("comment", true, Value.COMMENT, ElementReader::comment, "[comment \"string\"]") {
        @Override
        void print(final StringBuilder text, final SetElement element) {
            text.append('"').append(element.comment).append('"');
        }
    },
    SKBMARK("skbmark", true, Value.SKBMARK, ElementReader::skbMark, "[skbmark VALUE]") {
        @Override
        void print(final StringBuilder text, final SetElement element) {
            text.append("0x").append(Integer.toHexString(element.skbMark));
            if (element.skbMask != -1) {
                text.append("/0x").append(Integer.toHexString(element.skbMask));
            }
        }
    },
    SKBPRIO("skbprio", true, Value.SKBPRIO, ElementReader::skbPriority, "[skbprio VALUE]") {
        @Override
        void print(final StringBuilder text, final SetElement element) {
            text.append(Integer.toHexString(element.skbPrio >>> Short.SIZE)).append(':');
            text.append(Integer.toHexString(element.skbPrio & 0xFFFF));
        }
    },
    SKBQUEUE("skbqueue", true, Value.SKBQUEUE, ElementReader::skbQueue, "[skbqueue VALUE]") {
        @Override
        void print(final StringBuilder text, final SetElement element) {
            text.append(element.skbQueue);
        }
    };

    private final String word;
    private final boolean takesArgument;
    private final Value value;
    private final Reader reader;
    private final String help;

    ElementOption(final String word, final boolean takesArgument, final Value value, final Reader reader, final String help) {
        this.word = word;
        this.takesArgument = takesArgument;
        this.value = value;
        this.reader = reader;
        this.help = help;
    }

    /** How an option is read. */
    @FunctionalInterface
    interface Reader {

        /** Reads it; false if it is wrong. */
        boolean read(Session session, String text);
    }

    @Override
    public String word() {
        return word;
    }

    @Override
    public boolean takesArgument() {
        return takesArgument;
    }

    @Override
    public Value value() {
        return value;
    }

    @Override
    public String help() {
        return help;
    }

    @Override
    public boolean read(final Session session, final String text) {
        return reader.read(session, text);
    }

    /** Whether listings tell it of an element. */
    boolean isIn(final SetElement element) {
        return element.says(value.elementBit());
    }

    /** Prints its argument, if it takes one. */
    void print(final StringBuilder text, final SetElement element) {
    }
}
