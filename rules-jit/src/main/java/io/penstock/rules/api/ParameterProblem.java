package io.penstock.rules.api;

/**
 * Rules, or a command, that cannot be taken: with the exit status and the message of the tool whose grammar it is
 * ({@code xtables_error}); the tool's name and version, which it puts in front, are not part of the message.
 */
public final class ParameterProblem extends RuntimeException {

    /** Exit status: something else went wrong. */
    public static final int OTHER = 1;
    /** Exit status: bad parameters; the hint to {@code -h} follows the message. */
    public static final int PARAMETER = 2;
    /** Exit status: versions do not fit. */
    public static final int VERSION = 3;
    /** Exit status: resources or the lock. */
    public static final int RESOURCE = 4;

    private static final long serialVersionUID = 1;

    private final int status;

    /**
     * A problem.
     *
     * @param status  the exit status
     * @param message without line end
     */
    public ParameterProblem(final int status, final String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** A bad parameter. */
    public static ParameterProblem parameter(final String format, final Object... values) {
        return new ParameterProblem(PARAMETER, String.format(format, values));
    }

    /** Something else. */
    public static ParameterProblem other(final String format, final Object... values) {
        return new ParameterProblem(OTHER, String.format(format, values));
    }

    /** The exit status. */
    public int status() {
        return status;
    }
}
