package io.penstock.dataplane.control;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a command prints, for another that tells it among other things.
 *
 * <p>Threads: any; it asks on one of its own, so that a data plane that does not answer holds up nobody.
 */
public final class ToolQuestion {

    /** How long an answer is waited for. Unit: ms; a table that is restored while it is asked may take some hundreds. */
    private static final long PATIENCE_MS = 2_000;

    private ToolQuestion() {
    }

    /** The output; null when there is nobody to ask, or no answer. */
    public static String ask(final Path socket, final List<String> words) throws InterruptedException {
        if (!Files.exists(socket)) {
            return null;
        }
        final AtomicReference<String> answer = new AtomicReference<>();
        final Thread asking = Thread.ofPlatform().daemon().name("question").start(() -> {
            final ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (new ToolClient(socket, InputStream.nullInputStream(), out, OutputStream.nullOutputStream()).run(words) == 0) {
                answer.set(out.toString(StandardCharsets.ISO_8859_1));
            }
        });
        asking.join(PATIENCE_MS);
        return answer.get();
    }
}
