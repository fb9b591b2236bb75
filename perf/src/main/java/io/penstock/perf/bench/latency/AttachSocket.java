package io.penstock.perf.bench.latency;

import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Commands to another JVM that jcmd(1) has spoken to before: the JVM's end of the conversation stays. Unlike jcmd, which is a JVM itself,
 * this takes no CPU to speak of from what is measured.
 *
 * <p>Source: HotSpot, attachListener_posix.cpp: "1", the command and three arguments, each ended by a zero byte; the answer is a result code
 * in a line, and text. Threads: any.
 */
final class AttachSocket {

    private static final String REQUEST = "1\0jcmd\0%s\0\0\0";
    /** HotSpot's, whatever java.io.tmpdir is. */
    private static final String FOLDER = "/tmp";
    private static final int ANSWER_BYTES = 1 << 12;

    private final UnixDomainSocketAddress address;

    AttachSocket(final long process) {
        address = UnixDomainSocketAddress.of(Path.of(FOLDER, ".java_pid" + process));
    }

    /** Has a diagnostic command carried out, and returns when it is. */
    void command(final String words) {
        final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(address);
            channel.write(ByteBuffer.wrap(REQUEST.formatted(words).getBytes(StandardCharsets.UTF_8)));
            while (answer.hasRemaining() && channel.read(answer) >= 0) {
                // To the end of what it says, which is when it has done it.
            }
        } catch (final IOException e) {
            throw new BenchException("the JVM does not take commands: socket=" + address + ' ' + e.getMessage());
        }
        final String text = new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        if (!text.startsWith("0\n")) {
            throw new BenchException("the JVM refuses a command: command='" + words + "' answer='" + text.strip() + '\'');
        }
    }
}
