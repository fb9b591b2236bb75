package io.penstock.dataplane.control;

/** A file of rules that is refused: the message says file, line, column and reason. */
public final class RulesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RulesException(final String message) {
        super(message);
    }
}
