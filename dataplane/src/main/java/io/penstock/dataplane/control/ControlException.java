package io.penstock.dataplane.control;

/** Commands cannot be served: one sentence with the cause and what mends it. */
public final class ControlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ControlException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
