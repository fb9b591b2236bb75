package io.penstock.dataplane.ipset;

import io.penstock.rules.text.CommandFiles;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands of a {@link SetHost} behind a TCP port of this machine, so that shells run hundreds of thousands of them in one JVM.
 *
 * <p>A request is texts that end with a zero byte: the number of the process that asks, the number of words, the words, the command's name
 * first. The command reads what that process has open as 0, and writes to its 8 and 2 (opened anew: a file to append to it, and to read it
 * from its start), so that nothing is copied by the shell. The answer is a line with the exit status.
 *
 * <p>Threads: one for each request.
 */
public final class SetToolServer {

    private static final int BACKLOG = 64;
    private static final int BUFFER_BYTES = 1 << 16;

    private SetToolServer() {
    }

    /**
     * Serves until it is killed. Its port is printed when it is ready.
     *
     * @param args the file that rules log to
     */
    public static void main(final String[] args) throws IOException {
        try (SetHost host = new SetHost(Path.of(args[0]));
                ServerSocket socket = new ServerSocket(0, BACKLOG, InetAddress.getByName("127.0.0.1"))) {
            System.out.println("port " + socket.getLocalPort());
            while (true) {
                final Socket client = socket.accept();
                Thread.startVirtualThread(() -> serve(host, client));
            }
        }
    }

    private static void serve(final SetHost host, final Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            final InputStream request = new BufferedInputStream(client.getInputStream());
            final Path process = Path.of("/proc", text(request));
            final List<String> words = new ArrayList<>();
            for (int left = Integer.parseInt(text(request)); left > 0; left--) {
                words.add(text(request));
            }
            final int status = run(host, process, words);
            client.getOutputStream().write((status + "\n").getBytes(StandardCharsets.ISO_8859_1));
        } catch (final IOException e) {
            System.out.println("a command's shell has gone: " + e);
        }
    }

    private static int run(final SetHost host, final Path process, final List<String> words) throws IOException {
        try (InputStream in = input(process.resolve("fd/0"));
                PrintStream out = output(process.resolve("fd/8"));
                PrintStream err = output(process.resolve("fd/2"))) {
            try {
                return host.run(words.getFirst(), words.subList(1, words.size()), files(process.resolve("cwd")), in, out, err);
            } catch (final RuntimeException e) {
                System.out.println("a command has failed: " + String.join(" ", words));
                e.printStackTrace(System.out);
                err.print(e + "\n");
                return 255;
            }
        }
    }

    private static String text(final InputStream in) throws IOException {
        final StringBuilder text = new StringBuilder();
        for (int next = in.read(); next != 0; next = in.read()) {
            if (next < 0) {
                throw new EOFException("a request broke off");
            }
            text.append((char) next);
        }
        return text.toString();
    }

    /** Opened when it is read first: most commands do not, and then their input is the shell's. */
    private static InputStream input(final Path file) {
        return new FilterInputStream(InputStream.nullInputStream()) {

            private boolean isOpen;

            private void open() throws IOException {
                if (!isOpen) {
                    in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
                    isOpen = true;
                }
            }

            @Override
            public int read() throws IOException {
                open();
                return in.read();
            }

            @Override
            public int read(final byte[] into, final int offset, final int length) throws IOException {
                open();
                return in.read(into, offset, length);
            }
        };
    }

    /** Opened when something is written. */
    private static PrintStream output(final Path file) {
        return new PrintStream(new BufferedOutputStream(new OutputStream() {

            private OutputStream opened;

            private OutputStream open() throws IOException {
                if (opened == null) {
                    opened = Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
                }
                return opened;
            }

            @Override
            public void write(final int value) throws IOException {
                open().write(value);
            }

            @Override
            public void write(final byte[] from, final int offset, final int length) throws IOException {
                open().write(from, offset, length);
            }

            @Override
            public void close() throws IOException {
                if (opened != null) {
                    opened.close();
                }
            }
        }, BUFFER_BYTES), false, StandardCharsets.ISO_8859_1);
    }

    private static CommandFiles files(final Path directory) {
        return new CommandFiles() {

            @Override
            public InputStream read(final String name) throws IOException {
                return OWN.read(directory.resolve(name).toString());
            }

            @Override
            public OutputStream write(final String name) throws IOException {
                return OWN.write(directory.resolve(name).toString());
            }
        };
    }
}
