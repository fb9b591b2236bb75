package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotTos;
import java.util.Map;

/**
 * TOS: clears bits of IPv4's type of service or IPv6's traffic class, then flips bits.
 *
 * @param value the bits to flip
 * @param mask  the bits to clear
 */
public record TosTarget(int value, int mask) implements RunnableTarget {

    private static final int BYTE = 0xFF;
    /** The mask that belongs to a value given by name. */
    private static final int NAMED_MASK = 0x3F;

    private static final String[] NAMES = {"set-tos", "and-tos", "or-tos", "xor-tos"};

    private static final Map<Integer, String> SYMBOLS = Map.of(
            0x10, "Minimize-Delay",
            0x08, "Maximize-Throughput",
            0x04, "Maximize-Reliability",
            0x02, "Minimize-Cost",
            0x00, "Normal-Service");

    private static final String HELP = """
            TOS target vlibxtables.so.12 options:
              --set-tos value[/mask]  Set Type of Service/Priority field to value
                                      (Zero out bits in mask and XOR value into TOS)
              --set-tos symbol        Set TOS field (IPv4 only) by symbol
                                      (this zeroes the 4-bit Precedence part!)
                                      Accepted symbolic names for value are:
                                        (0x10) 16 Minimize-Delay
                                        (0x08)  8 Maximize-Throughput
                                        (0x04)  4 Maximize-Reliability
                                        (0x02)  2 Minimize-Cost
                                        (0x00)  0 Normal-Service

              --and-tos bits          Binary AND the TOS value with bits
              --or-tos  bits          Binary OR the TOS value with bits
              --xor-tos bits          Binary XOR the TOS value with bits
            """;

    static final TargetKind KIND = Definition.of("TOS", HELP, Parser::new,
            OptionSpec.of("set-tos", OptionType.TOS_MASK).between(0, NAMED_MASK).excluding(NAMES),
            OptionSpec.of("and-tos", OptionType.UINT8).excluding(NAMES),
            OptionSpec.of("or-tos", OptionType.UINT8).excluding(NAMES),
            OptionSpec.of("xor-tos", OptionType.UINT8).excluding(NAMES))
            .revised(1)
            .in(TableName.MANGLE);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --set-tos ").append(ToolText.hex2(value)).append('/').append(ToolText.hex2(mask));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(' ');
        final boolean named = !scope.isNumeric() && mask == NAMED_MASK && SYMBOLS.containsKey(value);
        if (named) {
            // The real tool has no blank before the name and one more before the heading.
            out.append(" TOS set").append(SYMBOLS.get(value));
        } else if (!scope.isNumeric() && value == 0) {
            out.append("TOS and ").append(ToolText.hex2(~mask & BYTE));
        } else if (!scope.isNumeric() && value == mask) {
            out.append("TOS or ").append(ToolText.hex2(value));
        } else if (!scope.isNumeric() && mask == 0) {
            out.append("TOS xor ").append(ToolText.hex2(value));
        } else {
            out.append("TOS set ").append(ToolText.hex2(value)).append('/').append(ToolText.hex2(mask));
        }
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotTos(value, mask);
    }

    private static final class Parser extends CheckedParser {

        private TosTarget target;

        Parser(final ParseScope scope) {
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            final int number = (int) value.low();
            target = switch (option.name()) {
                case "set-tos" -> new TosTarget(number, (int) value.high());
                case "and-tos" -> new TosTarget(0, ~number & BYTE);
                case "or-tos" -> new TosTarget(number, number);
                default -> new TosTarget(number, 0);
            };
        }

        @Override
        void verify() {
            if (target == null) {
                throw ParameterProblem.parameter("TOS: An action is required");
            }
        }

        @Override
        Target target() {
            return target;
        }
    }
}
