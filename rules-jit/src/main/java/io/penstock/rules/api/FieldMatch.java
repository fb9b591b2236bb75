package io.penstock.rules.api;

/**
 * A match of TCP's or UDP's ports that says so: long chains are then searched by them, instead of asking rule after rule.
 */
public interface FieldMatch extends RunnableMatch {

    /**
     * Tells what it asks. A packet that it takes has one of the source ports told, if any were told, and one of the destination ports
     * told, if any were; it is no later fragment.
     *
     * @return true if that is all it asks, so that a packet with such ports is one that it takes, its header being whole
     */
    boolean describe(FieldSink sink);

    /** Is told. */
    interface FieldSink {

        /** Source ports that are right. */
        void sourcePorts(int first, int last);

        /** Destination ports that are right. */
        void destinationPorts(int first, int last);
    }
}
