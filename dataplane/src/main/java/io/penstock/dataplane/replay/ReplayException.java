package io.penstock.dataplane.replay;

/** A replay that cannot be: one sentence that says why and what to do, and what to exit with. */
public final class ReplayException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    ReplayException(final int exitCode, final String message) {
        super(message);
        this.exitCode = exitCode;
    }

    ReplayException(final int exitCode, final String message, final Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** One of {@code io.penstock.dataplane.cli.ExitCode}. */
    public int exitCode() {
        return exitCode;
    }
}
