package io.penstock.conntrack.hot;

/**
 * Who is told what becomes of connections. Called by the worker at whose hands it happens, on its path: it copies what it needs, and returns.
 * Source: {@code enum ip_conntrack_events}, nf_conntrack_common.h; the bits are one shifted by its numbers.
 */
public interface ConnEvents {

    int NEW = 1;
    /** As {@link #NEW}, of a connection that was expected. */
    int RELATED = 1 << 1;
    int DESTROY = 1 << 2;
    /** The first packet of the reply direction. */
    int REPLY = 1 << 3;
    int ASSURED = 1 << 4;
    /** The tracker's state changed. */
    int PROTOINFO = 1 << 5;
    int HELPER = 1 << 6;
    int MARK = 1 << 7;
    int SEQADJ = 1 << 8;
    int SECMARK = 1 << 9;
    int LABEL = 1 << 10;
    int SYNPROXY = 1 << 11;

    /**
     * Something has happened to a connection, whose entry is whole until this returns.
     *
     * @param bits what happened: the constants above, added up
     */
    void onEvent(long entry, int bits);
}
