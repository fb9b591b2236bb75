package io.penstock.dataplane.ipvs.health;

/** A check that the server did not pass, or that could not be made. */
public final class CheckFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean unable;

    private CheckFailure(final String found, final boolean unable) {
        super(found, null, false, false);
        this.unable = unable;
    }

    /** What is wrong with the server, after the check's kind: {@code status 503, wanted 200-299}. */
    static CheckFailure of(final String found) {
        return new CheckFailure(found, false);
    }

    /** Why this host cannot check: it tells nothing of the server. */
    static CheckFailure unable(final String why) {
        return new CheckFailure(why, true);
    }

    /** Whether it tells nothing of the server. */
    boolean isUnable() {
        return unable;
    }
}
