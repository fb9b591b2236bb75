package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnectionException;
import io.penstock.os.getopt.ToolExit;
import io.penstock.os.sys.Errno;

/** What the command says when the store refuses. */
final class Refusals {

    private static final int ETIME = 62;

    private Refusals() {
    }

    /** The failure of a command. */
    static ToolExit failure(final Console console, final CommandKind kind, final ConnectionException refusal) {
        return console.failed("Operation failed: " + reason(kind, refusal.errno()));
    }

    /** The reason in the command's own words, or the C library's. */
    static String reason(final CommandKind kind, final int errno) {
        final boolean isMaking = kind == CommandKind.CREATE || kind == CommandKind.ADD;
        final String own = switch (errno) {
            case Errno.EINVAL -> switch (kind) {
                case ADD, EXPECT_COUNT, STATISTICS, EXPECT_STATISTICS -> null;
                default -> "invalid parameters";
            };
            case Errno.EEXIST -> kind == CommandKind.CREATE ? "Such conntrack exists, try -U to update" : null;
            case Errno.ENOENT -> isMaking || kind == CommandKind.GET || kind == CommandKind.DELETE ? "such conntrack doesn't exist"
                    : kind == CommandKind.EXPECT_CREATE ? "master conntrack not found" : null;
            case Errno.ENOMEM -> isMaking || kind == CommandKind.GET ? "not enough memory" : null;
            case Errno.EAFNOSUPPORT -> kind == CommandKind.GET ? "protocol not supported" : null;
            case ETIME -> isMaking ? "conntrack has expired" : null;
            case Errno.EPERM -> "sorry, you must be root or get CAP_NET_ADMIN capability to do this";
            default -> null;
        };
        return own != null ? own : Console.reason(errno);
    }
}
