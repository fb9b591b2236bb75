package io.penstock.perf.bench.measure;

import io.penstock.dataplane.cli.ExitCode;

/** A measurement that cannot be: one sentence that says why and what to do, and what to exit with. */
public final class BenchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public BenchException(final String message) {
        this(ExitCode.FAILED, message);
    }

    public BenchException(final int exitCode, final String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** One of {@link ExitCode}. */
    public int exitCode() {
        return exitCode;
    }
}
