package io.penstock.rules.target;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import java.util.EnumMap;
import java.util.Map;

/**
 * HMARK: marks the packet with a hash over its addresses and ports.
 *
 * @param family of which family
 * @param values what of the packet is hashed and how, by {@link Part}; numbers of 32 bits, unsigned
 */
public record HmarkTarget(IpFamily family, Map<Part, Integer> values) implements Target {

    private static final String MANDATORY = "--%s is mandatory";
    private static final int SHORT = 0xFFFF;
    private static final long INT = 0xFFFF_FFFFL;

    /** What can be told, in the order of saving. */
    public enum Part {
        /** The prefix length of the source's mask. */
        SOURCE_PREFIX("src-prefix", OptionType.PREFIX_MASK, "src", "%d"),
        /** The prefix length of the destination's mask. */
        DESTINATION_PREFIX("dst-prefix", OptionType.PREFIX_MASK, "dst", "%d"),
        /** The source port's mask. */
        SOURCE_PORT_MASK("sport-mask", OptionType.UINT16, "sport", "0x%04x"),
        /** The destination port's mask. */
        DESTINATION_PORT_MASK("dport-mask", OptionType.UINT16, "dport", "0x%04x"),
        /** The mask of IPsec's index. */
        SPI_MASK("spi-mask", OptionType.UINT32, "spi", "0x%08x"),
        /** Bits set in the source port. */
        SOURCE_PORT("sport", OptionType.UINT16, null, "0x%04x"),
        /** Bits set in the destination port. */
        DESTINATION_PORT("dport", OptionType.UINT16, null, "0x%04x"),
        /** Bits set in IPsec's index. */
        SPI("spi", OptionType.UINT32, null, "0x%08x"),
        /** The protocol's mask. */
        PROTOCOL_MASK("proto-mask", OptionType.UINT16, "proto", "0x%02x"),
        /** The hash's start. */
        START("rnd", OptionType.UINT32, null, "0x%08x"),
        /** The hash is taken modulo this. */
        MODULUS("mod", OptionType.UINT32, null, "%d"),
        /** Added to the rest. */
        OFFSET("offset", OptionType.UINT32, null, "%d"),
        /** The connection's addresses and ports are taken. */
        CONNECTION(null, OptionType.NONE, "ct", null);

        private final String name;
        private final OptionType type;
        /** Its name in {@code --hmark-tuple}. */
        private final String tuple;
        private final String saved;

        Part(final String name, final OptionType type, final String tuple, final String saved) {
            this.name = name;
            this.type = type;
            this.tuple = tuple;
            this.saved = saved;
        }

        private OptionSpec option() {
            final OptionSpec option = OptionSpec.of("hmark-" + name, type);
            return this == MODULUS ? option.between(1, INT) : option;
        }

        private static Part of(final String option) {
            for (final Part part : values()) {
                if (option.equals("hmark-" + part.name)) {
                    return part;
                }
            }
            throw new IllegalStateException("HMARK has no such option: option=" + option);
        }

        /** What a mask is when only {@code --hmark-tuple} names it. */
        private int whole(final IpFamily family) {
            return switch (this) {
                case SOURCE_PREFIX, DESTINATION_PREFIX -> family.addressBytes() * Byte.SIZE;
                case SPI_MASK -> -1;
                default -> SHORT;
            };
        }
    }

    /** The order in which the parts of a tuple are compared: an abbreviation takes the first. */
    private static final Part[] TUPLE = {
        Part.CONNECTION, Part.SOURCE_PREFIX, Part.DESTINATION_PREFIX, Part.SOURCE_PORT_MASK, Part.DESTINATION_PORT_MASK,
        Part.PROTOCOL_MASK, Part.SPI_MASK
    };

    private static final OptionSpec TUPLE_OPTION = OptionSpec.of("hmark-tuple", OptionType.STRING);

    private static final String HELP = """
            HMARK target options, i.e. modify hash calculation by:
              --hmark-tuple [src|dst|sport|dport|spi|proto|ct][,...]
              --hmark-mod value\t\t    nfmark modulus value
              --hmark-offset value\t\t    Last action add value to nfmark

              --hmark-rnd\t\t\t    Random see for hashing
             Alternatively, fine tuning of what will be included in hash calculation
              --hmark-src-prefix length\t    Source address mask CIDR prefix
              --hmark-dst-prefix length\t    Dest address mask CIDR prefix
              --hmark-sport-mask value\t    Mask src port with value
              --hmark-dport-mask value\t    Mask dst port with value
              --hmark-spi-mask value\t    For esp and ah AND spi with value
              --hmark-sport value\t\t    OR src port with value
              --hmark-dport value\t\t    OR dst port with value
              --hmark-spi value\t\t    For esp and ah OR spi with value
              --hmark-proto-mask value\t    Mask Protocol with value
            """;

    static final TargetKind KIND = Definition.of("HMARK", HELP, Parser::new,
            TUPLE_OPTION,
            Part.SOURCE_PREFIX.option(),
            Part.DESTINATION_PREFIX.option(),
            Part.SOURCE_PORT_MASK.option(),
            Part.DESTINATION_PORT_MASK.option(),
            Part.SPI_MASK.option(),
            Part.SOURCE_PORT.option(),
            Part.DESTINATION_PORT.option(),
            Part.SPI.option(),
            Part.PROTOCOL_MASK.option(),
            Part.START.option(),
            Part.MODULUS.option(),
            Part.OFFSET.option());

    /** Hashes certain parts; keeps a copy of them. */
    public HmarkTarget {
        values = Map.copyOf(values);
    }

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        for (final Part part : Part.values()) {
            if (part.name != null && values.containsKey(part)) {
                out.append(" --hmark-").append(part.name).append(' ').append(formatted(part.saved, part));
            }
        }
        if (values.containsKey(Part.CONNECTION)) {
            out.append(" --hmark-tuple ct");
        }
    }

    private String formatted(final String format, final Part part) {
        return String.format(format, values.get(part) & INT);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" HMARK ");
        list(out, Part.MODULUS, "mod %d ");
        list(out, Part.OFFSET, "+ 0x%x ");
        if (values.containsKey(Part.CONNECTION)) {
            out.append("ct, ");
        }
        listPrefix(out, Part.SOURCE_PREFIX, "src-prefix ");
        listPrefix(out, Part.DESTINATION_PREFIX, "dst-prefix ");
        list(out, Part.SOURCE_PORT_MASK, "sport-mask 0x%x ");
        list(out, Part.DESTINATION_PORT_MASK, "dport-mask 0x%x ");
        list(out, Part.SPI_MASK, "spi-mask 0x%x ");
        list(out, Part.SOURCE_PORT, "sport 0x%x ");
        list(out, Part.DESTINATION_PORT, "dport 0x%x ");
        list(out, Part.SPI, "spi 0x%x ");
        list(out, Part.PROTOCOL_MASK, "proto-mask 0x%x ");
        list(out, Part.START, "rnd 0x%x ");
    }

    private void list(final StringBuilder out, final Part part, final String format) {
        if (values.containsKey(part)) {
            out.append(formatted(format, part));
        }
    }

    /** The real tool leaves out the length of a whole IPv6 address, and keeps the blank. */
    private void listPrefix(final StringBuilder out, final Part part, final String heading) {
        if (values.containsKey(part)) {
            final int length = values.get(part);
            out.append(heading).append(length == IpFamily.IPV6.addressBytes() * Byte.SIZE ? "" : length).append(' ');
        }
    }

    @Override
    public int check(final Place place) {
        final boolean portAndIndex = values.containsKey(Part.SPI)
                && (values.containsKey(Part.SOURCE_PORT) || values.containsKey(Part.DESTINATION_PORT));
        return portAndIndex ? ToolText.EINVAL : Kind.FINE;
    }

    private static final class Parser extends CheckedParser {

        private final ParseScope scope;
        private final Map<Part, Integer> values = new EnumMap<>(Part.class);

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if (option.name().equals(TUPLE_OPTION.name())) {
                tuple(value.text());
                return;
            }
            final Part part = Part.of(option.name());
            if (values.containsKey(part)) {
                throw ParameterProblem.parameter("HMARK: option \"--%s\" can only be used once.\n", option.name());
            }
            values.put(part, option.type() == OptionType.PREFIX_MASK ? Address.of(value.address()).prefixLength() : (int) value.low());
        }

        private void tuple(final String text) {
            int from = 0;
            for (int comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', from)) {
                take(text.substring(from, comma), text.substring(from));
                from = comma + 1;
            }
            if (from == text.length()) {
                throw ParameterProblem.parameter("\"--hmark-tuple\" requires a list of types with no spaces, "
                        + "e.g. src,dst,sport,dport,proto");
            }
            take(text.substring(from), text.substring(from));
        }

        private void take(final String type, final String rest) {
            for (final Part part : TUPLE) {
                if (!type.isEmpty() && part.tuple.regionMatches(true, 0, type, 0, type.length())) {
                    values.put(part, part.whole(scope.family()));
                    return;
                }
            }
            throw ParameterProblem.parameter("Bad type \"%s\"", rest);
        }

        @Override
        void verify() {
            refuseIf(!values.containsKey(Part.MODULUS), String.format(MANDATORY, "hmark-mod"));
            refuseIf(!values.containsKey(Part.START), String.format(MANDATORY, "hmark-rnd"));
            refuseIf(values.containsKey(Part.SPI_MASK)
                            && (values.containsKey(Part.SOURCE_PORT_MASK) || values.containsKey(Part.DESTINATION_PORT_MASK)),
                    "you cannot use --hmark-spi-mask and --hmark-?port-mask,at the same time");
            values.keySet().stream()
                    .filter(part -> part != Part.MODULUS && part != Part.START && part != Part.OFFSET)
                    .findAny()
                    .orElseThrow(() -> ParameterProblem.parameter("you have to specify --hmark-tuple at least"));
        }

        private static void refuseIf(final boolean wrong, final String message) {
            if (wrong) {
                throw new ParameterProblem(ParameterProblem.PARAMETER, message);
            }
        }

        @Override
        Target target() {
            return new HmarkTarget(scope.family(), values);
        }
    }
}
