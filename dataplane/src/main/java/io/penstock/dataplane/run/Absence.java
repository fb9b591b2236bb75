package io.penstock.dataplane.run;

import io.penstock.os.netlink.Link;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A port whose device is gone: its counts until it goes on, and what became of the devices that it was tried with.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A device that could not be opened is tried again: what stood in its way may end without an event. Other ports, which wait
 *       meanwhile, have nine tenths of the time.</li>
 *   <li>One that was opened, and then could not be served, is tried again when somebody has put it down and up: each time costs
 *       the workers the frames that its driver has.</li>
 * </ol>
 *
 * <p>Threads: control.
 */
final class Absence {

    /** Between two tries. Unit: ns. Shorter asks a device for what it refuses all the time; longer leaves the port dead. */
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

    /** A pause is so many times as long as the try before it, at the least: the kernel may make one wait for a queue. */
    private static final int PAUSE_PER_TRY = 9;

    private List<LivePort.End> ends;
    private int triedIfindex;
    private boolean spent;
    private long dueNs;
    private String refusal = "";

    /**
     * The device is gone.
     *
     * @param ends the port's, for their counts
     */
    Absence(final List<LivePort.End> ends) {
        this.ends = List.copyOf(ends);
    }

    /** The port's last ends. */
    List<LivePort.End> ends() {
        return ends;
    }

    /** A device has changed: one that is up now, or has another name, is tried whatever became of it before. */
    void changed(final Link now, final Link before) {
        if (now.ifindex() == triedIfindex && (before == null || !before.up() || !before.name().equals(now.name()))) {
            triedIfindex = 0;
        }
    }

    /** True if a device is to be tried now. */
    boolean mayTry(final Link link, final long nowNs) {
        return link.ifindex() != triedIfindex || !spent && nowNs - dueNs >= 0;
    }

    /** A device could not be opened. */
    void refused(final Link link, final long begunNs, final long nowNs) {
        triedIfindex = link.ifindex();
        spent = false;
        dueNs = nowNs + Math.max(PAUSE_NS, PAUSE_PER_TRY * (nowNs - begunNs));
    }

    /** A device was opened, by these ends, and could not be served. */
    void spent(final Link link, final List<LivePort.End> opened) {
        triedIfindex = link.ifindex();
        spent = true;
        ends = List.copyOf(opened);
    }

    /** True if this was not said of the last try. */
    boolean isNews(final String message) {
        final boolean isNews = !message.equals(refusal);
        refusal = message;
        return isNews;
    }
}
