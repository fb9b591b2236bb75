package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CNumberTest {

    @ParameterizedTest
    @CsvSource({"10, 10, 2", "010, 8, 3", "0x1f, 31, 4", "0xg, 0, 1", "08, 0, 1", "' +7x', 7, 3", "'', 0, 0", "x, 0, 0", "-1, -1, 2",
        "18446744073709551615, -1, 20"})
    void shouldReadAsTheCLibraryWhenTheBaseIsInThePrefix(final String text, final long value, final int end) {
        assertEquals(new CNumber(value, end, false), CNumber.read(text, 0, CNumber.ANY_BASE));
    }

    @Test
    void shouldGiveAllOnesWhenThereAreMoreThan64Bits() {
        assertEquals(new CNumber(-1, 20, true), CNumber.read("18446744073709551616", 0, 10));
        assertNull(CNumber.whole("18446744073709551616", 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-1", " -1", "256", "1 ", "1a", "0x", "x"})
    void shouldRefuseWhatIptablesRefusesWhenAWholeNumberOf8BitsIsMeant(final String text) {
        assertNull(CNumber.whole(text, 0, CNumber.UNSIGNED_8));
    }

    @Test
    void shouldReadRealNumbersWhenTheyStandAlone() {
        assertEquals(0.25, CReal.parse(" .25"));
        assertEquals(1000, CReal.parse("1e3"));
        assertEquals(16, CReal.parse("0x10"));
        assertNull(CReal.parse("1 "));
        assertNull(CReal.parse("1f"));
        assertNull(CReal.parse(""));
    }
}
