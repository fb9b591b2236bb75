package io.penstock.rules.match;

import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotRt;
import io.penstock.rules.text.AddressText;
import io.penstock.rules.text.CNumber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code -m rt}: the IPv6 routing header, and the addresses in one of type 0.
 *
 * @param tests        what was asked for, a mask of {@link #TYPE} to {@link #NOT_STRICT}
 * @param inversions   which of {@link #TYPE}, {@link #SEGMENTS} and {@link #LENGTH} are inverted
 * @param type         the routing type
 * @param segmentsLow  the least number of segments left
 * @param segmentsHigh the largest number of segments left
 * @param length       the header's length
 * @param addresses    the addresses
 */
public record RtMatch(
        int tests, int inversions, long type, long segmentsLow, long segmentsHigh, long length, List<IpAddress> addresses)
        implements RunnableMatch {

    /** {@code --rt-type}. */
    public static final int TYPE = 1;
    /** {@code --rt-segsleft}. */
    public static final int SEGMENTS = 2;
    /** {@code --rt-len}. */
    public static final int LENGTH = 4;
    /** The reserved field must be 0. */
    public static final int RESERVED = 8;
    /** The addresses must be those. */
    public static final int ADDRESSES = 0x10;
    /** Others may stand between them. */
    public static final int NOT_STRICT = 0x20;

    private static final int MAX_ADDRESSES = 16;

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("rt", 0, """
            rt match options:
            [!] --rt-type type             match the type
            [!] --rt-segsleft num[:num]    match the Segments Left field (range)
            [!] --rt-len length            total length of this header
             --rt-0-res                    check the reserved field too (type 0)
             --rt-0-addrs ADDR[,ADDR...]   Type=0 addresses (list, max: 16)
             --rt-0-not-strict             List of Type=0 addresses not a strict list
            """, scope -> new Parser(),
            OptionSpec.of("rt-type", OptionType.UINT32).inverted(),
            OptionSpec.of("rt-segsleft", OptionType.UINT32_RANGE).inverted(),
            OptionSpec.of("rt-len", OptionType.UINT32).inverted(),
            OptionSpec.of("rt-0-res", OptionType.NONE),
            OptionSpec.of("rt-0-addrs", OptionType.STRING),
            OptionSpec.of("rt-0-not-strict", OptionType.NONE)).in(IpFamily.IPV6);

    /** Keeps its own list. */
    public RtMatch {
        addresses = List.copyOf(addresses);
    }

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (looksAt(TYPE)) {
            HeaderText.option(out, isInverted(TYPE), "rt-type").append(' ').append(type);
        }
        SpiText.save(out, isInverted(SEGMENTS), "rt-segsleft", segmentsLow, segmentsHigh);
        if (looksAt(LENGTH)) {
            HeaderText.option(out, isInverted(LENGTH), "rt-len").append(' ').append(length);
        }
        rest(out, " --rt-0-res", " --rt-0-addrs", " --rt-0-not-strict");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" rt");
        if (looksAt(TYPE)) {
            // Signed, as in the real tool.
            HeaderText.listRange(out, isInverted(TYPE), " type", (int) type, (int) type);
        }
        SpiText.list(out, isInverted(SEGMENTS), " segsleft", segmentsLow, segmentsHigh);
        if (looksAt(LENGTH)) {
            HeaderText.listRange(out, isInverted(LENGTH), " length", length, length);
        }
        rest(out, " reserved", " 0-addrs", " 0-not-strict");
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        final long[] halves = new long[addresses.size() * 2];
        for (int i = 0; i < addresses.size(); i++) {
            halves[2 * i] = addresses.get(i).high();
            halves[2 * i + 1] = addresses.get(i).low();
        }
        return new HotRt(tests, inversions, type, segmentsLow, segmentsHigh, length, halves);
    }

    private void rest(final StringBuilder out, final String reserved, final String list, final String notStrict) {
        if (looksAt(RESERVED)) {
            out.append(reserved);
        }
        if (looksAt(ADDRESSES)) {
            out.append(list);
        }
        char separator = ' ';
        for (final IpAddress address : addresses) {
            out.append(separator).append(AddressText.ipv6(address.high(), address.low()));
            separator = ',';
        }
        if (looksAt(NOT_STRICT)) {
            out.append(notStrict);
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
        private long type;
        private long segmentsLow;
        private long segmentsHigh = CNumber.UNSIGNED_32;
        private long length;
        private List<IpAddress> addresses = List.of();

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            final int test = switch (spec.name()) {
                case "rt-type" -> {
                    type = value.low();
                    yield TYPE;
                }
                case "rt-segsleft" -> {
                    segmentsLow = value.low();
                    segmentsHigh = value.high();
                    yield SEGMENTS;
                }
                case "rt-len" -> {
                    length = value.low();
                    yield LENGTH;
                }
                case "rt-0-res" -> {
                    typeZeroFor("rt-0-res");
                    yield RESERVED;
                }
                case "rt-0-addrs" -> {
                    typeZeroFor("rt-0-addrs");
                    addresses = addresses(value.text());
                    yield ADDRESSES;
                }
                default -> {
                    if ((tests & ADDRESSES) == 0) {
                        throw ParameterProblem.parameter("`--rt-0-addr ...' required before `--rt-0-not-strict'");
                    }
                    yield NOT_STRICT;
                }
            };
            tests |= test;
            inversions |= value.inverted() ? test : 0;
        }

        @Override
        public RtMatch finish() {
            return new RtMatch(tests, inversions, type, segmentsLow, segmentsHigh, length, addresses);
        }

        private void typeZeroFor(final String option) {
            if ((tests & TYPE) == 0 || type != 0 || (inversions & TYPE) != 0) {
                throw ParameterProblem.parameter("`--rt-type 0' required before `--%s'", option);
            }
        }

        private static List<IpAddress> addresses(final String text) {
            final List<IpAddress> addresses = new ArrayList<>();
            for (final String part : text.split(",", -1)) {
                if (addresses.size() == MAX_ADDRESSES) {
                    throw ParameterProblem.parameter("too many addresses specified");
                }
                addresses.add(address(part));
            }
            return addresses;
        }

        private static IpAddress address(final String text) {
            final byte[] bytes = AddressText.ipv6(text);
            if (bytes == null) {
                throw ParameterProblem.parameter("bad address: %s", text);
            }
            final ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return IpAddress.v6(buffer.getLong(), buffer.getLong());
        }
    }
}
