package io.penstock.rules.match;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import java.util.List;
import java.util.Locale;

/**
 * {@code -m ipvs}: the IPVS connection that a packet belongs to.
 *
 * @param tests       what was asked for, a mask of {@link #IPVS} to {@link #CONTROL_PORT}
 * @param inversions  which of them are inverted; of {@link #DIRECTION}, whether it is that of replies
 * @param protocol    the virtual service's protocol
 * @param address     the virtual service's address, null for any
 * @param port        the virtual service's port
 * @param method      the forwarding method, by its place in {@code GATE, IPIP, MASQ}
 * @param controlPort the port of the connection that controls this one
 */
public record IpvsMatch(
        int tests, int inversions, int protocol, MaskedAddress address, int port, int method, int controlPort) implements Match {

    /** It belongs to one. */
    public static final int IPVS = 1;
    /** {@code --vproto}. */
    public static final int PROTOCOL = 2;
    /** {@code --vaddr}. */
    public static final int ADDRESS = 4;
    /** {@code --vport}. */
    public static final int PORT = 8;
    /** {@code --vdir}. */
    public static final int DIRECTION = 0x10;
    /** {@code --vmethod}. */
    public static final int METHOD = 0x20;
    /** {@code --vportctl}. */
    public static final int CONTROL_PORT = 0x40;

    private static final List<String> DIRECTIONS = List.of("ORIGINAL", "REPLY");
    private static final List<String> METHODS = List.of("GATE", "IPIP", "MASQ");

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("ipvs", 0, """
            IPVS match options:
            [!] --ipvs                      packet belongs to an IPVS connection

            Any of the following options implies --ipvs (even negated)
            [!] --vproto protocol           VIP protocol to match; by number or name,
                                            e.g. "tcp"
            [!] --vaddr address[/mask]      VIP address to match
            [!] --vport port                VIP port to match; by number or name,
                                            e.g. "http"
                --vdir {ORIGINAL|REPLY}     flow direction of packet
            [!] --vmethod {GATE|IPIP|MASQ}  IPVS forwarding method used
            [!] --vportctl port             VIP port of the controlling connection to
                                            match, e.g. 21 for FTP
            """, scope -> new Parser(),
            OptionSpec.of("ipvs", OptionType.NONE).inverted(),
            OptionSpec.of("vproto", OptionType.PROTOCOL).inverted(),
            OptionSpec.of("vaddr", OptionType.HOST_MASK).inverted(),
            OptionSpec.of("vport", OptionType.PORT).inverted(),
            OptionSpec.of("vdir", OptionType.STRING),
            OptionSpec.of("vmethod", OptionType.STRING).inverted(),
            OptionSpec.of("vportctl", OptionType.PORT).inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        before(out, "--");
        if (looksAt(ADDRESS)) {
            address.save(option(out, ADDRESS, "--vaddr "));
        }
        behind(out, "--");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        before(out, "");
        if (looksAt(ADDRESS)) {
            address.list(option(out, ADDRESS, "vaddr "), scope);
        }
        behind(out, "");
    }

    private void before(final StringBuilder out, final String prefix) {
        if (tests == IPVS) {
            option(out, IPVS, prefix + "ipvs");
        }
        if (looksAt(PROTOCOL)) {
            option(out, PROTOCOL, prefix + "vproto ").append(protocol);
        }
    }

    private void behind(final StringBuilder out, final String prefix) {
        if (looksAt(PORT)) {
            option(out, PORT, prefix + "vport ").append(port);
        }
        if (looksAt(DIRECTION)) {
            out.append(' ').append(prefix).append("vdir ").append(DIRECTIONS.get(isInverted(DIRECTION) ? 1 : 0));
        }
        if (looksAt(METHOD)) {
            option(out, METHOD, prefix + "vmethod ").append(METHODS.get(method));
        }
        if (looksAt(CONTROL_PORT)) {
            option(out, CONTROL_PORT, prefix + "vportctl ").append(controlPort);
        }
    }

    private StringBuilder option(final StringBuilder out, final int test, final String text) {
        return out.append(isInverted(test) ? " ! " : " ").append(text);
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
        private int protocol;
        private MaskedAddress address;
        private int port;
        private int method;
        private int controlPort;

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            final int number = (int) value.low();
            boolean inverted = value.inverted();
            final int test = switch (spec.name()) {
                case "ipvs" -> IPVS;
                case "vproto" -> {
                    protocol = number;
                    yield PROTOCOL;
                }
                case "vaddr" -> {
                    address = MaskedAddress.of(value);
                    yield ADDRESS;
                }
                case "vport" -> {
                    port = number;
                    yield PORT;
                }
                case "vdir" -> {
                    inverted = word(DIRECTIONS, spec, value.text()) != 0;
                    yield DIRECTION;
                }
                case "vmethod" -> {
                    method = word(METHODS, spec, value.text());
                    yield METHOD;
                }
                default -> {
                    controlPort = number;
                    yield CONTROL_PORT;
                }
            };
            tests |= test;
            inversions |= inverted ? test : 0;
        }

        @Override
        public void finalCheck() {
            if (tests == 0) {
                throw ParameterProblem.parameter("IPVS: At least one option is required");
            }
            if (tests != IPVS && (inversions & IPVS) != 0) {
                throw ParameterProblem.parameter("! --ipvs cannot be together with other options");
            }
        }

        @Override
        public IpvsMatch finish() {
            return new IpvsMatch(tests | IPVS, inversions, protocol, address, port, method, controlPort);
        }

        private static int word(final List<String> words, final OptionSpec spec, final String text) {
            final int word = words.indexOf(text.toUpperCase(Locale.ROOT));
            if (word < 0) {
                throw ParameterProblem.parameter("ipvs: Bad value for \"--%s\" option: \"%s\"", spec.name(), text);
            }
            return word;
        }
    }
}
