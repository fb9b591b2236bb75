package io.penstock.dataplane.api;

/** A registration that was refused; nothing of it is in force. */
public final class HookException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Refused, because. */
    public HookException(final String message) {
        super(message);
    }
}
