package io.penstock.dataplane.local;

import io.penstock.os.bpf.BpfLink;
import io.penstock.os.tap.HostDevice;
import java.nio.file.Files;
import java.nio.file.Path;

/** A port's part in the {@linkplain HostTraffic host's own traffic}. Threads: control. */
public final class HostPort implements AutoCloseable {

    private final HostDevice device;
    private final int index;
    private final int ifindex;
    private BpfLink handOver;
    private Path pinned;

    HostPort(final HostDevice device, final int index, final int ifindex) {
        this.device = device;
        this.index = index;
        this.ifindex = ifindex;
    }

    /**
     * From now on the workers have what the host sends by this port. They must be polling.
     *
     * @param pin  where the attachment is or may be pinned, or null when nothing is pinned on this machine
     * @param keep whether it is to stay, and drop, when the process dies
     */
    public void serve(final Path pin, final boolean keep) {
        handOver = device.handOver(index, ifindex, pin);
        pinned = pin;
        if (keep && !Files.exists(pin)) {
            handOver.pin(pin);
        } else if (!keep && pin != null) {
            BpfLink.unpin(pin);
        }
    }

    /** The port's device has another address. */
    public void setMac(final long mac) {
        device.mac(index, mac);
    }

    /** Sets whether the workers have the ARP that the host sends by this port. */
    public void setArp(final boolean on) {
        device.handOverArp(index, on);
    }

    /** Ends with this process, but what the host sends is dropped from then on if the attachment is pinned. */
    public void leave() {
        if (handOver != null) {
            handOver.close();
            handOver = null;
        }
    }

    /** The kernel sends for itself again; what is delivered still reaches the host. */
    @Override
    public void close() {
        if (handOver != null && pinned != null) {
            BpfLink.unpin(pinned);
        }
        leave();
    }
}
