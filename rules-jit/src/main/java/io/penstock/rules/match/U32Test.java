package io.penstock.rules.match;

import io.penstock.rules.hot.match.HotU32;
import java.util.List;

/**
 * One test of {@link U32Match}.
 *
 * @param steps  how the word is found: the first one is where it lies
 * @param values what it may be
 */
public record U32Test(List<Step> steps, List<NumberRange> values) {

    /**
     * A step to the word.
     *
     * @param operator what is done with the word found so far; null for the first step
     * @param number   with what, 32 bits unsigned
     */
    public record Step(Operator operator, long number) {
    }

    /** What is done with a word. */
    public enum Operator {
        /** Bits of it are kept. */
        AND("&", HotU32.AND),
        /** It is shifted to the left. */
        LEFT("<<", HotU32.LEFT),
        /** It is shifted to the right. */
        RIGHT(">>", HotU32.RIGHT),
        /** It is how much further on another word is looked for. */
        AT("@", HotU32.AT);

        private final String text;
        private final int code;

        Operator(final String text, final int code) {
            this.text = text;
            this.code = code;
        }

        /** Its number in a program. */
        int code() {
            return code;
        }
    }

    /** Whether it shifts nothing by more bits than there are. */
    boolean isDefined() {
        return steps.stream().noneMatch(step ->
                (step.operator == Operator.LEFT || step.operator == Operator.RIGHT) && step.number >= Integer.SIZE);
    }

    /** Writes it as it is read. */
    void write(final StringBuilder out) {
        for (final Step step : steps) {
            out.append(step.operator == null ? "" : step.operator.text).append("0x").append(Long.toHexString(step.number));
        }
        char separator = '=';
        for (final NumberRange range : values) {
            out.append(separator).append("0x").append(Long.toHexString(range.low()));
            if (range.low() != range.high()) {
                out.append(":0x").append(Long.toHexString(range.high()));
            }
            separator = ',';
        }
    }
}
