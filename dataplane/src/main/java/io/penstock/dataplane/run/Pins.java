package io.penstock.dataplane.run;

import io.penstock.dataplane.config.Configuration;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.KeptAttachments;
import io.penstock.os.bpf.KeptAttachments.Place;
import java.nio.file.Path;

/**
 * What is to become of a network namespace's traffic while no process serves it ({@code on-death}), and what an earlier
 * process has left for that time.
 *
 * <p>Threads: control.
 */
final class Pins implements AutoCloseable {

    private final KeptAttachments attachments;
    private final boolean keep;

    private Pins(final KeptAttachments attachments, final boolean keep) {
        this.attachments = attachments;
        this.keep = keep;
    }

    /** For the calling thread's network namespace. */
    static Pins open(final Configuration.OnDeath onDeath) {
        final boolean keep = onDeath == Configuration.OnDeath.DROP;
        return new Pins(keep ? KeptAttachments.open() : KeptAttachments.openExisting(), keep);
    }

    /** True when the attachments are to stay and drop. */
    boolean keep() {
        return keep;
    }

    /** Where a device's program is or may be pinned; null when nothing is pinned on this machine. */
    Path ingress(final int ifindex) {
        return attachments.path(Place.INGRESS, ifindex);
    }

    /** As {@link #ingress}, for what the host sends. */
    Path egress(final int ifindex) {
        return attachments.path(Place.EGRESS, ifindex);
    }

    /** Ends what is pinned for a device in one place. */
    void remove(final Place place, final int ifindex) {
        final Path pin = attachments.path(place, ifindex);
        if (pin != null) {
            BpfLink.unpin(pin);
        }
    }

    @Override
    public void close() {
        attachments.close();
    }
}
