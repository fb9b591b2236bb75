package io.penstock.dataplane.control;

/** What a frame on the control socket says; see {@link Frames}. */
enum FrameType {

    /** Client: the version, the tool's name and its arguments; the first frame. */
    REQUEST(Frames.MOST_REQUEST_BYTES),
    /** Client: what was asked for is open. */
    OPENED(0),
    /** Client: it cannot be opened, or read on, for this reason. */
    FAILED(Frames.MOST_DATA_BYTES),
    /** Client: what was read; nothing at the end. */
    DATA(Frames.MOST_DATA_BYTES),
    /** Server: for standard output. */
    OUT(Frames.MOST_DATA_BYTES),
    /** Server: for standard error. */
    ERR(Frames.MOST_DATA_BYTES),
    /** Server: open this file to read it, or standard input if it has no name; answered by OPENED or FAILED. */
    OPEN_INPUT(Frames.MOST_DATA_BYTES),
    /** Server: read on; answered by DATA or FAILED. */
    READ(0),
    /** Server: open this file to write it; answered by OPENED or FAILED. */
    OPEN_OUTPUT(Frames.MOST_DATA_BYTES),
    /** Server: for the file that was opened to be written. */
    WRITE(Frames.MOST_DATA_BYTES),
    /** Server: the exit status, one byte; the last frame. */
    EXIT(1),
    /** Server: the request was not carried out, for this reason; the last frame. */
    REFUSED(Frames.MOST_DATA_BYTES),
    /** Server: the command goes on until the client closes its sending side. */
    WATCH(0);

    private static final FrameType[] ALL = values();

    private final int mostBytes;

    FrameType(final int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** How many bytes it may have at the most. */
    int mostBytes() {
        return mostBytes;
    }

    /** The type of a number, or null. */
    static FrameType of(final int number) {
        return number >= 0 && number < ALL.length ? ALL[number] : null;
    }
}
