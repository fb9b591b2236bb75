package io.penstock.perf.rules;

import java.util.List;

/** Makes rules and flows of one mix, in a random order that is the same each time. Threads: one. */
interface MixMaker {

    /** So many rules without the last one; distinct. */
    List<MixRule> rules(int count);

    /** A flow that may reach the last of the rules, and is close to some. */
    Flow candidate(List<MixRule> rules);
}
