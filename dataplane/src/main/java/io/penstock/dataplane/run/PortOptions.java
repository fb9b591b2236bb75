package io.penstock.dataplane.run;

import io.penstock.dataplane.config.PortConfig;
import io.penstock.os.xdp.RedirectProgram.AttachMode;
import io.penstock.os.xdp.XskMode;
import io.penstock.os.xdp.XskOptions;

/** The configuration's words for a port, in the kernel's terms. */
final class PortOptions {

    /**
     * Packets that may wait to be sent. Unit: frames. Lower: a short stall of the device drops packets; higher: they wait longer on a link that is too
     * slow for them.
     */
    private static final int SENDING = 2048;

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

    static XskOptions socket(final PortConfig port) {
        final XskMode mode = switch (port.copy()) {
            case AUTO -> XskMode.AUTO;
            case ZERO -> XskMode.ZERO_COPY;
            case COPY -> XskMode.COPY;
        };
        return XskOptions.DEFAULTS.withMode(mode).withRings(port.ring(), port.ring(), SENDING, SENDING)
                .withBusyPoll(port.busyPoll().us(), port.busyPoll().budget());
    }

    /** Frames for a socket: as many as may wait to be read and to be sent, and some to receive into while all these do. */
    static int frames(final PortConfig port) {
        return port.ring() + 2 * SENDING;
    }
}
