package io.penstock.dataplane.run;

/** The data plane cannot start or go on: one sentence with the cause and what mends it. */
public final class RunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Because. */
    public RunException(final String message) {
        super(message);
    }

    /** Because, caused by. */
    public RunException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
