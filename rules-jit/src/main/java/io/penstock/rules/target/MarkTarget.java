package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotMark;

/**
 * MARK: clears bits of the packet's mark, then flips bits.
 *
 * @param mark the bits to flip
 * @param mask the bits to clear
 */
public record MarkTarget(int mark, int mask) implements RunnableTarget {

    private static final String[] NAMES = {"set-xmark", "set-mark", "and-mark", "or-mark", "xor-mark"};

    private static final String HELP = """
            MARK target options:
              --set-xmark value[/mask]  Clear bits in mask and XOR value into nfmark
              --set-mark value[/mask]   Clear bits in mask and OR value into nfmark
              --and-mark bits           Binary AND the nfmark with bits
              --or-mark bits            Binary OR the nfmark with bits
              --xor-mark bits           Binary XOR the nfmark with bits
            """;

    static final TargetKind KIND = Definition.of("MARK", HELP, Parser::new,
            operation("set-xmark", OptionType.MARK_MASK),
            operation("set-mark", OptionType.MARK_MASK),
            operation("and-mark", OptionType.UINT32),
            operation("or-mark", OptionType.UINT32),
            operation("xor-mark", OptionType.UINT32))
            .revised(2);

    private static OptionSpec operation(final String name, final OptionType type) {
        return OptionSpec.of(name, type).excluding(NAMES);
    }

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --set-xmark ").append(ToolText.hex(mark)).append('/').append(ToolText.hex(mask));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        describe(out.append(" MARK "), mark, mask);
    }

    /** Says in the shortest way what is done to a mark. */
    static void describe(final StringBuilder out, final int mark, final int mask) {
        if (mark == 0) {
            out.append("and ").append(ToolText.hex(~mask));
        } else if (mark == mask) {
            out.append("or ").append(ToolText.hex(mark));
        } else if (mask == 0) {
            out.append("xor ").append(ToolText.hex(mark));
        } else if (mask == -1) {
            out.append("set ").append(ToolText.hex(mark));
        } else {
            out.append("xset ").append(ToolText.hex(mark)).append('/').append(ToolText.hex(mask));
        }
    }

    /** What one of the options {@code --set-xmark} to {@code --xor-mark} does to a mark. */
    static MarkTarget operation(final String option, final OptionValue value) {
        final int number = (int) value.low();
        final int mask = (int) value.high();
        return switch (option) {
            case "set-xmark" -> new MarkTarget(number, mask);
            case "set-mark" -> new MarkTarget(number, number | mask);
            case "and-mark" -> new MarkTarget(0, ~number);
            case "or-mark" -> new MarkTarget(number, number);
            default -> new MarkTarget(number, 0);
        };
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotMark(mark, mask);
    }

    private static final class Parser extends CheckedParser {

        private MarkTarget target;

        Parser(final ParseScope scope) {
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            target = operation(option.name(), value);
        }

        @Override
        void verify() {
            if (target == null) {
                throw ParameterProblem.parameter(
                        "MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required");
            }
        }

        @Override
        Target target() {
            return target;
        }
    }
}
