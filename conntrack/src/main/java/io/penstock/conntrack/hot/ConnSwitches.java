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
    /** How many rules use labels. */
    public int labels;

    public ConnSwitches() {
    }

    /** {@link ConnLayout#setFlags} of a connection that begins. */
    public int flags() {
        return (acct == 0 ? 0 : ConnLayout.FLAG_ACCOUNTING) | (timestamp == 0 ? 0 : ConnLayout.FLAG_TIMESTAMP)
                | (labels == 0 ? 0 : ConnLayout.FLAG_LABELS);
    }

    /**
     * {@link ConnLayout#setEvents} of a connection that begins. Source: nf_conntrack_ecache.c, {@code nf_ct_ecache_ext_add}.
     *
     * @param named which a rule has named ({@link ConnTemplate#events}); 0 or all for none in particular
     */
    public int eventsOfNew(final boolean isListening, final int named) {
        if (events == 0) {
            return named == ConnTemplate.ALL_EVENTS ? 0 : named;
        }
        if (events == 2 && !isListening) {
            return 0;
        }
        return named == 0 ? ConnTemplate.ALL_EVENTS : named;
    }
}
