package io.penstock.os.netns;

import io.penstock.os.sys.Linux;
import io.penstock.os.sys.SysException;
import java.util.concurrent.Callable;

/**
 * A network namespace without a name.
 *
 * <p>Invariants:
 * <ol>
 *   <li>It exists as long as a descriptor, a socket or a thread is in it: nothing is left of it when the process ends, however
 *       it ends.</li>
 *   <li>Threads that the action starts, and programs that it runs, are in it too.</li>
 * </ol>
 *
 * <p>Source: unshare(2), setns(2), network_namespaces(7). Threads: {@link #within} moves the calling platform thread and moves
 * it back.
 */
public final class PrivateNetNs implements AutoCloseable {

    private static final int CLONE_NEWNET = 0x40000000;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final String OWN = "/proc/thread-self/ns/net";

    private final int fd;
    private boolean open = true;

    private PrivateNetNs(final int fd) {
        this.fd = fd;
    }

    /** Makes one; the calling thread stays where it is. */
    public static PrivateNetNs create() {
        final int here = open();
        try {
            final int result = Linux.unshare(CLONE_NEWNET);
            if (result < 0) {
                throw new SysException("unshare(CLONE_NEWNET)", -result, "run as root or with CAP_SYS_ADMIN");
            }
            try {
                return new PrivateNetNs(open());
            } finally {
                back(here);
            }
        } finally {
            Linux.close(here);
        }
    }

    /** Runs an action on the calling thread inside, then moves the thread back. */
    public <T> T within(final Callable<T> action) throws Exception {
        final int here = open();
        try {
            Linux.check(Linux.setns(fd, CLONE_NEWNET), "setns(a namespace of this process)");
            try {
                return action.call();
            } finally {
                back(here);
            }
        } finally {
            Linux.close(here);
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            Linux.close(fd);
        }
    }

    private static int open() {
        return (int) Linux.check(Linux.open(OWN, O_RDONLY_CLOEXEC, 0), "open(" + OWN + ')');
    }

    private static void back(final int here) {
        Linux.check(Linux.setns(here, CLONE_NEWNET), "setns(back to the caller's namespace)");
    }
}
