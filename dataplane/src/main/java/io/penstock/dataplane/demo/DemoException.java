package io.penstock.dataplane.demo;

/** The demonstration cannot go on: one sentence that says why and what to do. */
final class DemoException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DemoException(final String message) {
        super(message);
    }

    DemoException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
