package io.penstock.dataplane.demo;

import java.net.InetSocketAddress;

/**
 * The HTTP servers behind the load balancer, each on a link of its own.
 *
 * <pre>
 *                                   d1 ------ s1  server 1  203.0.113.18
 *  client  c0 ------ d0  Penstock   d2 ------ s2  server 2  203.0.113.34
 *  198.51.100.2      .1  192.0.2.80 d3 ------ s3  server 3  203.0.113.50
 *                                   d4 ------ s4  server 4  203.0.113.66
 * </pre>
 *
 * <p>Source: addresses from RFC 5737, which nobody else uses.
 */
enum Backend {

    ONE(1, 2),
    TWO(2, 1),
    /** The one that dies, and comes back. */
    THREE(3, 1),
    /** The one that is added. */
    FOUR(4, 2);

    /** HTTP, of the service and of the servers. */
    static final int PORT = 80;

    /** The service's address: none of any link, as it would be. */
    static final String SERVICE = "192.0.2.80";

    /** Of the prefix of each link: sixteen addresses. */
    private static final int LENGTH = 28;
    private static final int LINK_ADDRESSES = 16;

    private final int number;
    private final int weight;

    Backend(final int number, final int weight) {
        this.number = number;
        this.weight = weight;
    }

    /** The one of that number, or null. */
    static Backend of(final int number) {
        return number >= 1 && number <= values().length ? values()[number - 1] : null;
    }

    /** From 1 on. */
    int number() {
        return number;
    }

    /** The scheduler's. */
    int weight() {
        return weight;
    }

    /** What it is called. */
    String text() {
        return "server " + number;
    }

    /** The server's device. */
    String device() {
        return "s" + number;
    }

    /** Penstock's port to it. */
    String port() {
        return "d" + number;
    }

    /** The server's address. */
    String address() {
        return "203.0.113." + (number * LINK_ADDRESSES + 2);
    }

    /** Penstock's address on this link. */
    String routerAddress() {
        return "203.0.113." + (number * LINK_ADDRESSES + 1);
    }

    /** An address of this link with the length of its prefix. */
    static String withLength(final String address) {
        return address + '/' + LENGTH;
    }

    /** As commands name it. */
    String text(final int port) {
        return address() + ':' + port;
    }

    /** Where it listens. */
    InetSocketAddress socketAddress() {
        return new InetSocketAddress(address(), PORT);
    }
}
