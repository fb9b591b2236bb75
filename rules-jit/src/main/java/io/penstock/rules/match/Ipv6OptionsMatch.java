package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
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
import io.penstock.rules.hot.match.HotIpv6Options;
import io.penstock.rules.text.CNumber;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code -m hbh} and {@code -m dst}: the IPv6 hop-by-hop or destination options header, and the options that it begins with.
 *
 * @param destination    whether it is about the destination options
 * @param hasLength      whether the length was asked for
 * @param length         the header's length
 * @param lengthInverted whether it must be another
 * @param hasOptions     whether options were asked for
 * @param options        the options: the type, times 256, plus the length, {@link HotIpv6Options#ANY_LENGTH} for any
 */
public record Ipv6OptionsMatch(
        boolean destination, boolean hasLength, long length, boolean lengthInverted, boolean hasOptions, List<Integer> options)
        implements RunnableMatch {

    private static final int MAX_OPTIONS = 16;

    private static final String HBH = "hbh";
    private static final String DST = "dst";

    /** The kind for hop-by-hop options. */
    public static final MatchKind HBH_KIND = kind(HBH, """
            hbh match options:
            [!] --hbh-len length            total length of this header
              --hbh-opts TYPE[:LEN][,TYPE[:LEN]...]\s
                                            Options and its length (list, max: 16)
            """, false);
    /** The kind for destination options. */
    public static final MatchKind DST_KIND = kind(DST, """
            dst match options:
            [!] --dst-len length            total length of this header
              --dst-opts TYPE[:LEN][,TYPE[:LEN]...]
                                            Options and its length (list, max: 16)
            """, true);

    /** Keeps its own list. */
    public Ipv6OptionsMatch {
        options = List.copyOf(options);
    }

    @Override
    public MatchKind kind() {
        return destination ? DST_KIND : HBH_KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        final String name = kind().name();
        if (hasLength) {
            HeaderText.option(out, lengthInverted, name).append("-len ").append(length);
        }
        if (hasOptions) {
            HeaderText.option(out, false, name).append("-opts");
        }
        appendOptions(out);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(' ').append(kind().name());
        if (hasLength) {
            HeaderText.listRange(out, lengthInverted, " length", length, length);
        }
        if (hasOptions) {
            out.append(" opts");
        }
        appendOptions(out);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotIpv6Options(destination ? IpProtocol.DESTINATION_OPTIONS : IpProtocol.HOP_BY_HOP,
                hasLength, length, lengthInverted, options.stream().mapToInt(Integer::intValue).toArray());
    }

    private void appendOptions(final StringBuilder out) {
        char separator = ' ';
        for (final int option : options) {
            out.append(separator).append(option >>> Byte.SIZE);
            if ((option & HotIpv6Options.ANY_LENGTH) != HotIpv6Options.ANY_LENGTH) {
                out.append(':').append(option & HotIpv6Options.ANY_LENGTH);
            }
            separator = ',';
        }
    }

    private static MatchKind kind(final String name, final String help, final boolean destination) {
        return DescribedMatchKind.of(name, 0, help, scope -> new Parser(destination),
                OptionSpec.of(name + "-len", OptionType.UINT32).inverted(),
                OptionSpec.of(name + "-opts", OptionType.STRING)).in(IpFamily.IPV6);
    }

    /** Reads the options. */
    private static final class Parser implements MatchParser {

        private final boolean destination;
        private boolean hasLength;
        private long length;
        private boolean lengthInverted;
        private boolean hasOptions;
        private List<Integer> options = List.of();

        Parser(final boolean destination) {
            this.destination = destination;
        }

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            if (spec.type() == OptionType.UINT32) {
                hasLength = true;
                length = value.low();
                lengthInverted = value.inverted();
            } else {
                options = options(value.text());
                hasOptions = true;
            }
        }

        @Override
        public Ipv6OptionsMatch finish() {
            return new Ipv6OptionsMatch(destination, hasLength, length, lengthInverted, hasOptions, options);
        }

        private List<Integer> options(final String text) {
            final List<Integer> read = new ArrayList<>();
            for (final String part : text.split(",", -1)) {
                if (read.size() == MAX_OPTIONS) {
                    throw ParameterProblem.parameter("too many addresses specified");
                }
                final int colon = part.indexOf(':');
                if (colon >= 0 && read.size() == MAX_OPTIONS - 1) {
                    throw ParameterProblem.parameter("too many ports specified");
                }
                final int type = number(colon < 0 ? part : part.substring(0, colon), "opt");
                if (colon >= 0 && type == 0) {
                    throw ParameterProblem.parameter(destination ? "PAD0 hasn't got length" : "PAD0 has not got length");
                }
                final int bytes = colon < 0 ? HotIpv6Options.ANY_LENGTH : number(part.substring(colon + 1), "length");
                read.add(type << Byte.SIZE | bytes);
            }
            return read;
        }

        /** A number of which the low 8 bits count, as in the real tool. */
        private int number(final String text, final String what) {
            final CNumber number = CNumber.read(text, 0, CNumber.ANY_BASE);
            final String name = destination ? DST : HBH;
            if (number.end() == 0) {
                throw ParameterProblem.parameter("%s: no valid digits in %s `%s'", name, what, text);
            }
            if (number.overflow()) {
                throw ParameterProblem.parameter("%s `%s' specified too big: would overflow", what, text);
            }
            if (number.end() < text.length()) {
                throw ParameterProblem.parameter("%s: error parsing %s `%s'", name, what, text);
            }
            return (int) (number.value() & CNumber.UNSIGNED_8);
        }
    }
}
