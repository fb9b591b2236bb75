package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotFrag;
import io.penstock.rules.text.CNumber;

/**
 * {@code -m frag}: the IPv6 fragment header.
 *
 * @param tests      what was asked for, a mask of {@link #IDS} to {@link #LAST}
 * @param inversions which of {@link #IDS} and {@link #LENGTH} are inverted
 * @param idLow      the least identification
 * @param idHigh     the largest identification
 * @param length     {@code --fraglen}, which the kernel does not look at
 */
public record FragMatch(int tests, int inversions, long idLow, long idHigh, long length) implements RunnableMatch {

    /** {@code --fragid}. */
    public static final int IDS = 1;
    /** {@code --fraglen}. */
    public static final int LENGTH = 2;
    /** The reserved fields must be 0. */
    public static final int RESERVED = 4;
    /** It must be the first fragment. */
    public static final int FIRST = 8;
    /** More fragments must follow. */
    public static final int MORE = 0x10;
    /** It must be the last fragment. */
    public static final int LAST = 0x20;

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("frag", 0, """
            frag match options:
            [!] --fragid id[:id]           match the id (range)
            [!] --fraglen length           total length of this header
             --fragres                     check the reserved field too
             --fragfirst                   matches on the first fragment
             [--fragmore|--fraglast]       there are more fragments or this
                                           is the last one
            """, scope -> new Parser(),
            OptionSpec.of("fragid", OptionType.UINT32_RANGE).inverted(),
            OptionSpec.of("fraglen", OptionType.UINT32).inverted(),
            OptionSpec.of("fragres", OptionType.NONE),
            OptionSpec.of("fragfirst", OptionType.NONE),
            OptionSpec.of("fragmore", OptionType.NONE).excluding("fraglast"),
            OptionSpec.of("fraglast", OptionType.NONE).excluding("fragmore")).in(IpFamily.IPV6);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        SpiText.save(out, isInverted(IDS), "fragid", idLow, idHigh);
        if (looksAt(LENGTH)) {
            HeaderText.option(out, isInverted(LENGTH), "fraglen").append(' ').append(length);
        }
        flags(out, " --frag", "res");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        SpiText.list(out.append(" frag "), isInverted(IDS), "id", idLow, idHigh);
        if (looksAt(LENGTH)) {
            HeaderText.listRange(out, isInverted(LENGTH), " length", length, length);
        }
        flags(out, " ", "reserved");
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotFrag(idLow, idHigh, isInverted(IDS), looksAt(RESERVED), looksAt(FIRST), looksAt(MORE), looksAt(LAST));
    }

    private void flags(final StringBuilder out, final String before, final String reserved) {
        if (looksAt(RESERVED)) {
            out.append(before).append(reserved);
        }
        if (looksAt(FIRST)) {
            out.append(before).append("first");
        }
        if (looksAt(MORE)) {
            out.append(before).append("more");
        }
        if (looksAt(LAST)) {
            out.append(before).append("last");
        }
    }

    private boolean looksAt(final int test) {
        return (tests & test) != 0;
    }

    private boolean isInverted(final int test) {
        return (inversions & test) != 0;
    }

    /** Reads the options. */
    private static final class Parser implements MatchParser {

        private int tests;
        private int inversions;
        private long idLow;
        private long idHigh = CNumber.UNSIGNED_32;
        private long length;

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            final int test = switch (spec.name()) {
                case "fragid" -> {
                    idLow = value.low();
                    idHigh = value.high();
                    yield IDS;
                }
                case "fraglen" -> {
                    length = value.low();
                    yield LENGTH;
                }
                case "fragres" -> RESERVED;
                case "fragfirst" -> FIRST;
                case "fragmore" -> MORE;
                default -> LAST;
            };
            tests |= test;
            inversions |= value.inverted() ? test : 0;
        }

        @Override
        public FragMatch finish() {
            return new FragMatch(tests, inversions, idLow, idHigh, length);
        }
    }
}
