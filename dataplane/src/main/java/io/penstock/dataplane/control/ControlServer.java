package io.penstock.dataplane.control;

import io.penstock.rules.text.TablesLock;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The control socket of a data plane: commands come in, run, and are answered.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The socket is its owner's alone from the first moment that it can be reached.</li>
 *   <li>Whoever opens it holds the instance's lock: what lies in its place is a dead process's, and is replaced.</li>
 *   <li>A client that says nothing, or stops reading, holds up itself, and others only while it holds the tables' lock; one that says
 *       nothing from the start is cut off.</li>
 * </ol>
 *
 * <p>Source: unix(7). Threads: one that takes connections, and one for each command; they are started by the opening thread's child, so
 * that they are in its network namespace, where names are looked up.
 */
public final class ControlServer implements AutoCloseable {

    /** Commands at a time; others wait to be taken. Unit: commands. Each costs a thread, and 200 KiB of buffers. */
    private static final int MOST_COMMANDS = 128;

    /** Connections that wait to be taken. Unit: connections; those beyond it wait in connect(2). */
    private static final int BACKLOG = 1024;

    /** Until a request must have come. Unit: s; a client sends it at once. */
    private static final int REQUEST_SECONDS = 10;

    /** Before another attempt to take a connection where one failed, as without free descriptors. Unit: ms. */
    private static final long RETRY_MS = 100;

    private final Path path;
    private final ServerSocketChannel socket;
    private final Tools tools;
    private final TablesLock lock;
    private final Consumer<String> reporter;
    private final Consumer<Runnable> starter;
    private final Semaphore places = new Semaphore(MOST_COMMANDS);
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> thread(task, "command-timer"));
    private volatile boolean closed;

    private ControlServer(
            final Path path, final ServerSocketChannel socket, final Tools tools, final TablesLock lock,
            final Consumer<String> reporter, final Consumer<Runnable> starter) {
        this.path = path;
        this.socket = socket;
        this.tools = tools;
        this.lock = lock;
        this.reporter = reporter;
        this.starter = starter;
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Opens the socket and serves it.
     *
     * @param lock     what commands that change tables wait for
     * @param reporter what the operator is told
     * @throws ControlException when the socket cannot be made
     */
    public static ControlServer open(
            final Path path, final Tools tools, final TablesLock lock, final Consumer<String> reporter) {
        return open(path, tools, lock, reporter, command -> thread(command, "command").start());
    }

    /** The same; each command is run by what a starter is given, on a thread of its own. */
    static ControlServer open(
            final Path path, final Tools tools, final TablesLock lock, final Consumer<String> reporter, final Consumer<Runnable> starter) {
        try {
            final ControlServer server = new ControlServer(path, bind(path), tools, lock, reporter, starter);
            thread(server::accept, "command-socket").start();
            return server;
        } catch (final IOException e) {
            throw new ControlException("the control socket cannot be made: " + path + ": " + e.getMessage()
                    + "; run as root, or give --socket a shorter path or one in a folder that you may write to", e);
        }
    }

    /** Takes no more commands, and cuts off those that wait for their clients; the socket is gone. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        close(socket);
        connections.forEach(ControlServer::close);
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            reporter.accept("the control socket cannot be removed: " + e);
        }
    }

    /** Made where nobody else comes, and moved to its place with its rights: connect(2) asks for the right to write. */
    private static ServerSocketChannel bind(final Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isSocket(path)) {
            throw new IOException("a file that is no socket is there");
        }
        final Path folder = Files.createTempDirectory(path.toAbsolutePath().getParent(), ".s");
        final Path made = folder.resolve("s");
        final ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            socket.bind(UnixDomainSocketAddress.of(made), BACKLOG);
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
            return socket;
        } catch (final IOException | RuntimeException e) {
            socket.close();
            Files.deleteIfExists(made);
            throw e;
        } finally {
            Files.delete(folder);
        }
    }

    private static boolean isSocket(final Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther();
    }

    private void accept() {
        while (!closed) {
            places.acquireUninterruptibly();
            try {
                begin(socket.accept());
            } catch (final IOException | OutOfMemoryError e) {
                places.release();
                pause(e);
            }
        }
    }

    /** A client that nobody can serve is told by the end of its connection. */
    private void begin(final SocketChannel channel) {
        try {
            connections.add(channel);
            if (closed) {
                close(channel);
            }
            starter.accept(() -> serve(channel));
        } catch (final OutOfMemoryError e) {
            connections.remove(channel);
            close(channel);
            throw e;
        }
    }

    private void pause(final Throwable e) {
        if (!closed) {
            reporter.accept("a connection to the control socket cannot be taken: " + e);
            try {
                TimeUnit.MILLISECONDS.sleep(RETRY_MS);
            } catch (final InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void serve(final SocketChannel channel) {
        try (channel; Frames frames = new Frames(channel)) {
            final ScheduledFuture<?> cut = timer.schedule(() -> close(channel), REQUEST_SECONDS, TimeUnit.SECONDS);
            new Connection(frames, tools, lock, reporter).serve(() -> cut.cancel(false));
        } catch (final IOException e) {
            reporter.accept("a connection to the control socket cannot be closed: " + e);
        } catch (final OutOfMemoryError e) {
            reporter.accept("a command cannot be served: " + e);
        } catch (final RejectedExecutionException e) {
            // It came while the socket was being closed.
        } finally {
            connections.remove(channel);
            places.release();
        }
    }

    private static void close(final AutoCloseable channel) {
        try {
            channel.close();
        } catch (final Exception e) {
            // It is of no more use either way.
        }
    }

    private static Thread thread(final Runnable task, final String name) {
        final Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
