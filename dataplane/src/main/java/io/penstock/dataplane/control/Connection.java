package io.penstock.dataplane.control;

import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.TablesLock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * One command of one client, from its request to its exit status.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A client that is gone when its command gets the lock, or before a table that it sends has come whole, changes nothing.</li>
 *   <li>Whatever a request holds, it is answered or the connection closed; what is wrong with it is reported.</li>
 * </ol>
 *
 * <p>Threads: its own.
 */
final class Connection implements CommandFiles, TablesLock {

    private final Frames frames;
    private final Tools tools;
    private final TablesLock lock;
    private final Consumer<String> reporter;

    Connection(final Frames frames, final Tools tools, final TablesLock lock, final Consumer<String> reporter) {
        this.frames = frames;
        this.tools = tools;
        this.lock = lock;
        this.reporter = reporter;
    }

    /** Serves it; {@code begun} runs when the request has come. */
    void serve(final Runnable begun) {
        try {
            serve(Request.receive(frames), begun);
        } catch (final MalformedFrameException e) {
            reporter.accept("a malformed request came to the control socket: " + e.getMessage());
            refuse("the request is malformed: " + e.getMessage());
        } catch (final IOException | UncheckedIOException e) {
            // The client has gone, and nobody is left to tell.
        }
    }

    private void serve(final Request request, final Runnable begun) throws IOException {
        begun.run();
        if (!Tools.NAMES.contains(request.tool())) {
            refuse("there is no such command: " + request.tool() + "; supported are " + String.join(", ", Tools.NAMES));
            return;
        }
        try {
            final int status = run(request);
            frames.send(FrameType.EXIT, new byte[] {(byte) status}, 0, 1);
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        } catch (final TableRefusal e) {
            refuse(e.getMessage());
        } catch (final RuntimeException | OutOfMemoryError | StackOverflowError e) {
            final StackTraceElement[] trace = e.getStackTrace();
            reporter.accept("a command failed, a defect: command=" + request.tool() + " cause=" + e
                    + (trace.length == 0 ? "" : " at " + trace[0]));
            refuse("the command failed inside of the data plane, a defect: " + e);
        }
    }

    private int run(final Request request) {
        final PrintStream out = stream(FrameType.OUT);
        final PrintStream err = stream(FrameType.ERR);
        try {
            return tools.run(request.tool(), request.words(),
                    new Tools.Giver(new FrameInput(frames), out, err, this, this, this::awaitEnd, this::isGone));
        } finally {
            out.flush();
            err.flush();
        }
    }

    private boolean isGone() {
        try {
            return frames.isAlone();
        } catch (final IOException e) {
            return true;
        }
    }

    /** Returns when the client has nothing more to say: it is told to end, or has gone. */
    private void awaitEnd() {
        try {
            frames.send(FrameType.WATCH);
            frames.receive();
        } catch (final IOException e) {
            // That is the end.
        }
    }

    private PrintStream stream(final FrameType type) {
        return new PrintStream(new FrameOutput(frames, type), false, StandardCharsets.ISO_8859_1);
    }

    private void refuse(final String reason) {
        try {
            frames.send(FrameType.REFUSED, reason);
        } catch (final IOException e) {
            // The client has gone, and nobody is left to tell.
        }
    }

    @Override
    public InputStream read(final String name) throws IOException {
        return FrameInput.open(frames, name);
    }

    @Override
    public OutputStream write(final String name) throws IOException {
        frames.send(FrameType.OPEN_OUTPUT, name);
        if (frames.receive(FrameType.OPENED, FrameType.FAILED) == FrameType.FAILED) {
            throw new IOException(frames.text());
        }
        return new FrameOutput(frames, FrameType.WRITE);
    }

    @Override
    public boolean acquire(final int seconds) {
        if (!lock.acquire(seconds)) {
            return false;
        }
        try {
            if (frames.isAlone()) {
                throw new IOException("the client has closed the connection");
            }
            return true;
        } catch (final IOException e) {
            lock.release();
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void release() {
        lock.release();
    }
}
