package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.ConnectionGroups;
import io.penstock.rules.hot.match.HotConnlimit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code -m connlimit}: how many connections there are of an address or network.
 *
 * @param limit       the number, unsigned
 * @param above       whether there must be more, not at most so many
 * @param prefix      which bits of the address count
 * @param destination whether it is the destination's, not the source's
 */
public record ConnlimitMatch(int limit, boolean above, int prefix, boolean destination) implements RunnableMatch {

    /** Names for what each rule has of its own, so that it goes with the rule's table. */
    private static final AtomicLong RULES = new AtomicLong();

    private static final String HELP = """
            connlimit match options:
              --connlimit-upto n     match if the number of existing connections is 0..n
              --connlimit-above n    match if the number of existing connections is >n
              --connlimit-mask n     group hosts using prefix length (default: max len)
              --connlimit-saddr      select source address for grouping
              --connlimit-daddr      select destination addresses for grouping
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "connlimit",
            1,
            HELP,
            Parser::new,
            OptionSpec.of("connlimit-upto", OptionType.UINT32).inverted().excluding("connlimit-above"),
            OptionSpec.of("connlimit-above", OptionType.UINT32).inverted().excluding("connlimit-upto"),
            OptionSpec.of("connlimit-mask", OptionType.PREFIX_MASK),
            OptionSpec.of("connlimit-saddr", OptionType.NONE).excluding("connlimit-daddr"),
            OptionSpec.of("connlimit-daddr", OptionType.NONE).excluding("connlimit-saddr"));

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(above ? " --connlimit-above " : " --connlimit-upto ").append(Integer.toUnsignedString(limit))
                .append(" --connlimit-mask ").append(prefix).append(destination ? " --connlimit-daddr" : " --connlimit-saddr");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" #conn ").append(destination ? "dst/" : "src/").append(prefix).append(above ? " > " : " <= ")
                .append(Integer.toUnsignedString(limit));
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        scope.tracksConnections();
        final ConnectionGroups groups =
                scope.shared(ConnectionGroups.class, Long.toString(RULES.incrementAndGet()), ConnectionGroups::new);
        final boolean isIpv4 = scope.place().family() == IpFamily.IPV4;
        return new HotConnlimit(groups, limit, above, isIpv4 ? 0 : ones(Math.min(prefix, Long.SIZE)),
                isIpv4 ? ones(prefix) >>> Integer.SIZE : ones(prefix - Long.SIZE), destination);
    }

    /** A word that begins with so many ones. */
    private static long ones(final int count) {
        return count <= 0 ? 0 : -1L << Long.SIZE - count;
    }

    private static final class Parser implements MatchParser {

        private final int bits;
        private boolean hasLimit;
        private int limit;
        private boolean above = true;
        private int prefix;
        private boolean destination;

        Parser(final ParseScope scope) {
            bits = scope.family().addressBytes() * Byte.SIZE;
            prefix = bits;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "connlimit-upto", "connlimit-above" -> {
                    hasLimit = true;
                    limit = (int) value.low();
                    above = "connlimit-above".equals(option.name()) != value.inverted();
                }
                // A mask with a gap has no length, and counts as all ones.
                case "connlimit-mask" -> prefix = value.prefix() < 0 ? bits : value.prefix();
                case "connlimit-saddr" -> destination = false;
                default -> destination = true;
            }
        }

        @Override
        public void finalCheck() {
            if (!hasLimit) {
                throw ParameterProblem.parameter("You must specify \"--connlimit-above\" or \"--connlimit-upto\".");
            }
        }

        @Override
        public Match finish() {
            return new ConnlimitMatch(limit, above, prefix, destination);
        }
    }
}
