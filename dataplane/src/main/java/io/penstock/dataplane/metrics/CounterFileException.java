package io.penstock.dataplane.metrics;

/** A counter file that cannot be made or read: one sentence. */
public final class CounterFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean absent;

    CounterFileException(final String sentence, final boolean absent, final Throwable cause) {
        super(sentence, cause);
        this.absent = absent;
    }

    /** True when there is no data plane to read from, as against one that cannot be read. */
    public boolean isAbsent() {
        return absent;
    }
}
