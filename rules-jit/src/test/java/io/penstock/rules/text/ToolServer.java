package io.penstock.rules.text;

import io.penstock.rules.RuleExtensions;
import io.penstock.rules.model.MemoryTableStore;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands behind a socket, so that shell scripts can run thousands of them in one JVM ({@code .ci/lib/xtables.py} is the client). A
 * request is a number of words and the words, then the input; an answer is the status, what was written and what was complained about; each
 * text has its length in front. The word {@code reset} empties all tables, and {@code quit} ends it.
 */
public final class ToolServer {

    private ToolBox box = box();

    private ToolServer() {
    }

    private static ToolBox box() {
        return new ToolBox(new MemoryTableStore(), RuleExtensions.installed(), new SystemNames(), Clock.systemDefaultZone());
    }

    /**
     * Serves, one command after another.
     *
     * @param args the socket's path
     */
    public static void main(final String[] args) throws IOException {
        final ToolServer server = new ToolServer();
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(Path.of(args[0])));
            System.out.println("ready");
            boolean goesOn = true;
            while (goesOn) {
                try (SocketChannel client = socket.accept()) {
                    goesOn = server.serve(client);
                } catch (final EOFException goneAway) {
                    goesOn = true;
                }
            }
        }
    }

    private boolean serve(final SocketChannel client) throws IOException {
        final DataInputStream in = new DataInputStream(Channels.newInputStream(client));
        final DataOutputStream out = new DataOutputStream(Channels.newOutputStream(client));
        final List<String> words = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            words.add(text(in));
        }
        final String input = text(in);
        final String tool = words.getFirst();
        if (tool.equals("reset")) {
            box = box();
        }
        final ToolBox.Outcome outcome = tool.matches("ip6?tables(-save|-restore)?")
                ? box.run(tool, input, words.subList(1, words.size()))
                : new ToolBox.Outcome(0, "", "");
        out.writeInt(outcome.status());
        write(out, outcome.out());
        write(out, outcome.err());
        out.flush();
        return !tool.equals("quit");
    }

    private static String text(final DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.ISO_8859_1);
    }

    private static void write(final DataOutputStream out, final String text) throws IOException {
        out.writeInt(text.length());
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
