package io.penstock.rules.target;

import io.penstock.rules.api.ParseScope;

/** Targets that the tool knows and kernels of today do not have: read and written, and never in force. */
final class Absent {

    private Absent() {
    }

    /** Says what the tool says when it finds out. */
    static void warn(final String name, final ParseScope scope) {
        scope.warnOnce("Warning: Extension " + name + " revision 0 not supported, missing kernel module?\n");
    }
}
