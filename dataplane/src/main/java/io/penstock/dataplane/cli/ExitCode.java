package io.penstock.dataplane.cli;

/** What commands of Penstock's own exit with. */
public final class ExitCode {

    /** Done. */
    public static final int DONE = 0;
    /** Failed. */
    public static final int FAILED = 1;
    /** The command line was not understood. */
    public static final int USAGE = 2;
    /** There is no data plane to talk to. */
    public static final int NO_DATA_PLANE = 3;
    /** The configuration was refused. */
    public static final int CONFIGURATION_REFUSED = 4;

    private ExitCode() {
    }
}
