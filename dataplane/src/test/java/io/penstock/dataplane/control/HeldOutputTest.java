package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What is said while nothing may be written comes out afterwards, in its order. */
class HeldOutputTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final HeldOutput held = new HeldOutput();

    private static void write(final OutputStream to, final String text) throws IOException {
        to.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void shouldWriteAtOnceUnlessItIsHeld() throws IOException {
        final OutputStream both = held.of(out);
        write(both, "a");
        assertEquals("a", out.toString(StandardCharsets.ISO_8859_1));
        held.hold();
        write(both, "b");
        both.write('c');
        both.flush();
        write(held.of(err), "d");
        write(both, "e");
        assertEquals("a", out.toString(StandardCharsets.ISO_8859_1));
        assertEquals("", err.toString(StandardCharsets.ISO_8859_1));
        held.release();
        assertEquals("abce", out.toString(StandardCharsets.ISO_8859_1));
        assertEquals("d", err.toString(StandardCharsets.ISO_8859_1));
        write(both, "f");
        assertEquals("abcef", out.toString(StandardCharsets.ISO_8859_1));
    }

    @Test
    void shouldKeepAnyNumberOfBytes() throws IOException {
        final OutputStream many = held.of(out);
        final StringBuilder expected = new StringBuilder();
        held.hold();
        for (int i = 0; i < 100_000; i++) {
            final String line = "add set " + i + '\n';
            write(many, line);
            expected.append(line);
        }
        assertEquals(0, out.size());
        held.release();
        assertEquals(expected.toString(), out.toString(StandardCharsets.ISO_8859_1));
    }

    @Test
    void shouldTellThatNobodyReadsWhenItIsReleased() throws IOException {
        final OutputStream broken = held.of(new OutputStream() {

            @Override
            public void write(final int b) throws IOException {
                throw new IOException("gone");
            }
        });
        held.hold();
        broken.write('x');
        assertEquals("gone", assertThrows(UncheckedIOException.class, held::release).getCause().getMessage());
    }
}
