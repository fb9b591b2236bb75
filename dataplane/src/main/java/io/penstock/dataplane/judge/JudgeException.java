package io.penstock.dataplane.judge;

import io.penstock.dataplane.cli.ExitCode;

/** A comparison cannot be made: one sentence that says why and what to do, with the exit code that fits. */
final class JudgeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    JudgeException(final String message) {
        this(ExitCode.FAILED, message, null);
    }

    JudgeException(final String message, final Throwable cause) {
        this(ExitCode.FAILED, message, cause);
    }

    JudgeException(final int exitCode, final String message, final Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** One of {@link ExitCode}. */
    int exitCode() {
        return exitCode;
    }
}
