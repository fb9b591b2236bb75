package io.penstock.rules.api;

import io.penstock.rules.hot.HotTarget;

/** A target that can run here; one of a kind that is none of these is read and written, and refused by name when it is to be installed. */
public interface RunnableTarget extends Target {

    /**
     * Makes it ready to run, for one rule of one table that goes into force: called once for all workers. State of its own (a limit's
     * credit, a quota's rest) begins anew.
     */
    HotTarget bind(BindScope scope);

    /**
     * What of it cannot run yet, for a message: it is refused then, and not bound. Empty if all of it can, as of most.
     */
    default String missing() {
        return "";
    }
}
