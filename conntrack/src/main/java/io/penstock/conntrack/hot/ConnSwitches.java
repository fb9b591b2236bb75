package io.penstock.conntrack.hot;

/**
 * What new connections of a namespace carry, and what is told of them: the switches that are no tracker's.
 *
 * <p>Each field but {@link #labels} is the sysctl {@code net.netfilter.nf_conntrack_*} of its name, with the kernel's default.
 *
 * <p>Threads: control threads write, workers read plain; a change is seen by the next batch or the one after, and by connections that begin
 * then: those that are there keep what they have, as in the kernel.
 *
 * <p>Source: the kernel's Documentation/networking/nf_conntrack-sysctl.rst.
 */
public final class ConnSwitches {

    /** Packets and bytes are counted. */
    public int acct;
    /** Start and stop are kept. */
    public int timestamp;
    /** Nobody is told of new connections with 0, whoever listens with 1, whoever listens when they begin with 2. */
    public int events = 2;
    /** The protocol whose invalid packets are logged, 255 for any, 0 for none. */
    public int logInvalid;
    /** How many rules use labels. */
    public int labels;

    public ConnSwitches() {
    }

    /** {@link ConnLayout#setFlags} of a connection that begins. */
    public int flags() {
        return (acct == 0 ? 0 : ConnLayout.FLAG_ACCOUNTING) | (timestamp == 0 ? 0 : ConnLayout.FLAG_TIMESTAMP)
                | (labels == 0 ? 0 : ConnLayout.FLAG_LABELS);
    }

    /** {@link ConnLayout#setEvents} of a connection that begins. */
    public int eventsOfNew(final boolean isListening) {
        return events == 1 || events == 2 && isListening ? ConnTemplate.ALL_EVENTS : 0;
    }
}
