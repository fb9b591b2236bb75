package io.penstock.dataplane.demo;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;

/**
 * What a client calls an error: a request that got no answer, or not its own.
 *
 * @param atNs        when the client knew
 * @param openedNs    when it began to connect
 * @param connectedNs when it was connected; 0 when it never was
 * @param server      that had answered on this connection before; null for none
 * @param why         in words, without what differs from one to the next
 */
record WebFailure(long atNs, long openedNs, long connectedNs, Backend server, String why) {

    /** In words. */
    static String why(final IOException e, final boolean isConnected) {
        return switch (e) {
            case SocketTimeoutException _ -> isConnected ? "no answer" : "no connection";
            case NoRouteToHostException _ -> "host unreachable";
            case ConnectException _ -> "connection refused";
            case EOFException _ -> "connection closed before the answer";
            default -> String.valueOf(e.getMessage()).contains("reset")
                    ? "connection reset" : String.valueOf(e.getMessage());
        };
    }

    boolean isConnected() {
        return connectedNs != 0;
    }

    /** When what went wrong was begun, as far as it is known: a connection that never came about was in trouble from the start. */
    long troubleNs() {
        return isConnected() ? atNs : openedNs;
    }
}
