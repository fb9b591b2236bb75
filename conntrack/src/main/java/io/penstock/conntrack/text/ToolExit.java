package io.penstock.conntrack.text;

/** A command that ends here, with its exit status; what it had to say has been said. */
final class ToolExit extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;

    ToolExit(final int status) {
        super(null, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
