package io.penstock.os.sys;

import io.penstock.os.hot.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A socket to the system's log: datagrams to a path, which Java's own sockets cannot send. It never waits.
 *
 * <p>Source: unix(7), syslog(3). Threads: one.
 */
public final class SyslogSocket implements AutoCloseable {

    /** Bytes of a message at the most; what is longer is cut. A log's line is shorter than this by far. */
    public static final int MAX_BYTES = 4096;

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;

    /** {@code struct sockaddr_un}: the family, a short, then the path with its terminating zero. */
    private static final int PATH = 2;
    private static final int PATH_BYTES = 108;
    private static final int ADDRESS_BYTES = PATH + PATH_BYTES;
    private static final int MESSAGE = 128;

    private final MappedMemory memory = MappedMemory.reserve(MESSAGE + MAX_BYTES, MappedMemory.Pages.NORMAL);
    private final int fd;

    private SyslogSocket(final Path path) {
        final byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length >= PATH_BYTES) {
            memory.close();
            throw new IllegalArgumentException("path of a socket is too long: path=" + path + " limit=" + (PATH_BYTES - 1));
        }
        Memory.putShort(memory.address(), AF_UNIX);
        Memory.copyFromArray(name, 0, memory.address() + PATH, name.length);
        fd = Linux.socket(AF_UNIX, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
        if (fd < 0) {
            memory.close();
            throw new SysException("socket(AF_UNIX, SOCK_DGRAM)", -fd);
        }
    }

    /**
     * Opens one.
     *
     * @param path of the log's socket, such as {@code /dev/log}
     * @throws SysException when nobody listens there
     */
    public static SyslogSocket open(final Path path) {
        final SyslogSocket socket = new SyslogSocket(path);
        final int result = socket.connect();
        if (result < 0) {
            socket.close();
            throw new SysException("connect(" + path + ')', -result, "start the system's log, or name a file");
        }
        return socket;
    }

    /** Connects again, after whoever listens was started anew; 0, or the negative errno. */
    public int connect() {
        return Linux.connect(fd, memory.address(), ADDRESS_BYTES);
    }

    /** Sends one message; its bytes, or the negative errno: {@code EAGAIN} when the log takes nothing now. */
    public int send(final byte[] message) {
        final int bytes = Math.min(message.length, MAX_BYTES);
        Memory.copyFromArray(message, 0, memory.address() + MESSAGE, bytes);
        return (int) Linux.write(fd, memory.address() + MESSAGE, bytes);
    }

    @Override
    public void close() {
        Linux.close(fd);
        memory.close();
    }
}
