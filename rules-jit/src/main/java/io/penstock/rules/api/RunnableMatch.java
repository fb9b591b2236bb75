package io.penstock.rules.api;

import io.penstock.rules.hot.HotMatch;

/** A match that can run here; one of a kind that is none of these is read and written, and refused by name when it is to be installed. */
public interface RunnableMatch extends Match {

    /**
     * Makes it ready to run, for one rule of one table that goes into force: called once for all workers. State of its own (a limit's
     * credit, a quota's rest) begins anew.
     */
    HotMatch bind(BindScope scope);
}
