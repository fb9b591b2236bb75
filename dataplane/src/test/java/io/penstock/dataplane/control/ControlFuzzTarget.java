package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Allocation;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * For the fuzzer: the input is what a client sends on the control socket. Its request is understood or refused in one line, and so is
 * what follows as the content of a file that was asked for; nothing is taken for a word, or for content, that is not there.
 */
public final class ControlFuzzTarget {

    /** Heap for each byte, and for a connection: its two buffers, and one of the longest request, which its length alone brings about. */
    private static final int HEAP_FACTOR = 64;
    private static final int HEAP_BYTES = Frames.MOST_REQUEST_BYTES + (1 << 20);

    private ControlFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        Allocation.atMost(HEAP_BYTES + (long) HEAP_FACTOR * input.length, () -> serve(input));
    }

    private static void serve(final byte... input) {
        try (Frames frames = new Frames(new BytesChannel(input))) {
            final Request request = Request.receive(frames);
            assertTrue(request.words().stream().mapToInt(word -> word.length() + 1).sum() + request.tool().length() < input.length);
            assertFalse(request.words().stream().anyMatch(word -> word.indexOf('\0') >= 0));
            final byte[] content = new FrameInput(frames).readAllBytes();
            assertTrue(content.length < input.length);
        } catch (final MalformedFrameException e) {
            assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e.getMessage());
        } catch (final EOFException e) {
            assertEquals("the other side has closed the connection", e.getMessage());
        } catch (final IOException e) {
            // A file that the client says it cannot open, for a reason of its own.
            final String text = new String(input, StandardCharsets.ISO_8859_1);
            assertTrue(text.contains(e.getMessage()), e.getMessage());
        }
    }
}
