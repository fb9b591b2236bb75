package io.penstock.dataplane.run;

import io.penstock.dataplane.config.PortConfig;
import io.penstock.os.xdp.RedirectProgram.AttachMode;
import io.penstock.os.xdp.XskMode;
import io.penstock.os.xdp.XskOptions;

/** The configuration's words for a port, in the kernel's terms. */
final class PortOptions {

    /**
     * Descriptors of each ring. Unit: frames. A pause of 2.7 ms at 750,000 packets a second, which is how long a shared CPU is
     * away. With 1,024 ten times as many packets were lost at that rate (0.5 against 0.05 %), and nothing was faster.
     */
    private static final int RING_FRAMES = 2048;

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
