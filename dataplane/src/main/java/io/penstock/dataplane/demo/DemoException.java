package io.penstock.dataplane.demo;

/** A demonstration or a measurement cannot go on: one sentence that says why and what to do. */
public final class DemoException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is wrong and what to do. */
    public DemoException(final String message) {
        super(message);
    }

    /** The same with what caused it. */
    public DemoException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
