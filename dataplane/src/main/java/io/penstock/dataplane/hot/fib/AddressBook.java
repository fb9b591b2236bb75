package io.penstock.dataplane.hot.fib;

/**
 * This host's own addresses as the workers read them.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What is read is what was in force at some instant: the addresses of a family are one immutable object, replaced by
 *       one volatile store.</li>
 *   <li>{@link #isOwn4} asks a filter of bits first, so that for nearly every packet the question costs one load. While a
 *       change is written the filter may lack a new address or still name an old one: the change applies from some packet
 *       on.</li>
 * </ol>
 *
 * <p>A number of an IPv6 address is good for the {@link Addresses6} that gave it: take that once and ask it.
 *
 * <p>Threads: any number of readers; the control thread writes.
 */
public final class AddressBook {

    /** {@code RT_SCOPE_UNIVERSE}. */
    public static final int SCOPE_UNIVERSE = 0;
    /** {@code RT_SCOPE_SITE}. */
    public static final int SCOPE_SITE = 200;
    /** {@code RT_SCOPE_LINK}. */
    public static final int SCOPE_LINK = 253;
    /** {@code RT_SCOPE_HOST}. */
    public static final int SCOPE_HOST = 254;

    private final long[] filter = new long[Addresses4.FILTER_WORDS];
    private volatile Addresses4 v4 = Addresses4.NONE;
    private volatile Addresses6 v6 = Addresses6.NONE;

    /** A book without addresses. */
    AddressBook() {
    }

    /** This host's IPv4 addresses. */
    public Addresses4 v4() {
        return v4;
    }

    /** This host's IPv6 addresses. */
    public Addresses6 v6() {
        return v6;
    }

    /** True if the IPv4 address is one of this host's own. */
    public boolean isOwn4(final int address) {
        final int bit = Addresses4.filterBit(address);
        return (filter[bit >>> 6] & 1L << bit) != 0 && v4.isOwn(address);
    }

    /** Puts addresses in force. Control. */
    public void publish(final Addresses4 next4, final Addresses6 next6) {
        v4 = next4;
        v6 = next6;
        for (int i = 0; i < filter.length; i++) {
            filter[i] = next4.filterWord(i);
        }
    }
}
