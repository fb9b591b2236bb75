package io.penstock.dataplane.control;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.rules.set.SetStore;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.TablesLock;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code iptables} and its like: hands the command to the data plane of this network namespace, reads and writes for it, and exits with its
 * status.
 *
 * <p>Invariants:
 * <ol>
 *   <li>It starts fast: it knows nothing of what the arguments mean, and loads nothing that it does not need.</li>
 *   <li>Arguments, input and output are bytes, whatever the locale.</li>
 *   <li>Standard input is read only when the command asks for it, so that a shell's loop over its own input goes on.</li>
 * </ol>
 *
 * <p>Threads: main.
 */
public final class ToolClient {

    /** What a shell says of a program that wrote where nobody reads: 128 and SIGPIPE's number. */
    private static final int NOBODY_READS = 141;
    /** What the JDK says of EPIPE. */
    private static final String PIPE_CLOSED = "Broken pipe";

    /** How long a command that is told to end may take for its last words. Unit: ms; then it ends as a signal ends it. */
    private static final long END_MS = 10_000;

    private static final String ABSENT =
            "no data plane is running in this network namespace; start one with 'penstock run'";

    private final Path socket;
    private final InputStream in;
    private final OutputStream out;
    private final OutputStream err;
    private final Consumer<Thread> ender;
    private final byte[] chunk = new byte[Frames.MOST_DATA_BYTES];
    private InputStream input;
    private OutputStream output;
    /** Why a file that the command named lacks some of what it should have; null while it lacks nothing. */
    private String notWritten;

    /** A client with its streams. */
    public ToolClient(final Path socket, final InputStream in, final OutputStream out, final OutputStream err) {
        this(socket, in, out, err, thread -> {
        });
    }

    /** The same; {@code ender} starts a thread when this process is told to end. */
    ToolClient(
            final Path socket, final InputStream in, final OutputStream out, final OutputStream err, final Consumer<Thread> ender) {
        this.ender = ender;
        this.socket = socket;
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /** Whether a word is the name of one of the tools. */
    public static boolean isTool(final String name) {
        return Tools.NAMES.contains(name);
    }

    /**
     * Runs a tool and exits with its status.
     *
     * @param args its name and its arguments
     */
    public static void main(final String[] args) {
        // Nothing is left to do that exit(3) does, and the JDK looks for a logger to tell of it.
        Runtime.getRuntime().halt(new ToolClient(RuntimePaths.socket(null), new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err), Runtime.getRuntime()::addShutdownHook)
                .run(words(args)));
    }

    /** The arguments as they were given: the JVM decodes them by the locale, and what does not fit is lost. */
    static List<String> words(final String... args) {
        final List<String> words = new ArrayList<>();
        try {
            final byte[] line = Files.readAllBytes(Path.of("/proc/self/cmdline"));
            int end = line.length - 1;
            while (words.size() < args.length && end >= 0) {
                int from = end;
                while (from > 0 && line[from - 1] != 0) {
                    from--;
                }
                words.add(new String(line, from, end - from, StandardCharsets.ISO_8859_1));
                end = from - 1;
            }
        } catch (final IOException e) {
            words.clear();
        }
        if (words.size() < args.length) {
            return List.of(args);
        }
        Collections.reverse(words);
        return words;
    }

    /** Runs a tool; gives its exit status. */
    public int run(final List<String> words) {
        final Request request = new Request(words.getFirst(), words.subList(1, words.size()));
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (final ConnectException e) {
                return withoutDataPlane(request, ABSENT);
            } catch (final IOException e) {
                return withoutDataPlane(request, Files.notExists(socket) ? ABSENT
                        : e.getMessage() + (e.getMessage().equals("Permission denied") ? " (you must be root)" : ""));
            }
            return converse(channel, request);
        } catch (final IOException e) {
            return complain(request, "the data plane has gone before the command was done: " + e.getMessage());
        }
    }

    private int converse(final SocketChannel channel, final Request request) throws IOException {
        final Frames frames = new Frames(channel);
        request.send(frames);
        while (true) {
            switch (frames.receive()) {
                case OUT -> {
                    final String failure = write(out, frames);
                    if (failure != null) {
                        return failure.equals(PIPE_CLOSED) ? NOBODY_READS : complain(request, "the output cannot be written: " + failure);
                    }
                }
                case ERR -> write(err, frames);
                case OPEN_INPUT -> open(frames, true);
                case OPEN_OUTPUT -> open(frames, false);
                case READ -> read(frames);
                case WRITE -> {
                    final String failure = write(output, frames);
                    notWritten = notWritten == null ? failure : notWritten;
                }
                case WATCH -> endWhenAsked(channel);
                case EXIT -> {
                    close();
                    return notWritten == null ? frames.bytes()[0] & 0xFF
                            : complain(request, "the file cannot be written: " + notWritten);
                }
                case REFUSED -> {
                    return complain(request, frames.text());
                }
                default -> throw new MalformedFrameException("the data plane speaks another version");
            }
        }
    }

    /** When this process is told to end (SIGINT, SIGTERM), the command says its last words, and its status is this one's. */
    private void endWhenAsked(final SocketChannel channel) {
        final Thread main = Thread.currentThread();
        ender.accept(new Thread(() -> {
            try {
                channel.shutdownOutput();
                main.join(END_MS);
            } catch (final IOException e) {
                // It has ended.
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "end"));
    }

    private void open(final Frames frames, final boolean toRead) throws IOException {
        final String name = frames.text();
        try {
            close();
            if (toRead) {
                input = name.isEmpty() ? in : CommandFiles.OWN.read(name);
            } else {
                output = CommandFiles.OWN.write(name);
            }
        } catch (final IOException e) {
            frames.send(FrameType.FAILED, e.getMessage());
            return;
        }
        frames.send(FrameType.OPENED);
    }

    private void read(final Frames frames) throws IOException {
        final int count;
        try {
            count = Math.max(0, input.read(chunk));
        } catch (final IOException e) {
            frames.send(FrameType.FAILED, String.valueOf(e.getMessage()));
            return;
        }
        frames.send(FrameType.DATA, chunk, 0, count);
    }

    /** Null, or why it cannot be written. */
    private static String write(final OutputStream to, final Frames frames) {
        try {
            to.write(frames.bytes(), 0, frames.length());
            return null;
        } catch (final IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void close() throws IOException {
        if (output != null) {
            output.close();
        }
    }

    private int complain(final Request request, final String reason) {
        new PrintStream(err, true, StandardCharsets.ISO_8859_1).print(request.tool() + ": " + reason + "\n");
        return ExitCode.FAILED;
    }

    /** What can be said without one, and why the rest cannot. */
    private int withoutDataPlane(final Request request, final String reason) {
        final AbsentTables absent = new AbsentTables(reason);
        final AbsentConnections noConnections = new AbsentConnections();
        final PrintStream text = new PrintStream(out, false, StandardCharsets.ISO_8859_1);
        final PrintStream errors = new PrintStream(err, false, StandardCharsets.ISO_8859_1);
        final TableCommands.Lists noLists = (tool, words, results, problems) -> {
            problems.print("penstock: " + tool + ": " + reason + '\n');
            return ExitCode.NO_DATA_PLANE;
        };
        final Tools tools = new Tools(new TableCommands(absent, Clock.systemDefaultZone(), noLists, absent::setFamily),
                new ConnectionCommands(noConnections, Clock.systemDefaultZone()),
                new SetCommands(AbsentConnections.absent(SetStore.class)), new ServiceCommands(AbsentConnections.services()));
        int status;
        try {
            status = tools.run(request.tool(), request.words(),
                    new Tools.Giver(in, text, errors, CommandFiles.OWN, TablesLock.NONE, () -> {
                    }, () -> false));
        } catch (final AbsentConnections.Asked e) {
            status = ExitCode.NO_DATA_PLANE;
            errors.print(request.tool() + ": " + reason + '\n');
        }
        text.flush();
        errors.flush();
        return absent.isAsked() ? ExitCode.NO_DATA_PLANE : status;
    }
}
