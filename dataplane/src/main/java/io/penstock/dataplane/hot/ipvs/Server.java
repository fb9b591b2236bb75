package io.penstock.dataplane.hot.ipvs;

import io.penstock.dataplane.hot.ipvs.schedule.Candidate;
import io.penstock.dataplane.hot.ipvs.tunnel.Tunnel;
import io.penstock.os.hot.memory.Memory;

/**
 * A server of a service, from its addition until the last connection to it has ended.
 *
 * <p>Invariants: {@link #number} is its own as long as it lives. The way to it (method, tunnel) is of new connections; those that are there keep theirs.
 *
 * <p>Threads: control changes it; workers read it.
 */
public final class Server implements Candidate {

    /** {@link #method}: the destination is translated. */
    public static final int NAT = 0;
    /** This host is the server. */
    public static final int LOCAL = 1;
    public static final int TUNNEL = 2;
    /** Both addresses stay, and only the link address says where it goes. */
    public static final int ROUTE = 3;
    /** Both addresses are translated. */
    public static final int FULL = 4;
    /** No server: the packet goes on as it came ({@code cache_bypass}). */
    static final int BYPASS = 5;

    public final int number;
    public final Service service;
    public final int family;
    public final long high;
    public final long low;
    public final int port;
    final long shared;

    private volatile int method;
    private volatile Tunnel tunnel;

    /** A server without connections, not available yet. */
    public Server(
            final ServiceMemory memory, final int number, final Service service, final int family, final long high, final long low, final int port) {
        this.number = number;
        this.service = service;
        this.family = family;
        this.high = high;
        this.low = low;
        this.port = port;
        this.shared = memory.shared(number);
    }

    /** Control: how packets of new connections get there. */
    public void way(final int newMethod, final Tunnel newTunnel) {
        tunnel = newTunnel;
        method = newMethod;
    }

    /** Control: how much it gets, and its thresholds. */
    public void share(final int weight, final long upper, final long lower) {
        Memory.putIntOpaque(shared + ServerLayout.WEIGHT, weight);
        Memory.putIntOpaque(shared + ServerLayout.UPPER, (int) upper);
        Memory.putIntOpaque(shared + ServerLayout.LOWER, (int) (lower != 0 ? lower : upper - (upper >>> 2)));
        ServerLayout.judge(shared);
    }

    /** Control: it is in its service, or no more. */
    public void available(final boolean is) {
        ServerLayout.change(shared, is ? ServerLayout.AVAILABLE : 0, is ? 0 : ServerLayout.AVAILABLE);
    }

    /** Control: whether clients that stay with it go to others all the same. */
    public void withdrawn(final boolean is) {
        ServerLayout.change(shared, is ? ServerLayout.WITHDRAWN : 0, is ? 0 : ServerLayout.WITHDRAWN);
    }

    /** Control: all numbers are 0; another server may have them next. */
    public void forget() {
        Memory.fill(shared, ServerLayout.BYTES, (byte) 0);
    }

    /** How new connections get there. */
    public int method() {
        return method;
    }

    /** How packets are put into others, where they are. */
    Tunnel tunnel() {
        return tunnel;
    }

    @Override
    public int weight() {
        return Memory.getIntOpaque(shared + ServerLayout.WEIGHT);
    }

    @Override
    public boolean isOverloaded() {
        return (ServerLayout.flags(shared) & ServerLayout.OVERLOADED) != 0;
    }

    @Override
    public boolean isAvailable() {
        return (ServerLayout.flags(shared) & ServerLayout.AVAILABLE) != 0;
    }

    /** Whether clients that stay with it go to it again. */
    boolean keepsClients() {
        return (ServerLayout.flags(shared) & (ServerLayout.AVAILABLE | ServerLayout.WITHDRAWN)) == ServerLayout.AVAILABLE;
    }

    @Override
    public long active() {
        return Memory.getLongOpaque(shared + ServerLayout.ACTIVE);
    }

    @Override
    public long inactive() {
        return Memory.getLongOpaque(shared + ServerLayout.TOTAL) - active();
    }

    /** Control: no connection and no client is left. */
    public boolean isIdle() {
        return Memory.getLongOpaque(shared + ServerLayout.TOTAL) == 0 && persistent() == 0;
    }

    /** Clients that stay with it. */
    public long persistent() {
        return Memory.getLongOpaque(shared + ServerLayout.PERSISTENT);
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
