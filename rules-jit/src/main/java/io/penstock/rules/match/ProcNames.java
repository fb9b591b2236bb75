package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.Kind;

/** Names of files that the kernel makes below /proc/net. */
final class ProcNames {

    private ProcNames() {
    }

    /** What the kernel says to a name ({@code xt_check_proc_name}): an errno or {@link Kind#FINE}. */
    static int check(final String name) {
        return name.isEmpty() || ".".equals(name) || "..".equals(name) || name.indexOf('/') >= 0
                ? Errno.EINVAL : Kind.FINE;
    }
}
