package io.penstock.dataplane.control;

import io.penstock.dataplane.cli.RuntimePaths;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tool's run against a data plane that only says that it is done: what the launcher has the JVM record, once after a build, so that tools
 * start from what they load and nothing else.
 *
 * <p>Threads: main, and one that answers.
 */
public final class ToolRehearsal {

    private ToolRehearsal() {
    }

    /**
     * Runs it.
     *
     * @param args a tool's name and its arguments
     */
    public static void main(final String[] args) throws IOException {
        final Path folder = Files.createTempDirectory("penstock");
        final Path path = folder.resolve("s");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(path));
            final Thread server = new Thread(() -> answer(socket), "server");
            server.setDaemon(true);
            server.start();
            // What a tool would connect to is found, and left alone.
            RuntimePaths.socket(null);
            new ToolClient(path, new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out), System.err)
                    .run(ToolClient.words(args));
        } finally {
            Files.deleteIfExists(path);
            Files.delete(folder);
        }
    }

    private static void answer(final ServerSocketChannel socket) {
        try (Frames frames = new Frames(socket.accept())) {
            frames.receive();
            frames.send(FrameType.OUT, "-P INPUT ACCEPT\n");
            frames.send(FrameType.EXIT, new byte[1], 0, 1);
        } catch (final IOException e) {
            throw new IllegalStateException("the rehearsal failed", e);
        }
    }
}
