package io.penstock.dataplane.control;

import java.io.IOException;

/** The other side of the control socket does not speak its language. */
final class MalformedFrameException extends IOException {

    private static final long serialVersionUID = 1L;

    MalformedFrameException(final String message) {
        super(message);
    }
}
