package io.penstock.perf.bench.procedure;

import io.penstock.perf.bench.wire.WireTrial;

/** A device between a generator and a sink, as a procedure sees it. */
interface TrialDevice {

    /** Its name in results. */
    String name();

    /** Whether it has a CPU of its own; without one it slows the generator down where others would lose frames. */
    boolean hasWorker();

    /** Sends at a rate for a time: every frame that is due in it, however long that takes. Unit: frames a second, s. */
    WireTrial trial(double ratePps, double seconds);

    /** Sends so many frames as fast as they go. */
    WireTrial burst(long frames);
}
