package io.penstock.perf.bench.connections;

import java.util.Map;

/**
 * A stateful gateway between an initiator and a responder, and both of these: what {@link Rfc9693} asks of them.
 *
 * <p>Threads: one.
 */
interface TrackingDevice extends AutoCloseable {

    /** What sends, forwards and answers, a line each, for people. */
    Map<String, String> parts();

    /** Connections that can be begun: some more than the table holds. */
    int most();

    /**
     * RFC 9693, test phase 1, with an empty table: the first packets of so many connections, each of which begins one.
     *
     * @param perSecond at what rate, or 0 for as fast as they go
     */
    Fill fill(int connections, long perSecond);

    /** Deletes all connections; how long that took. Unit: s. */
    double tearDown();

    /** With an empty table: establishes so many connections, in both directions, and checks every packet of that; how many answers were checked. */
    long establish(int connections);

    /**
     * RFC 9693, test phase 2: packets of both directions among the connections that {@link #establish} has left.
     *
     * @param frameBytes without the frame check sequence
     * @param perSecond  packets, of both directions together; 0 for as many as go
     */
    Exchange exchange(int frameBytes, long perSecond, double seconds);

    /**
     * How often so far the machine took a CPU away from the threads that send, forward and answer: their involuntary switches, and ticks
     * that a hypervisor took from their CPUs. By the thread that measures.
     */
    long disturbances();

    /** What has been refused, lost or misled by now and should not have been, for messages; empty when nothing. */
    String complaint();

    @Override
    void close();

    /**
     * What came of {@link #fill}.
     *
     * @param wanted   connections
     * @param arrived  packets at the responder
     * @param entries  connections that the table then had
     * @param seconds  from the first packet to the last
     * @param limited  whether the generator, not the gateway, fell behind
     * @param tenths   seconds that each tenth of the connections took; empty where that is not known
     */
    record Fill(int wanted, long arrived, long entries, double seconds, boolean limited, double... tenths) {

        /** Whether every packet arrived and every connection has its entry. */
        boolean isWhole() {
            return arrived == wanted && entries == wanted;
        }

        double perSecond() {
            return entries / seconds;
        }
    }

    /**
     * What came of {@link #exchange}.
     *
     * @param sent    by initiator and responder
     * @param arrived of them, at the responder and the initiator
     * @param wrong   of these, not what should have come
     * @param limited whether the generator, not the gateway, fell behind
     */
    record Exchange(long sent, long arrived, long wrong, double seconds, boolean limited) {

        boolean isWhole() {
            return arrived == sent && wrong == 0 && !limited;
        }

        double perSecond() {
            return arrived / seconds;
        }
    }
}
