package io.penstock.rules.match;

import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.hot.match.HotSctp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The chunks that a match of SCTP asks for: their types as a mask of 256 bits, and flags of some of them.
 *
 * @param how   one of {@link HotSctp#ANY} to {@link HotSctp#ONLY}
 * @param types the types, 64 to a word
 * @param flags the flags, in the order in which they were given
 */
record SctpChunks(int how, List<Long> types, List<SctpChunks.Flags> flags) {

    private static final int MAX_FLAGS = 4;
    private static final int TYPE_COUNT = 256;
    private static final String NO_FLAGS = "--------";
    private static final String DATA_FLAGS = "----IUBE";
    private static final String TAG_FLAG = "-------T";

    private static final List<Name> NAMES = List.of(
            new Name("DATA", 0, DATA_FLAGS),
            new Name("INIT", 1, NO_FLAGS),
            new Name("INIT_ACK", 2, NO_FLAGS),
            new Name("SACK", 3, NO_FLAGS),
            new Name("HEARTBEAT", 4, NO_FLAGS),
            new Name("HEARTBEAT_ACK", 5, NO_FLAGS),
            new Name("ABORT", 6, TAG_FLAG),
            new Name("SHUTDOWN", 7, NO_FLAGS),
            new Name("SHUTDOWN_ACK", 8, NO_FLAGS),
            new Name("ERROR", 9, NO_FLAGS),
            new Name("COOKIE_ECHO", 10, NO_FLAGS),
            new Name("COOKIE_ACK", 11, NO_FLAGS),
            new Name("ECN_ECNE", 12, NO_FLAGS),
            new Name("ECN_CWR", 13, NO_FLAGS),
            new Name("SHUTDOWN_COMPLETE", 14, TAG_FLAG),
            new Name("I_DATA", 64, DATA_FLAGS),
            new Name("RE_CONFIG", 130, NO_FLAGS),
            new Name("PAD", 132, NO_FLAGS),
            new Name("ASCONF", 193, NO_FLAGS),
            new Name("ASCONF_ACK", 128, NO_FLAGS),
            new Name("FORWARD_TSN", 192, NO_FLAGS),
            new Name("I_FORWARD_TSN", 194, NO_FLAGS));

    /** Reads both words of {@code --chunk-types}. */
    static SctpChunks parse(final String how, final String chunks) {
        final int mode = switch (how.toUpperCase(Locale.ROOT)) {
            case "ANY" -> HotSctp.ANY;
            case "ALL" -> HotSctp.ALL;
            case "ONLY" -> HotSctp.ONLY;
            default -> throw ParameterProblem.parameter("Match type has to be one of \"ALL\", \"ANY\" or \"ONLY\"");
        };
        if ("ALL".equalsIgnoreCase(chunks)) {
            return new SctpChunks(mode, List.of(-1L, -1L, -1L, -1L), List.of());
        }
        final long[] types = new long[TYPE_COUNT / Long.SIZE];
        final List<Flags> flags = new ArrayList<>();
        for (final String part : "NONE".equalsIgnoreCase(chunks) ? List.<String>of() : HeaderText.parts(chunks)) {
            final int colon = part.indexOf(':');
            final int index = index(colon < 0 ? part : part.substring(0, colon));
            final int type = NAMES.get(index).type;
            types[type / Long.SIZE] |= 1L << type;
            for (int i = colon + 1; colon >= 0 && i < part.length(); i++) {
                addFlag(flags, index, part.charAt(i));
            }
        }
        return new SctpChunks(mode, List.of(types[0], types[1], types[2], types[3]), List.copyOf(flags));
    }

    /** Writes both words, each with a blank before it. */
    void append(final StringBuilder out, final boolean isNumeric) {
        out.append(switch (how) {
            case HotSctp.ANY -> " any";
            case HotSctp.ALL -> " all";
            default -> " only";
        });
        if (types.stream().allMatch(word -> word == 0)) {
            out.append(" NONE");
        } else if (types.stream().allMatch(word -> word == -1)) {
            out.append(" ALL");
        } else {
            char separator = ' ';
            for (int type = 0; type < TYPE_COUNT; type++) {
                if ((types.get(type / Long.SIZE) >>> type & 1) != 0) {
                    out.append(separator).append(isNumeric ? String.format("0x%04X", type) : name(type));
                    appendFlags(out, type);
                    separator = ',';
                }
            }
        }
    }

    private void appendFlags(final StringBuilder out, final int type) {
        for (final Flags some : flags) {
            if (some.chunk != type) {
                continue;
            }
            out.append(':');
            for (int bit = Byte.SIZE - 1; bit >= 0; bit--) {
                if ((some.mask >>> bit & 1) != 0) {
                    final char letter = NAMES.get(type).flags.charAt(Byte.SIZE - 1 - bit);
                    out.append((some.set >>> bit & 1) != 0 ? letter : Character.toLowerCase(letter));
                }
            }
        }
    }

    private static String name(final int type) {
        for (final Name name : NAMES) {
            if (name.type == type) {
                return name.text;
            }
        }
        return "";
    }

    private static int index(final String text) {
        for (int index = 0; index < NAMES.size(); index++) {
            if (NAMES.get(index).text.equalsIgnoreCase(text)) {
                return index;
            }
        }
        throw ParameterProblem.parameter("Unknown sctp chunk `%s'", text);
    }

    private static void addFlag(final List<Flags> flags, final int index, final char letter) {
        final char upper = letter >= 'a' && letter <= 'z' ? (char) (letter - 'a' + 'A') : letter;
        final int place = NAMES.get(index).flags.indexOf(upper);
        if (place < 0) {
            throw ParameterProblem.parameter("Invalid flags for chunk type %d", index);
        }
        final int bit = 1 << Byte.SIZE - 1 - place;
        final int set = letter >= 'A' && letter <= 'Z' ? bit : 0;
        for (int i = 0; i < flags.size(); i++) {
            final Flags some = flags.get(i);
            if (some.chunk == index) {
                flags.set(i, new Flags(index, some.set | set, some.mask | bit));
                return;
            }
        }
        if (flags.size() == MAX_FLAGS) {
            throw ParameterProblem.parameter("Number of chunk types with flags exceeds currently allowed limit. Increasing this limit "
                    + "involves changing IPT_NUM_SCTP_FLAGS and recompiling both the kernel space and user space modules");
        }
        flags.add(new Flags(index, set, bit));
    }

    /** A chunk's name, its number, and the letters of its flags, the highest bit first. */
    private record Name(String text, int type, String flags) {
    }

    /**
     * Flags of a chunk.
     *
     * @param chunk the chunk's place in the list of names, which is its number up to 14; behind them the real tool and the kernel mean
     *              different chunks by it, so those flags have no effect and are not saved
     * @param set   the flags that must be set
     * @param mask  the flags that are looked at
     */
    record Flags(int chunk, int set, int mask) {
    }
}
