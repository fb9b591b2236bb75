package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotClassify;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CLASSIFY: sets the packet's priority, which is a class of a queueing discipline.
 *
 * @param priority the class: 16 bits major, 16 bits minor
 */
public record ClassifyTarget(int priority) implements RunnableTarget {

    private static final String HELP = """
            CLASSIFY target options:
            --set-class MAJOR:MINOR    Set skb->priority value (always hexadecimal!)
            """;

    static final TargetKind KIND = Definition.of("CLASSIFY", HELP, scope -> new Parser(),
            OptionSpec.of("set-class", OptionType.STRING).needed())
            .at(RuleHook.FORWARD, RuleHook.OUTPUT, RuleHook.POSTROUTING);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(String.format(" --set-class %04x:%04x", priority >>> Short.SIZE, priority & 0xFFFF));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(String.format(" CLASSIFY set %x:%x", priority >>> Short.SIZE, priority & 0xFFFF));
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotClassify(priority);
    }

    private static final class Parser implements TargetParser {

        /** What C's {@code sscanf} with {@code %x:%x} takes; what follows is not looked at. */
        private static final Pattern CLASS = Pattern.compile(
                "\\s*([-+]?)(0[xX]\\p{XDigit}*|\\p{XDigit}+):\\s*([-+]?)(0[xX]\\p{XDigit}*|\\p{XDigit}+).*", Pattern.DOTALL);
        private static final int HEXADECIMAL = 16;
        /** A leading zero and what fits 64 bits. */
        private static final int MAX_DIGITS = 1 + HEXADECIMAL;

        private int priority;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            final Matcher parts = CLASS.matcher(value.text());
            if (!parts.matches()) {
                throw ParameterProblem.parameter("Bad class value \"%s\"", value.text());
            }
            priority = number(parts.group(1), parts.group(2)) << Short.SIZE | number(parts.group(3), parts.group(4)) & 0xFFFF;
        }

        /** The low 32 bits of what C reads into 64, all ones if it is larger. */
        private static int number(final String sign, final String digits) {
            final String significant = '0' + digits.replaceFirst("^0+[xX]?0*", "");
            final long number = significant.length() > MAX_DIGITS ? -1 : Long.parseUnsignedLong(significant, HEXADECIMAL);
            return (int) (sign.equals("-") && significant.length() <= MAX_DIGITS ? -number : number);
        }

        @Override
        public Target finish() {
            return new ClassifyTarget(priority);
        }
    }
}
