package io.penstock.os.netns;

import io.penstock.os.sys.Linux;
import io.penstock.os.sys.SysException;

/**
 * A network namespace to go to and fro: it stays reachable, whatever becomes of its name, until this is closed.
 *
 * <p>Source: setns(2). Threads: any; {@link #enter} moves the calling platform thread only.
 */
public final class NetNsHandle implements AutoCloseable {

    private static final int CLONE_NEWNET = 0x40000000;

    private final int fd;
    private final String shown;

    private NetNsHandle(final int fd, final String shown) {
        this.fd = fd;
        this.shown = shown;
    }

    /** The calling thread's. */
    public static NetNsHandle current() {
        return new NetNsHandle(NetNs.open(NetNs.OWN, null), "the thread's own");
    }

    /** One that {@code ip netns} knows. */
    public static NetNsHandle named(final String name) {
        return new NetNsHandle(NetNs.open(NetNs.FOLDER + name, name), name);
    }

    /** Moves the calling thread there. */
    public void enter() {
        final int result = Linux.setns(fd, CLONE_NEWNET);
        if (result < 0) {
            throw new SysException("setns(netns=" + shown + ')', -result, "run as root");
        }
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
