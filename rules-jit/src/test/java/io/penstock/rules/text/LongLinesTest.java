package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongLinesTest {

    private static final int PIECE = LineReader.MOST_BYTES;

    private static ToolBox.Outcome restore(final String lines) {
        return TestTools.box().run("iptables-restore", "*filter\n" + lines + "COMMIT\n", List.of());
    }

    private static String problem(final String text, final int line) {
        return "iptables-restore v1.8.9 (legacy): " + text + "\nError occurred at line: " + line
                + "\nTry `iptables-restore -h' or 'iptables-restore --help' for more information.\n";
    }

    @Test
    void shouldTakeALineWhenItFitsTheRealToolsBuffer() {
        assertEquals("", restore("#" + "x".repeat(PIECE - 2) + "\n").err());
        assertEquals("", restore("-A INPUT" + " ".repeat(PIECE - 9) + "\n").err());
    }

    @Test
    void shouldReadALongerLineInPiecesWhenItDoesNotFit() {
        assertEquals("", restore("#" + "x".repeat(PIECE - 1) + "\n").err());
        assertEquals("Bad argument `x'\nError occurred at line: 3\n"
                + "Try `iptables-restore -h' or 'iptables-restore --help' for more information.\n",
                restore("#" + "x".repeat(PIECE - 1) + "x\n").err());
        assertEquals(problem("no command specified", 3), restore("-A INPUT" + " ".repeat(PIECE) + "\n").err());
    }

    @Test
    void shouldRefuseWordsWhenTheyAreTooLongOrTooMany() {
        assertEquals(problem("Parameter too long!", 2), restore("-A " + "x".repeat(LineWords.MOST_BYTES) + "\n").err());
        assertEquals(problem("Parser cannot handle more arguments", 2), restore("-A INPUT" + " -n".repeat(300) + "\n").err());
    }

    @Test
    void shouldCutALineWhenThereIsAByteZero() {
        final ToolBox box = TestTools.box();
        assertEquals("", box.run("iptables-restore", "*filter\n-A INPUT -j DROP\0 garbage\nCOMMIT\n", List.of()).err());
        assertTrue(TestTools.run(box, "iptables -S INPUT").out().endsWith("-A INPUT -j DROP\n"));
    }

    @Test
    void shouldRefuseAHundredMegabytesWithoutKeepingThemWhenALineIsThatLong() {
        final InputStream endless = new InputStream() {

            private long left = 100_000_000;

            @Override
            public int read() {
                return left-- > 0 ? 'x' : -1;
            }

            @Override
            public int read(final byte[] bytes, final int from, final int length) {
                final int now = (int) Math.min(left, length);
                Arrays.fill(bytes, from, from + now, (byte) 'x');
                left -= now;
                return now == 0 ? -1 : now;
            }
        };
        final ToolBox.Outcome outcome = TestTools.box().run("iptables-restore", endless, List.of());
        assertEquals("iptables-restore: line 1 failed\n", outcome.err());
        assertEquals(1, outcome.status());
    }
}
