package io.penstock.os.getopt;

/** A command that ends here, with its exit status; what it had to say has been said. */
public final class ToolExit extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;

    /** It ends. */
    public ToolExit(final int status) {
        super(null, null, false, false);
        this.status = status;
    }

    /** The exit status. */
    public int status() {
        return status;
    }
}
