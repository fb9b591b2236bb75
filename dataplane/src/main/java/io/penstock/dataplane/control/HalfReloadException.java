package io.penstock.dataplane.control;

/** A reload that could not be ended: the message says what is in force as the files have it, and why the rest is not. */
public final class HalfReloadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A reload that failed. */
    public HalfReloadException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
