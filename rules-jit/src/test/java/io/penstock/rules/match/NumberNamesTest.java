package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Names of realms and of groups of devices, and what is said where there are none. */
final class NumberNamesTest {

    private static final NumberNames SOME = NumberNames.parse("""
            # a comment
            0\tdefault
              0x10  lan  # the inner side
            16 other
            lost 5
            7
            8#nothing
            9 # nothing
            256 large
            -1 negative
            20 lan
            """);
    private static final NumberNames NONE = NumberNames.read(Path.of("/nonexistent/names"));

    @Test
    void shouldReadLinesWithNumberAndName() {
        assertEquals("{default=0, lan=16, other=16}", SOME.numbers().toString());
    }

    @Test
    void shouldReadNumbersMasksAndNames() {
        assertEquals(new MaskedNumber(16, -1), number(SOME, "lan"));
        assertEquals(new MaskedNumber(5, -1), number(SOME, "5"));
        assertEquals(new MaskedNumber(8, 0xF), number(SOME, "010/0xf"));
        assertEquals(new MaskedNumber(-1, 0), number(NONE, "4294967295/0"));
    }

    @Test
    void shouldWriteNameOfWholeNumberOnly() {
        assertEquals(" lan", written(new MaskedNumber(16, -1), true));
        assertEquals(" 0x10", written(new MaskedNumber(16, -1), false));
        assertEquals(" 0x10/0xff", written(new MaskedNumber(16, 0xFF), true));
        assertEquals(" 0x11", written(new MaskedNumber(17, -1), true));
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertEquals("realm: could not map name wan to an integer value for option \"--realm\".\n", problem(SOME, "wan"));
        assertEquals("realm: could not map name 5x to an integer value for option \"--realm\".\n", problem(SOME, "5x"));
        assertEquals("realm: bad integer value for option \"--realm\", or out of range.\n", problem(NONE, "wan"));
        assertEquals("realm: bad integer value for option \"--realm\", or out of range.\n", problem(SOME, "1/"));
        assertEquals("realm: trailing garbage after value for option \"--realm\".\n", problem(NONE, "5x"));
        assertEquals("realm: trailing garbage after value for option \"--realm\".\n", problem(SOME, "1/2/3"));
    }

    private static MaskedNumber number(final NumberNames names, final String text) {
        return names.number("realm", "realm", OptionValue.ofText(text, null, false));
    }

    private static String written(final MaskedNumber number, final boolean byName) {
        final StringBuilder out = new StringBuilder();
        SOME.write(out, number, byName);
        return out.toString();
    }

    private static String problem(final NumberNames names, final String text) {
        final ParameterProblem problem = assertThrows(ParameterProblem.class, () -> number(names, text));
        assertEquals(ParameterProblem.PARAMETER, problem.status());
        return problem.getMessage();
    }
}
