package io.penstock.dataplane.pcap;

import java.util.List;

/**
 * Several captures as one, in the order of time; packets of equal time come in the order of the captures.
 *
 * <p>A capture's own packets stay in their order, also where their times go back. Threads: one.
 */
public final class PcapMerge implements AutoCloseable {

    private final PcapReader[] readers;
    private final boolean[] live;
    private int current = -1;

    /** Merges captures that are at their start, and closes them in the end. */
    public PcapMerge(final List<PcapReader> readers) {
        this.readers = readers.toArray(PcapReader[]::new);
        this.live = new boolean[this.readers.length];
        for (int i = 0; i < this.readers.length; i++) {
            live[i] = this.readers[i].next();
        }
    }

    /** The first packet's time, in nanoseconds since 1970; 0 where there is none. Before the first {@link #next}. */
    public long startNs() {
        long startNs = 0;
        boolean isAny = false;
        for (int i = 0; i < readers.length; i++) {
            if (live[i] && (!isAny || readers[i].timestampNs() < startNs)) {
                startNs = readers[i].timestampNs();
                isAny = true;
            }
        }
        return startNs;
    }

    /** Moves to the next packet: the index of the capture that {@link #reader} now stands on, or -1 at the end of all. */
    public int next() {
        if (current >= 0) {
            live[current] = readers[current].next();
        }
        current = -1;
        for (int i = 0; i < readers.length; i++) {
            if (live[i] && (current < 0 || readers[i].timestampNs() < readers[current].timestampNs())) {
                current = i;
            }
        }
        return current;
    }

    /** The capture that holds the packet of the last {@link #next}. */
    public PcapReader reader() {
        return readers[current];
    }

    @Override
    public void close() {
        for (final PcapReader reader : readers) {
            reader.close();
        }
    }
}
