package io.penstock.dataplane.packetdrill;

/** A script did not come out as it says. */
final class DrillFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DrillFailure(final int line, final String what) {
        super("line " + line + ": " + what);
    }
}
