package io.penstock.rules.target;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotEcn;

/**
 * ECN: sets the bits of explicit congestion notification (RFC 3168).
 *
 * @param ece the flag ECE's new value, or {@link #KEEP}
 * @param cwr the flag CWR's new value, or {@link #KEEP}
 * @param ect the IPv4 header's new code point, or {@link #KEEP}
 */
public record EcnTarget(int ece, int cwr, int ect) implements RunnableTarget {

    /** It stays as it is. */
    public static final int KEEP = -1;

    private static final int MAX_CODE_POINT = 3;

    private static final String HELP = """
            ECN target options
              --ecn-tcp-remove\t\tRemove all ECN bits from TCP header
            """;

    static final TargetKind KIND = Definition.of("ECN", HELP, scope -> new Parser(),
            OptionSpec.of("ecn-tcp-remove", OptionType.NONE).excluding("ecn-tcp-cwr", "ecn-tcp-ece"),
            OptionSpec.of("ecn-tcp-cwr", OptionType.UINT8).between(0, 1).excluding("ecn-tcp-remove"),
            OptionSpec.of("ecn-tcp-ece", OptionType.UINT8).between(0, 1).excluding("ecn-tcp-remove"),
            OptionSpec.of("ecn-ip-ect", OptionType.UINT8).between(0, MAX_CODE_POINT))
            .only(IpFamily.IPV4)
            .in(TableName.MANGLE);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    private boolean removes() {
        return ece == 0 && cwr == 0 && ect == KEEP;
    }

    @Override
    public void save(final StringBuilder out) {
        if (removes()) {
            out.append(" --ecn-tcp-remove");
            return;
        }
        write(out, " --ecn-tcp-ece ", ece);
        write(out, " --ecn-tcp-cwr ", cwr);
        write(out, " --ecn-ip-ect ", ect);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" ECN");
        if (removes()) {
            out.append(" TCP remove");
            return;
        }
        write(out, " ECE=", ece);
        write(out, " CWR=", cwr);
        write(out, " ECT codepoint=", ect);
    }

    private static void write(final StringBuilder out, final String heading, final int value) {
        if (value != KEEP) {
            out.append(heading).append(value);
        }
    }

    @Override
    public int check(final Place place) {
        return (ece != KEEP || cwr != KEEP) && !place.isOnly(IpProtocol.TCP) ? ToolText.EINVAL : Kind.FINE;
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotEcn(ece, cwr, ect);
    }

    private static final class Parser extends CheckedParser {

        private int ece = KEEP;
        private int cwr = KEEP;
        private int ect = KEEP;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "ecn-tcp-remove" -> {
                    ece = 0;
                    cwr = 0;
                    ect = KEEP;
                }
                case "ecn-tcp-cwr" -> cwr = (int) value.low();
                case "ecn-tcp-ece" -> ece = (int) value.low();
                default -> ect = (int) value.low();
            }
        }

        @Override
        void verify() {
            if (ece == KEEP && cwr == KEEP && ect == KEEP) {
                throw ParameterProblem.parameter("ECN target: An operation is required");
            }
        }

        @Override
        Target target() {
            return new EcnTarget(ece, cwr, ect);
        }
    }
}
