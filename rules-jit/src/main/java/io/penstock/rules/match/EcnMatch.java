package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.os.hot.packet.IpProtocol;
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
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotEcn;

/**
 * Looks at explicit congestion notification (RFC 3168); what is null is not looked at.
 *
 * @param cwr TCP's CWR flag
 * @param ece TCP's ECE flag
 * @param ect the codepoint in the network header, 0 to 3
 */
public record EcnMatch(Given<Boolean> cwr, Given<Boolean> ece, Given<Integer> ect) implements RunnableMatch {

    static final MatchKind KIND = DescribedMatchKind.of(
            "ecn",
            0,
            """
            ECN match options
            [!] --ecn-tcp-cwr 		Match CWR bit of TCP header
            [!] --ecn-tcp-ece		Match ECE bit of TCP header
            [!] --ecn-ip-ect [0..3]	Match ECN codepoint in IPv4/IPv6 header
            """,
            scope -> new Parser(),
            OptionSpec.of("ecn-tcp-cwr", OptionType.NONE).inverted(),
            OptionSpec.of("ecn-tcp-ece", OptionType.NONE).inverted(),
            OptionSpec.of("ecn-ip-ect", OptionType.UINT8).between(0, 3).inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (ece != null) {
            ece.mark(out);
            out.append(" --ecn-tcp-ece");
        }
        if (cwr != null) {
            cwr.mark(out);
            out.append(" --ecn-tcp-cwr");
        }
        if (ect != null) {
            ect.mark(out);
            out.append(" --ecn-ip-ect ").append(ect.value());
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" ECN match");
        if (ece != null) {
            out.append(ece.inverted() ? " !ECE" : " ECE");
        }
        if (cwr != null) {
            out.append(cwr.inverted() ? " !CWR" : " CWR");
        }
        if (ect != null) {
            out.append(ect.inverted() ? " !ECT=" : " ECT=").append(ect.value());
        }
    }

    @Override
    public int check(final Place place) {
        return (ece != null || cwr != null) && !place.isOnly(IpProtocol.TCP) ? Errno.EINVAL : Kind.FINE;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotEcn(tcp(cwr), tcp(ece), ect == null ? HotEcn.ANY : ect.value(), ect != null && ect.inverted());
    }

    private static int tcp(final Given<Boolean> flag) {
        return flag == null ? HotEcn.ANY : flag.inverted() ? HotEcn.CLEAR : HotEcn.SET;
    }

    private static final class Parser implements MatchParser {

        private Given<Boolean> cwr;
        private Given<Boolean> ece;
        private Given<Integer> ect;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "ecn-tcp-cwr" -> cwr = new Given<>(true, value.inverted());
                case "ecn-tcp-ece" -> ece = new Given<>(true, value.inverted());
                default -> ect = new Given<>((int) value.low(), value.inverted());
            }
        }

        @Override
        public void finalCheck() {
            if (cwr == null && ece == null && ect == null) {
                throw parameter("ECN match: some option required");
            }
        }

        @Override
        public Match finish() {
            return new EcnMatch(cwr, ece, ect);
        }
    }
}
