package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotConnlabel;
import io.penstock.rules.hot.match.HotConnlabelSet;
import io.penstock.rules.text.CNumber;

/**
 * {@code -m connlabel}: a bit of the packet's connection.
 *
 * <p>To {@code -C} and {@code -D} all rules with a label are the same: the real tool compares no byte of it.
 */
public final class ConnlabelMatch implements RunnableMatch {

    /** Bits of a connection's labels. */
    private static final int LABELS = 128;

    private static final String HELP = """
            connlabel match options:
            [!] --label name     Match if label has been set on connection
                --set            Set label on connection
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "connlabel",
            0,
            HELP,
            Parser::new,
            OptionSpec.of("label", OptionType.STRING).needed().inverted().between(1, 0),
            OptionSpec.of("set", OptionType.NONE));

    private final int label;
    private final boolean inverted;
    private final boolean set;

    /**
     * A match.
     *
     * @param label    the bit's number, 16 bits
     * @param inverted whether the bit must not be set
     * @param set      whether it is set first
     */
    public ConnlabelMatch(final int label, final boolean inverted, final boolean set) {
        this.label = label;
        this.inverted = inverted;
        this.set = set;
    }

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        final String name = ConnlabelNames.read().name(label);
        out.append(inverted ? " ! --label \"" : " --label \"").append(name == null ? Integer.toString(label) : name).append('"')
                .append(set ? " --set" : "");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        final String name = scope.isNumeric() ? null : ConnlabelNames.read().name(label);
        out.append(inverted ? " connlabel ! " : " connlabel ").append(name == null ? Integer.toString(label) : "'" + name + '\'')
                .append(set ? " set" : "");
    }

    @Override
    public String remark() {
        return ConnlabelNames.read().complaint();
    }

    @Override
    public int check(final Place place) {
        return label >= LABELS ? Errno.ERANGE : Kind.FINE;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        scope.tracksConnections();
        scope.labelConnections();
        return set ? new HotConnlabelSet(label, inverted) : new HotConnlabel(label, inverted);
    }

    /** The bit's number. */
    public int label() {
        return label;
    }

    /** Whether the bit must not be set. */
    public boolean isInverted() {
        return inverted;
    }

    /** Whether it is set first. */
    public boolean isSet() {
        return set;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof ConnlabelMatch;
    }

    @Override
    public int hashCode() {
        return LABELS;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("connlabel");
        save(text);
        return text.toString();
    }

    private static final class Parser implements MatchParser {

        private final ParseScope scope;
        private int label;
        private boolean inverted;
        private boolean set;

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if ("set".equals(option.name())) {
                set = true;
                return;
            }
            final String text = value.text();
            final CNumber number = CNumber.read(text, 0, CNumber.ANY_BASE);
            int bit = number.end() == text.length() ? (int) number.value() : -1;
            if (bit < 0) {
                final ConnlabelNames names = ConnlabelNames.read();
                scope.warn(names.complaint());
                bit = names.label(text);
            }
            if (bit < 0) {
                throw ParameterProblem.parameter("label '%s' not found or invalid value", text);
            }
            label = bit & 0xFFFF;
            inverted = value.inverted();
        }

        @Override
        public Match finish() {
            return new ConnlabelMatch(label, inverted, set);
        }
    }
}
