package io.penstock.os.xdp;

import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The host's own addresses, as the redirect programs of all ports of a network namespace see them: two hash maps in the
 * kernel, and a filter before them.
 *
 * <p>The filter is an array of bytes, each the number of addresses whose hash is its index. A frame whose destination hits a
 * zero is not for the host, and the hash map is not asked: 10 ns instead of 27 for the whole program (measured, 20 addresses).
 *
 * <p>Invariants:
 * <ol>
 *   <li>An address that was added is seen by the next frame on every port; nothing is loaded or attached again.</li>
 *   <li>The filter's byte of every address in the maps is not 0. A byte that has reached 255 stays.</li>
 *   <li>Programs that use the maps keep them alive after {@link #close}.</li>
 * </ol>
 *
 * <p>Threads: any, one at a time.
 */
public final class HostAddresses implements AutoCloseable {

    /**
     * Addresses per family. A load balancer may hold thousands of virtual addresses on its loopback; the kernel sets aside
     * about 80 bytes for each. Lower: {@link #add} fails. Higher: memory that nobody uses.
     */
    public static final int CAPACITY = 16384;

    /**
     * The filter has {@code 1 << FILTER_BITS} bytes: 4 KiB stay in the first-level cache, and a hundred addresses let one
     * foreign packet in forty through to the map. Higher: fewer of those, more cache.
     */
    static final int FILTER_BITS = 12;
    /** 2^64 divided by the golden ratio: its products' high bits depend on all bits of the address. */
    static final long FILTER_MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private static final int FILTER_STUCK = 255;
    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;
    /** Only presence counts: the smallest value that the kernel stores without padding. */
    private static final byte[] PRESENT = BpfMap.key(1);

    private final BpfMap v4;
    private final BpfMap v6;
    private final BpfMap filter;

    private HostAddresses() {
        v4 = BpfMap.create(BpfMapType.HASH, "penstock_host4", V4_BYTES, PRESENT.length, CAPACITY, 0);
        v6 = BpfMap.create(BpfMapType.HASH, "penstock_host6", V6_BYTES, PRESENT.length, CAPACITY, 0);
        filter = BpfMap.create(BpfMapType.ARRAY, "penstock_hostf", Integer.BYTES, 1 << FILTER_BITS, 1, BpfMap.F_MMAPABLE);
    }

    /** Makes the maps, empty. */
    public static HostAddresses create() {
        return new HostAddresses();
    }

    /** Adds an address of 4 or 16 bytes in network order; adding it again changes nothing. */
    public synchronized void add(final byte[] address) {
        if (contains(address)) {
            return;
        }
        try {
            map(address).update(address, PRESENT);
        } catch (final SysException e) {
            throw e.errno() != Errno.E2BIG ? e : e.withRemedy("the host has more addresses than Penstock keeps: address="
                    + text(address) + " limit=" + CAPACITY + " per family; remove addresses from the host");
        }
        count(address, 1);
    }

    /** Removes an address; false when it was not there. */
    public synchronized boolean remove(final byte[] address) {
        final boolean removed = map(address).delete(address);
        if (removed) {
            count(address, -1);
        }
        return removed;
    }

    /** Whether an address is there. */
    public boolean contains(final byte[] address) {
        return map(address).lookup(address) != null;
    }

    BpfMap v4() {
        return v4;
    }

    BpfMap v6() {
        return v6;
    }

    BpfMap filter() {
        return filter;
    }

    @Override
    public void close() {
        v4.close();
        v6.close();
        filter.close();
    }

    private BpfMap map(final byte[] address) {
        return switch (address.length) {
            case V4_BYTES -> v4;
            case V6_BYTES -> v6;
            default -> throw new IllegalArgumentException("not an address: bytes=" + address.length + "; use 4 or 16");
        };
    }

    // The program reads the byte without ordering: it may see it a moment before or after the map's entry.
    private void count(final byte[] address, final int change) {
        final long slot = filter.address() + slot(address);
        final int before = Memory.getUnsignedByte(slot);
        if (before != FILTER_STUCK) {
            Memory.putByte(slot, (byte) (before + change));
        }
    }

    /** Where the program looks: the address as loaded by it, an IPv6 one folded to 64 bits. */
    static int slot(final byte[] address) {
        final ByteBuffer bytes = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
        final long folded = address.length == V4_BYTES
                ? Integer.toUnsignedLong(bytes.getInt(0))
                : bytes.getLong(0) ^ bytes.getLong(Long.BYTES);
        return (int) (folded * FILTER_MULTIPLIER >>> Long.SIZE - FILTER_BITS);
    }

    private static String text(final byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
