package io.penstock.dataplane.pcap;

/** A capture file that cannot be read or written: one sentence, {@code FILE: offset=N: what; what to do}. */
public final class PcapException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PcapException(final String sentence) {
        super(sentence);
    }
}
