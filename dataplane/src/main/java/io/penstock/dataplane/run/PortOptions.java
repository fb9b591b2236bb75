package io.penstock.dataplane.run;

import io.penstock.dataplane.config.PortConfig;
import io.penstock.os.xdp.RedirectProgram.AttachMode;
import io.penstock.os.xdp.XskMode;
import io.penstock.os.xdp.XskOptions;

/** The configuration's words for a port, in the kernel's terms. */
final class PortOptions {

    /**
     * Descriptors of each ring. Unit: frames. Enough for 2 ms at 500,000 packets a second, and few enough that the frames
     * which go round stay in the second-level cache; a worker that is away longer loses packets.
     */
    private static final int RING_FRAMES = 1024;

    private PortOptions() {
    }

    static AttachMode attach(final PortConfig.Attach attach) {
        return switch (attach) {
            case AUTO -> AttachMode.AUTO;
            case NATIVE -> AttachMode.NATIVE;
            case GENERIC -> AttachMode.GENERIC;
            case PACKET -> throw new IllegalArgumentException("AF_PACKET has no XDP program: attach=" + attach);
        };
    }

    static XskOptions socket(final PortConfig.Copy copy, final PortConfig.BusyPoll busyPoll) {
        final XskMode mode = switch (copy) {
            case AUTO -> XskMode.AUTO;
            case ZERO -> XskMode.ZERO_COPY;
            case COPY -> XskMode.COPY;
        };
        return XskOptions.DEFAULTS.withMode(mode).withRings(RING_FRAMES, RING_FRAMES, RING_FRAMES, RING_FRAMES)
                .withBusyPoll(busyPoll.us(), busyPoll.budget());
    }

    /** Frames that one socket can hold at the most: what waits to be filled, read, sent and completed. */
    static int framesPerSocket() {
        return 3 * RING_FRAMES;
    }
}
