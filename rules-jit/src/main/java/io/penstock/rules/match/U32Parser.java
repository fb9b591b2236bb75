package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.rules.match.U32Test.Operator;
import io.penstock.rules.match.U32Test.Step;
import io.penstock.rules.text.CNumber;
import java.util.ArrayList;
import java.util.List;

/** Reads the tests of {@code -m u32}. */
final class U32Parser {

    /** Tests, steps of a test, values of a test at the most ({@code XT_U32_MAXSIZE}). */
    private static final int MAX = 10;

    private final String text;
    private final List<U32Test> tests = new ArrayList<>();
    private List<Step> steps = new ArrayList<>();
    private List<NumberRange> values = new ArrayList<>();
    private int at;

    U32Parser(final String text) {
        this.text = text;
    }

    List<U32Test> tests() {
        boolean isLocation = true;
        while (true) {
            skipBlanks();
            if (at == text.length()) {
                end(isLocation);
                return List.copyOf(tests);
            }
            if (isLocation) {
                isLocation = !step();
            } else if (text.charAt(at) == '&') {
                nextTest();
                isLocation = true;
            } else {
                value();
            }
        }
    }

    private void end(final boolean isLocation) {
        if (isLocation) {
            throw parameter("u32: abrupt end of input after location specifier");
        }
        if (values.isEmpty()) {
            throw parameter("u32: test ended with no value specified");
        }
        closeTest();
        if (tests.size() > MAX) {
            throw tooMany("&&");
        }
    }

    /** Reads a step, or the end of them. */
    private boolean step() {
        if (text.charAt(at) == '=') {
            if (steps.isEmpty()) {
                throw parameter("u32: at char %d: location spec missing", at);
            }
            at++;
            return true;
        }
        final Operator operator = steps.isEmpty() ? null : operator();
        steps.add(new Step(operator, number()));
        if (steps.size() > MAX) {
            throw parameter("u32: at char %d: too many operators", at);
        }
        return false;
    }

    private Operator operator() {
        final char c = text.charAt(at);
        switch (c) {
            case '&', '@' -> {
            }
            case '<', '>' -> second(c);
            default -> throw parameter("u32: at char %d: operator expected", at);
        }
        at++;
        return c == '&' ? Operator.AND : c == '@' ? Operator.AT : c == '<' ? Operator.LEFT : Operator.RIGHT;
    }

    private void nextTest() {
        second('&');
        if (values.isEmpty()) {
            throw parameter("u32: at char %d: value spec missing", at);
        }
        closeTest();
        if (tests.size() > MAX) {
            throw tooMany("&&");
        }
        at++;
    }

    private void value() {
        if (!values.isEmpty()) {
            if (text.charAt(at) != ',') {
                throw parameter("u32: at char %d: expected \",\" or \"&&\"", at);
            }
            at++;
        }
        final long low = number();
        skipBlanks();
        long high = low;
        if (at < text.length() && text.charAt(at) == ':') {
            at++;
            high = number();
        }
        values.add(new NumberRange(low, high));
        if (values.size() > MAX) {
            throw tooMany(",");
        }
    }

    private void closeTest() {
        tests.add(new U32Test(List.copyOf(steps), List.copyOf(values)));
        steps = new ArrayList<>();
        values = new ArrayList<>();
    }

    private void second(final char c) {
        at++;
        if (at == text.length() || text.charAt(at) != c) {
            throw parameter("u32: at char %d: a second '%c' was expected", at, c);
        }
    }

    private long number() {
        final CNumber number = CNumber.within(text, at, 0, CNumber.UNSIGNED_32);
        if (number == null) {
            throw parameter("u32: at char %d: not a number or out of range", at);
        }
        at = number.end();
        return number.value();
    }

    private void skipBlanks() {
        while (at < text.length() && CNumber.isBlank(text.charAt(at))) {
            at++;
        }
    }

    private RuntimeException tooMany(final String what) {
        return parameter("u32: at char %d: too many \"%s\"s", at, what);
    }
}
