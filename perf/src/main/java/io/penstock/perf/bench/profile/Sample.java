package io.penstock.perf.bench.profile;

import java.util.List;

/**
 * What a worker was doing at an instant.
 *
 * @param frames the innermost first; none where the JVM could not tell
 */
record Sample(List<Frame> frames) {

    /** The innermost frame's stage that has one. */
    Stage stage() {
        for (final Frame frame : frames) {
            final Stage stage = StageTable.of(frame.type(), frame.name());
            if (stage != null) {
                return stage;
            }
        }
        return Stage.OTHER;
    }

    /** Which frame the time is booked to: the innermost that is more than a load or store; -1 where there is none. */
    int own() {
        for (int i = 0; i < frames.size(); i++) {
            if (!frames.get(i).isPrimitive()) {
                return i;
            }
        }
        return frames.isEmpty() ? -1 : 0;
    }

    /** The method that was compiled with a frame's inside, or the frame itself where it is interpreted; -1 where it is not on the stack. */
    int root(final int from) {
        for (int i = from; i < frames.size(); i++) {
            if (frames.get(i).kind() != Frame.Kind.INLINED) {
                return i;
            }
        }
        return -1;
    }
}
