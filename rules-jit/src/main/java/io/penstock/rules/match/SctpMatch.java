package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotSctp;
import java.util.List;

/**
 * {@code -m sctp}: ports and chunks of an SCTP packet. A fragment that is not the first one never matches.
 *
 * @param tests           what it looks at, a mask of {@link HotSctp#SOURCE} to {@link HotSctp#CHUNKS}
 * @param inversions      which of them are inverted
 * @param sourceLow       the least source port
 * @param sourceHigh      the largest source port
 * @param destinationLow  the least destination port
 * @param destinationHigh the largest destination port
 * @param chunks          the chunks
 */
record SctpMatch(
        int tests, int inversions, int sourceLow, int sourceHigh, int destinationLow, int destinationHigh, SctpChunks chunks)
        implements RunnableMatch {

    private static final String PROTOCOL = "sctp";

    /** Its kind. */
    static final MatchKind KIND = DescribedMatchKind.of(PROTOCOL, 0, """
            sctp match options
            [!] --source-port port[:port]                          match source port(s)
             --sport ...
            [!] --destination-port port[:port]                     match destination port(s)
             --dport ...
            [!] --chunk-types (all|any|none) (chunktype[:flags])+\tmatch if all, any or none of
            \t\t\t\t\t\t        chunktypes are present
            chunktypes - DATA INIT INIT_ACK SACK HEARTBEAT HEARTBEAT_ACK ABORT SHUTDOWN SHUTDOWN_ACK ERROR \
            COOKIE_ECHO COOKIE_ACK ECN_ECNE ECN_CWR SHUTDOWN_COMPLETE ASCONF ASCONF_ACK FORWARD_TSN ALL NONE
            """, Parser::new,
            HeaderText.SOURCE_PORT,
            OptionSpec.alias("sport", HeaderText.SOURCE_PORT),
            HeaderText.DESTINATION_PORT,
            OptionSpec.alias("dport", HeaderText.DESTINATION_PORT),
            OptionSpec.of("chunk-types", OptionType.STRING).twoArguments().inverted().repeated()).of(IpProtocol.SCTP);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (looksAt(HotSctp.SOURCE)) {
            HeaderText.range(out, isInverted(HotSctp.SOURCE), "sport", sourceLow, sourceHigh);
        }
        if (looksAt(HotSctp.DESTINATION)) {
            HeaderText.range(out, isInverted(HotSctp.DESTINATION), "dport", destinationLow, destinationHigh);
        }
        if (looksAt(HotSctp.CHUNKS)) {
            chunks.append(HeaderText.option(out, isInverted(HotSctp.CHUNKS), "chunk-types"), false);
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" sctp");
        if (looksAt(HotSctp.SOURCE)) {
            HeaderText.listPorts(out, isInverted(HotSctp.SOURCE), "spt", sourceLow, sourceHigh, PROTOCOL, scope);
        }
        if (looksAt(HotSctp.DESTINATION)) {
            HeaderText.listPorts(out, isInverted(HotSctp.DESTINATION), "dpt", destinationLow, destinationHigh, PROTOCOL, scope);
        }
        if (looksAt(HotSctp.CHUNKS)) {
            chunks.append(out.append(isInverted(HotSctp.CHUNKS) ? " !" : ""), scope.isNumeric());
        }
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        final int count = chunks.flags().size();
        final int[] flags = new int[count];
        for (int i = 0; i < count; i++) {
            final SctpChunks.Flags some = chunks.flags().get(i);
            flags[i] = HotSctp.flags(some.chunk(), some.set(), some.mask());
        }
        return new HotSctp(tests, inversions, sourceLow, sourceHigh, destinationLow, destinationHigh, chunks.how(),
                chunks.types().stream().mapToLong(Long::longValue).toArray(), flags);
    }

    private boolean looksAt(final int test) {
        return (tests & test) != 0;
    }

    private boolean isInverted(final int test) {
        return (inversions & test) != 0;
    }

    /** Reads the options. */
    private static final class Parser implements MatchParser {

        private final ParseScope scope;
        private int tests;
        private int inversions;
        private int[] source = {0, 0};
        private int[] destination = source;
        private SctpChunks chunks = new SctpChunks(0, List.of(0L, 0L, 0L, 0L), List.of());

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            switch (spec.name()) {
                case "source-port" -> {
                    add(HotSctp.SOURCE, spec, value);
                    source = HeaderText.ports(scope.names(), value.text(), PROTOCOL);
                }
                case "destination-port" -> {
                    add(HotSctp.DESTINATION, spec, value);
                    destination = HeaderText.ports(scope.names(), value.text(), PROTOCOL);
                }
                default -> {
                    add(HotSctp.CHUNKS, spec, value);
                    if (HeaderText.isMissing(value.more())) {
                        throw ParameterProblem.parameter("--chunk-types requires two args");
                    }
                    chunks = SctpChunks.parse(value.text(), value.more());
                }
            }
        }

        @Override
        public SctpMatch finish() {
            return new SctpMatch(tests, inversions, source[0], source[1], destination[0], destination[1], chunks);
        }

        private void add(final int test, final OptionSpec spec, final OptionValue value) {
            if ((tests & test) != 0) {
                throw ParameterProblem.parameter("Only one `--%s' allowed", spec.name());
            }
            tests |= test;
            inversions |= value.inverted() ? test : 0;
        }
    }
}
