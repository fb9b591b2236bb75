package io.penstock.os.netns;

import io.penstock.os.sys.Linux;
import io.penstock.os.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * Network namespaces by name, as {@code ip netns} keeps them in {@code /run/netns}.
 *
 * <p>Source: setns(2), ip-netns(8). Threads: entering moves the calling platform thread only.
 */
public final class NetNs {

    private static final int CLONE_NEWNET = 0x40000000;
    private static final int O_RDONLY_CLOEXEC = 0x80000;

    /** Where {@code ip netns} keeps them. */
    static final String FOLDER = "/run/netns/";
    /** The calling thread's. */
    static final String OWN = "/proc/thread-self/ns/net";

    private NetNs() {
    }

    /** The inode number of the calling thread's namespace: its identity on this machine. */
    public static long inode() {
        try {
            return ((Number) Files.getAttribute(Path.of(OWN), "unix:ino")).longValue();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs an action on the calling thread inside the named namespace, then moves the thread back. */
    public static <T> T within(final String name, final Callable<T> action) throws Exception {
        final int here = open(OWN, null);
        try {
            enter(name);
            try {
                return action.call();
            } finally {
                Linux.check(Linux.setns(here, CLONE_NEWNET), "setns(back to the caller's namespace)");
            }
        } finally {
            Linux.close(here);
        }
    }

    /** Moves the calling thread into the named namespace for good. */
    public static void enter(final String name) {
        final int there = open(FOLDER + name, name);
        try {
            final int result = Linux.setns(there, CLONE_NEWNET);
            if (result < 0) {
                throw new SysException("setns(netns=" + name + ')', -result, "run as root");
            }
        } finally {
            Linux.close(there);
        }
    }

    static int open(final String path, final String name) {
        final int fd = Linux.open(path, O_RDONLY_CLOEXEC, 0);
        if (fd < 0) {
            throw new SysException("open(" + path + ')', -fd,
                    name == null ? null : "list the namespaces with 'ip netns', make this one with 'ip netns add " + name + '\'');
        }
        return fd;
    }
}
