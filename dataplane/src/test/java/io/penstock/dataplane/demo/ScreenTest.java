package io.penstock.dataplane.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ScreenTest {

    @Test
    void shouldColourOnlyWhereThatIsWanted() {
        assertTrue(Screen.areColoursWanted(Map.of(), true));
        assertTrue(Screen.areColoursWanted(Map.of("NO_COLOR", ""), true));
        assertFalse(Screen.areColoursWanted(Map.of(), false));
        assertFalse(Screen.areColoursWanted(Map.of("NO_COLOR", "1"), true));
        assertFalse(Screen.areColoursWanted(Map.of("TERM", "dumb"), true));
    }

    @Test
    void shouldMarkWhatMattersWhenThereAreColours() {
        assertEquals("\u001b[1mhead\u001b[0m\nrow\n\u001b[31mbad row\u001b[0m\n"
                + "\u001b[32mEvery byte arrived, and every packet is accounted for.\u001b[0m\n", show(true, List.of()));
    }

    @Test
    void shouldHaveTheSameWordsWithoutColours() {
        assertEquals("head\nrow\nbad row\nThis is NOT as it should be: faults=2\n", show(false, List.of("a", "b")));
    }

    @Test
    void shouldScaleRates() {
        assertEquals("0.5 k/s", Screen.perSecond(512));
        assertEquals("999.9 k/s", Screen.perSecond(999_900));
        assertEquals("1.00 M/s", Screen.perSecond(999_950));
        assertEquals("1,234.6 MB", Screen.megabytes(1_234_567_890));
        assertEquals("8.00 Gbit/s", Screen.gigabits(2_000_000_000, 2));
    }

    private static String show(final boolean colours, final List<String> faults) {
        final Screen screen = new Screen(colours);
        screen.heading("head");
        screen.row(true, "row");
        screen.row(false, "bad row");
        screen.ending(faults);
        return screen.toString();
    }
}
