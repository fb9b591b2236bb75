package io.penstock.perf.bench;

import io.penstock.dataplane.cli.ExitCode;

/** A measurement that cannot be: one sentence that says why and what to do, and what to exit with. */
final class BenchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    BenchException(final String message) {
        this(ExitCode.FAILED, message);
    }

    BenchException(final int exitCode, final String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** One of {@link ExitCode}. */
    int exitCode() {
        return exitCode;
    }
}
