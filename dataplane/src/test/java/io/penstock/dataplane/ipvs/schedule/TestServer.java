package io.penstock.dataplane.ipvs.schedule;

import io.penstock.dataplane.hot.ipvs.schedule.Candidate;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** A server as a test sets it. Threads: the test's; others see what was set before they were started. */
final class TestServer implements Candidate {

    private final int family;
    private final long high;
    private final long low;
    private final int port;
    int weight;
    boolean isOverloaded;
    boolean isAvailable = true;
    long active;
    long inactive;

    TestServer(final String address, final int port, final int weight) {
        final byte[] bytes = bytes(address);
        family = bytes.length == 4 ? 4 : 6;
        high = high(bytes);
        low = low(bytes);
        this.port = port;
        this.weight = weight;
    }

    /** The number-th of many servers: 10.a.b.c, port 80. */
    static TestServer numbered(final int number, final int weight) {
        return new TestServer("10." + (number >> 16) + '.' + (number >> 8 & 0xFF) + '.' + (number & 0xFF), 80, weight);
    }

    static TestServer[] numbered(final int count) {
        final TestServer[] servers = new TestServer[count];
        for (int i = 0; i < count; i++) {
            servers[i] = numbered(i, 1);
        }
        return servers;
    }

    static byte[] bytes(final String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (final UnknownHostException problem) {
            throw new IllegalArgumentException(address, problem);
        }
    }

    static long high(final byte[] address) {
        return address.length == 4 ? 0 : ByteBuffer.wrap(address).getLong();
    }

    static long low(final byte[] address) {
        return address.length == 4 ? ByteBuffer.wrap(address).getInt() & 0xFFFF_FFFFL : ByteBuffer.wrap(address).getLong(Long.BYTES);
    }

    @Override
    public int weight() {
        return weight;
    }

    @Override
    public boolean isOverloaded() {
        return isOverloaded;
    }

    @Override
    public long active() {
        return active;
    }

    @Override
    public long inactive() {
        return inactive;
    }

    @Override
    public boolean isAvailable() {
        return isAvailable;
    }

    @Override
    public int family() {
        return family;
    }

    @Override
    public long high() {
        return high;
    }

    @Override
    public long low() {
        return low;
    }

    @Override
    public int port() {
        return port;
    }
}
