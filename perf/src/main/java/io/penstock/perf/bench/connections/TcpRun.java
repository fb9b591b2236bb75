package io.penstock.perf.bench.connections;

import java.util.Locale;

/**
 * A run of connections that begin and end, as many as go.
 *
 * @param device        its name
 * @param completed     connections whose whole life went as it should
 * @param transactions  on them
 * @param segments      that came to either end
 * @param retransmitted that were sent again
 * @param deviceSeconds that the device itself took, or -1 where that is not known
 */
record TcpRun(
        String device, double seconds, long completed, long transactions, long segments, long retransmitted, double deviceSeconds) {

    /** Connections a second: of the device's own time where that is known. */
    double perSecond() {
        return completed / (deviceSeconds < 0 ? seconds : deviceSeconds);
    }

    /** Connections a second by the clock, with what both ends do. */
    double perSecondWithEnds() {
        return completed / seconds;
    }

    double transactionsPerSecond() {
        return transactions / (deviceSeconds < 0 ? seconds : deviceSeconds);
    }

    double segmentsEach() {
        return (double) segments / completed;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s: %,.0f connections a second, %.2f segments each, %d sent again", device, perSecond(), segmentsEach(),
                retransmitted);
    }
}
