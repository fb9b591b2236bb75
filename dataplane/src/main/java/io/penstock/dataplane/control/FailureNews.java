package io.penstock.dataplane.control;

/**
 * Which failures of what is tried again and again are worth a line: the first one, another one, and after an hour the same one. Of those that
 * take turns one a minute is enough.
 *
 * <p>Threads: one.
 */
final class FailureNews {

    private static final long SAME_NS = 3_600_000_000_000L;
    private static final long OTHER_NS = 60_000_000_000L;

    private String told;
    private long toldNs;

    /** Whether one that happens now is to be told; then it has been. */
    boolean isNews(final String failure, final long nowNs) {
        if (told != null && nowNs - toldNs < (failure.equals(told) ? SAME_NS : OTHER_NS)) {
            return false;
        }
        told = failure;
        toldNs = nowNs;
        return true;
    }
}
