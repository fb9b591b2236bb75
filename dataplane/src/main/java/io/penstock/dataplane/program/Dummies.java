package io.penstock.dataplane.program;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.Lane;

/**
 * Shows the worker's loop several programs before the first packet, so that the JIT compiler takes the call into the
 * program for what it is, megamorphic, and publishing another program never deoptimizes the loop.
 *
 * <p>Why three: HotSpot records two receiver types at a call, and treats the call as virtual when there was a third.
 */
public final class Dummies {

    private static final int PROGRAMS = 3;

    /** Calls of each. Unit: batches; enough for the recorded types to be these, few enough to take no time. */
    private static final int ROUNDS = 512;

    private Dummies() {
    }

    /** Runs empty batches through programs that are thrown away. */
    public static void show(final Lane lane) {
        final Batch empty = new Batch();
        for (int i = 0; i < PROGRAMS; i++) {
            lane.publish(ProgramCompiler.compile(HookSet.EMPTY), null, 0);
            for (int round = 0; round < ROUNDS; round++) {
                lane.warm(empty);
            }
        }
    }
}
