package io.penstock.dataplane.hot.fib;

import java.util.Arrays;

/**
 * This host's IPv4 addresses at one instant, by device, and which of them a packet of this host's own is sent from.
 *
 * <p>Invariants:
 * <ol>
 *   <li>It never changes; {@link AddressBook} replaces it whole.</li>
 *   <li>Devices and a device's addresses stand in the kernel's order, which decides among equals.</li>
 * </ol>
 *
 * <p>Differs from Linux: {@code route_localnet} does not make a device's host-scope addresses eligible, and the addresses of
 * a VRF's device do not come before others.
 *
 * <p>Source: net/ipv4/devinet.c inet_select_addr, in_dev_select_addr, inet_addr_onlink, inet_lookup_ifaddr_rcu. Threads: any
 * number of readers.
 */
public final class Addresses4 {

    /** Ints of an address's row. */
    public static final int ROW = 5;
    /** In a row: the address. */
    public static final int LOCAL = 0;
    /** In a row: the first address of its network, which is the peer's on a point-to-point link. */
    public static final int NETWORK = 1;
    /** In a row: the network's mask. */
    public static final int MASK = 2;
    /** In a row: the scope, {@code RT_SCOPE_*}. */
    public static final int SCOPE = 3;
    /** In a row: 1 if another address of the same network comes first on the device, otherwise 0. */
    public static final int SECONDARY = 4;

    /**
     * log2 of the filter's bits. 512 bytes are 8 cache lines: with 40 addresses of its own a host looks one packet in a
     * hundred up in vain. Smaller filters let more through, larger ones push something else out of the cache.
     */
    private static final int FILTER_LOG2 = 12;

    static final int FILTER_WORDS = 1 << FILTER_LOG2 - 6;

    static final Addresses4 NONE = new Addresses4(new int[0], new int[] {0}, new int[0]);

    private static final int PORTS = 64;
    private static final int NO_DEVICE = -1;

    private final int[] deviceOfPort = new int[PORTS];
    private final int[] first;
    private final int[] rows;
    private final int[] own;
    private final long[] filter = new long[FILTER_WORDS];

    /**
     * Addresses that are not changed any more by the caller.
     *
     * @param ports for each device its port's index, or -1
     * @param first for each device the number of its first row, and at the end the number of rows
     * @param rows the rows, {@link #ROW} ints each
     */
    public Addresses4(final int[] ports, final int[] first, final int[] rows) {
        this.first = first;
        this.rows = rows;
        Arrays.fill(deviceOfPort, NO_DEVICE);
        for (int device = 0; device < ports.length; device++) {
            if (ports[device] >= 0) {
                deviceOfPort[ports[device]] = device;
            }
        }
        own = new int[Math.max(4, Integer.highestOneBit(rows.length / ROW) * 4)];
        for (int row = 0; row < rows.length; row += ROW) {
            final int address = rows[row + LOCAL];
            own[slotOf(address)] = address;
            filter[filterBit(address) >>> 6] |= 1L << filterBit(address);
        }
    }

    /** True if the address is one of a device's own. */
    public boolean isOwn(final int address) {
        return address != 0 && own[slotOf(address)] == address;
    }

    /** True if the port's device has an address at all. */
    public boolean has(final int port) {
        final int device = deviceOfPort[port];
        return device != NO_DEVICE && first[device] != first[device + 1];
    }

    /** True if one network of the port's device has both addresses, or the first, if the second is 0. */
    public boolean onLink(final int port, final int a, final int b) {
        final int device = deviceOfPort[port];
        if (device == NO_DEVICE) {
            return false;
        }
        for (int row = first[device] * ROW; row < first[device + 1] * ROW; row += ROW) {
            if (isIn(a, row) && (b == 0 || isIn(b, row))) {
                return true;
            }
        }
        return false;
    }

    /**
     * The address that this host sends from by a port; 0 if it has none.
     *
     * @param destination the other end, whose network's address is preferred, or 0
     * @param scope the greatest scope that will do
     */
    public int source(final int port, final int destination, final int scope) {
        return sourceOfDevice(port < 0 ? NO_DEVICE : deviceOfPort[port], destination, scope);
    }

    /** As {@link #source} for the device of a place in the constructor's arrays, or -1 for one without addresses. */
    public int sourceOfDevice(final int device, final int destination, final int scope) {
        int found = 0;
        if (device != NO_DEVICE) {
            for (int row = first[device] * ROW; row < first[device + 1] * ROW; row += ROW) {
                if (rows[row + SECONDARY] != 0 || rows[row + SCOPE] > scope) {
                    continue;
                }
                if (destination == 0 || isIn(destination, row)) {
                    return rows[row + LOCAL];
                }
                found = found == 0 ? rows[row + LOCAL] : found;
            }
        }
        return found == 0 ? sourceOfAny(scope) : found;
    }

    private int sourceOfAny(final int scope) {
        for (int row = 0; row < rows.length; row += ROW) {
            if (rows[row + SECONDARY] == 0 && rows[row + SCOPE] != AddressBook.SCOPE_LINK && rows[row + SCOPE] <= scope) {
                return rows[row + LOCAL];
            }
        }
        return 0;
    }

    private boolean isIn(final int address, final int row) {
        return ((address ^ rows[row + NETWORK]) & rows[row + MASK]) == 0;
    }

    /** Where an address is, or the free slot where it would be. */
    private int slotOf(final int address) {
        final int mask = own.length - 1;
        int slot = hash(address) & mask;
        while (own[slot] != 0 && own[slot] != address) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /** 64 bits of the filter: each own address has set the bit that {@link #filterBit} names. */
    long filterWord(final int index) {
        return filter[index];
    }

    static int filterBit(final int address) {
        return hash(address) >>> Integer.SIZE - FILTER_LOG2;
    }

    private static int hash(final int address) {
        final int mixed = address * 0x9E37_79B1;
        return mixed ^ mixed >>> 15;
    }
}
