package io.penstock.rules.match;

import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.text.CNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Numbers that a file of iproute2's gives names to, read once: of names and of numbers that stand there twice, the first counts.
 *
 * @param numbers the numbers by their names, in the file's order
 */
record NumberNames(Map<String, Integer> numbers) {

    private static final int MAX = 255;
    private static final int DECIMAL = 10;
    private static final int HEXADECIMAL = 16;

    /** Reads a file; none is one without names. */
    static NumberNames read(final Path file) {
        try {
            return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (final IOException missing) {
            return new NumberNames(Map.of());
        }
    }

    /** Reads a file's text: a line has a number of 0 to 255, and a name. */
    static NumberNames parse(final String text) {
        final Map<String, Integer> numbers = new LinkedHashMap<>();
        text.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#")).forEach(line -> {
            final CNumber number = CNumber.read(line, 0, line.startsWith("0x") ? HEXADECIMAL : DECIMAL);
            final String rest = line.substring(number.end());
            final String name = rest.strip().split("\\s", 2)[0];
            if (number.end() > 0 && !rest.isEmpty() && CNumber.isBlank(rest.charAt(0)) && !name.startsWith("#")
                    && Long.compareUnsigned(number.value(), MAX) <= 0) {
                numbers.putIfAbsent(name, (int) number.value());
            }
        });
        return new NumberNames(numbers);
    }

    /** The number with a mask, or the name, of an option. */
    MaskedNumber number(final String match, final String option, final OptionValue value) {
        final CNumber number = CNumber.within(value.text(), 0, 0, CNumber.UNSIGNED_32);
        if (number != null && number.end() == value.text().length()) {
            return new MaskedNumber((int) number.value(), -1);
        }
        if (number != null && value.text().charAt(number.end()) == '/') {
            final CNumber mask = CNumber.within(value.text(), number.end() + 1, 0, CNumber.UNSIGNED_32);
            if (mask == null) {
                throw bad(match, option);
            }
            if (mask.end() < value.text().length()) {
                throw garbage(match, option);
            }
            return new MaskedNumber((int) number.value(), (int) mask.value());
        }
        if (numbers.isEmpty()) {
            throw number == null ? bad(match, option) : garbage(match, option);
        }
        final Integer named = numbers.get(value.text());
        if (named == null) {
            throw ParameterProblem.parameter(
                    "%s: could not map name %s to an integer value for option \"--%s\".\n", match, value.text(), option);
        }
        return new MaskedNumber(named, -1);
    }

    /** Writes a number by its name where there is one and it is asked for. */
    void write(final StringBuilder out, final MaskedNumber number, final boolean byName) {
        out.append(' ');
        if (byName && number.mask() == -1) {
            for (final Map.Entry<String, Integer> entry : numbers.entrySet()) {
                if (entry.getValue() == number.number()) {
                    out.append(entry.getKey());
                    return;
                }
            }
        }
        out.append("0x").append(Integer.toHexString(number.number()));
        if (number.mask() != -1) {
            out.append("/0x").append(Integer.toHexString(number.mask()));
        }
    }

    private static ParameterProblem bad(final String match, final String option) {
        return ParameterProblem.parameter("%s: bad integer value for option \"--%s\", or out of range.\n", match, option);
    }

    private static ParameterProblem garbage(final String match, final String option) {
        return ParameterProblem.parameter("%s: trailing garbage after value for option \"--%s\".\n", match, option);
    }
}
