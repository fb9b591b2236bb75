package io.penstock.dataplane.ipvs.health;

import java.io.IOException;

/** One way of finding out whether a server does its work. Threads: any, many at a time; a run may wait, until its time is over. */
public interface Check {

    /** The word that messages begin with: {@code tcp}, {@code http}, ... */
    String kind();

    /** Whether it needs a port. */
    default boolean needsPort() {
        return true;
    }

    /**
     * Tries the server once.
     *
     * @return what was found, after the kind: {@code status 200}
     * @throws CheckFailure         when the server does not do its work, or when the check cannot be made
     * @throws IOException          what the network said
     * @throws InterruptedException when the checks end
     */
    String run(CheckRun run) throws CheckFailure, IOException, InterruptedException;
}
