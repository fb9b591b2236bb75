package io.penstock.dataplane.hot.fib;

import java.util.Arrays;

/**
 * This host's IPv6 addresses at one instant, by device, and which of them a packet of this host's own is sent from.
 *
 * <p>Invariants:
 * <ol>
 *   <li>It never changes; {@link AddressBook} replaces it whole.</li>
 *   <li>Devices and a device's addresses stand in the kernel's order, which decides among equals.</li>
 * </ol>
 *
 * <p>Differs from Linux: the table of address labels is the default one ({@code ip addrlabel} is not read), and the sysctls
 * {@code use_tempaddr}, {@code use_optimistic} and {@code use_oif_addrs_only} have their defaults.
 *
 * <p>Source: RFC 6724 section 5 as net/ipv6/addrconf.c ipv6_dev_get_saddr has it. Threads: any number of readers.
 */
public final class Addresses6 {

    /** Longs of an address's row. */
    public static final int ROW = 4;
    /** In a row: the first eight bytes. */
    public static final int HIGH = 0;
    /** In a row: the last eight bytes. */
    public static final int LOW = 1;
    /** In a row: the prefix length. */
    public static final int LENGTH = 2;
    /** In a row: {@code FLAG_*}. */
    public static final int FLAGS = 3;

    /** Flag: for existing connections only. */
    public static final int FLAG_DEPRECATED = 1;
    /** Flag: duplicate address detection has not passed; not to be used. */
    public static final int FLAG_TENTATIVE = 1 << 1;
    /** Flag: made for privacy, and changed now and then. */
    public static final int FLAG_TEMPORARY = 1 << 2;

    static final Addresses6 NONE = new Addresses6(new int[0], new int[] {0}, new long[0]);

    private static final int NO_DEVICE = -1;
    private static final int NO_ROW = -1;
    private static final int PORTS = 64;

    private static final int SCOPE_LINK = 2;
    private static final int SCOPE_SITE = 5;
    private static final int SCOPE_GLOBAL = 14;
    /** Makes every scope that is too small come after every one that is enough. */
    private static final int TOO_SMALL = 128;

    private static final int SOLICITED_BITS = 0xFF_FFFF;

    private static final int RULES = 8;

    private final int[] deviceOfPort = new int[PORTS];
    private final int[] first;
    private final int[] deviceOfRow;
    private final long[] rows;

    /**
     * Addresses that are not changed any more by the caller.
     *
     * @param ports for each device its port's index, or -1
     * @param first for each device the number of its first row, and at the end the number of rows
     * @param rows the rows, {@link #ROW} longs each
     */
    public Addresses6(final int[] ports, final int[] first, final long[] rows) {
        this.first = first;
        this.rows = rows;
        deviceOfRow = new int[rows.length / ROW];
        Arrays.fill(deviceOfPort, NO_DEVICE);
        for (int device = 0; device < ports.length; device++) {
            if (ports[device] >= 0) {
                deviceOfPort[ports[device]] = device;
            }
            Arrays.fill(deviceOfRow, first[device], first[device + 1], device);
        }
    }

    /** The first eight bytes of an address by its number. */
    public long high(final int number) {
        return rows[number * ROW + HIGH];
    }

    /** The last eight bytes of an address by its number. */
    public long low(final int number) {
        return rows[number * ROW + LOW];
    }

    /** True if the address is one of a device's own. */
    public boolean isOwn(final long high, final long low) {
        return isOwn(NO_DEVICE, high, low);
    }

    /** True if the address is one of this host's for what comes by a port: one of link scope must be the port's. */
    public boolean isOwn(final int port, final long high, final long low) {
        final int device = port < 0 ? NO_DEVICE : deviceOfPort[port];
        for (int number = 0; number < deviceOfRow.length; number++) {
            if (high(number) == high && low(number) == low && !is(number, FLAG_TENTATIVE)
                    && (port < 0 || deviceOfRow[number] == device || scope(high, low) > SCOPE_LINK)) {
                return true;
            }
        }
        return false;
    }

    /** True if the address is one of the port's own. */
    public boolean isOwnOf(final int port, final long high, final long low) {
        final int device = port < 0 ? NO_DEVICE : deviceOfPort[port];
        for (int number = device == NO_DEVICE ? 0 : first[device]; device != NO_DEVICE && number < first[device + 1]; number++) {
            if (high(number) == high && low(number) == low && !is(number, FLAG_TENTATIVE)) {
                return true;
            }
        }
        return false;
    }

    /** True if one of the port's addresses ends in these 24 bits, and so is in their solicited-node group (RFC 4291 2.7.1). */
    public boolean isSolicited(final int port, final int low24) {
        final int device = port < 0 ? NO_DEVICE : deviceOfPort[port];
        for (int number = device == NO_DEVICE ? 0 : first[device]; device != NO_DEVICE && number < first[device + 1]; number++) {
            if (((int) low(number) & SOLICITED_BITS) == low24) {
                return true;
            }
        }
        return false;
    }

    /** The number of a port's oldest link-local address, by which routers speak (RFC 4861 section 4.5); -1 if it has none. */
    public int linkLocal(final int port) {
        final int device = port < 0 ? NO_DEVICE : deviceOfPort[port];
        for (int number = device == NO_DEVICE ? -1 : first[device + 1] - 1;
                number >= 0 && number >= first[device]; number--) {
            if (scope(high(number), low(number)) == SCOPE_LINK && !is(number, FLAG_TENTATIVE)) {
                return number;
            }
        }
        return NO_ROW;
    }

    /** The number of a port's first address whose scope is that of another address; -1 if it has none. */
    public int firstAsFar(final int port, final long high, final long low) {
        final int device = port < 0 ? NO_DEVICE : deviceOfPort[port];
        for (int number = device == NO_DEVICE ? 0 : first[device]; device != NO_DEVICE && number < first[device + 1]; number++) {
            if (scope(high(number), low(number)) == scope(high, low) && !is(number, FLAG_TENTATIVE)) {
                return number;
            }
        }
        return NO_ROW;
    }

    /** The number of the address that this host sends from to a destination by a port; -1 if it has none. */
    public int source(final int port, final long high, final long low) {
        final int device = port < 0 ? NO_DEVICE : deviceOfPort[port];
        final boolean onlyDevice = high >>> 56 == 0xFF || scope(high, low) <= SCOPE_LINK;
        if (onlyDevice && device == NO_DEVICE) {
            return NO_ROW;
        }
        final int from = onlyDevice ? first[device] : 0;
        final int end = onlyDevice ? first[device + 1] : deviceOfRow.length;
        int best = NO_ROW;
        for (int number = from; number < end; number++) {
            if (!is(number, FLAG_TENTATIVE) && (best == NO_ROW || isBetter(number, best, device, high, low))) {
                best = number;
            }
        }
        return best;
    }

    private boolean isBetter(final int number, final int than, final int device, final long high, final long low) {
        for (int rule = 0; rule < RULES; rule++) {
            final int difference = score(rule, number, device, high, low) - score(rule, than, device, high, low);
            if (difference != 0) {
                return difference > 0;
            }
        }
        return false;
    }

    /** What a rule, numbered as in RFC 6724 less one (rule 4 is not the kernel's), says of an address; more is better. */
    private int score(final int rule, final int number, final int device, final long high, final long low) {
        final long ownHigh = high(number);
        final long ownLow = low(number);
        return switch (rule) {
            case 0 -> ownHigh == high && ownLow == low ? 1 : 0;
            case 1 -> {
                final int scope = scope(ownHigh, ownLow);
                yield scope >= scope(high, low) ? -scope : scope - TOO_SMALL;
            }
            case 2 -> is(number, FLAG_DEPRECATED) ? 0 : 1;
            case 3 -> device == NO_DEVICE || deviceOfRow[number] == device ? 1 : 0;
            case 4 -> label(ownHigh, ownLow) == label(high, low) ? 1 : 0;
            case 5 -> is(number, FLAG_TEMPORARY) ? 0 : 1;
            case 6 -> isOrchid(ownHigh) == isOrchid(high) ? 1 : 0;
            default -> Math.min(sharedBits(ownHigh, ownLow, high, low), (int) rows[number * ROW + LENGTH]);
        };
    }

    private boolean is(final int number, final int flag) {
        return (rows[number * ROW + FLAGS] & flag) != 0;
    }

    /** The scope of an address, on the scale of multicast's (RFC 4291 section 2.7, RFC 6724 section 3.1). */
    static int scope(final long high, final long low) {
        if (high >>> 56 == 0xFF) {
            return (int) (high >>> 48) & 0xF;
        }
        if (high >>> 54 == 0xFE80 >>> 6 || high == 0 && low == 1) {
            return SCOPE_LINK;
        }
        return high >>> 54 == 0xFEC0 >>> 6 ? SCOPE_SITE : SCOPE_GLOBAL;
    }

    /** The label of an address in the kernel's default table (net/ipv6/addrlabel.c), which is not quite RFC 6724's. */
    static int label(final long high, final long low) {
        if (high == 0) {
            if (low == 1) {
                return 0;
            }
            return low >>> Integer.SIZE == 0 ? 3 : low >>> Integer.SIZE == 0xFFFF ? 4 : 1;
        }
        if (high >>> 57 == 0xFC >>> 1) {
            return 5;
        }
        if (high >>> 48 == 0x2002) {
            return 2;
        }
        if (high >>> Integer.SIZE == 0x2001_0000L) {
            return 6;
        }
        if (high >>> 54 == 0xFEC0 >>> 6) {
            return 11;
        }
        if (high >>> 48 == 0x3FFE) {
            return 12;
        }
        return isOrchid(high) ? 7 : 1;
    }

    /** True for 2001:10::/28 (RFC 4843). */
    private static boolean isOrchid(final long high) {
        return high >>> 36 == 0x2001_0010L >>> 4;
    }

    private static int sharedBits(final long aHigh, final long aLow, final long bHigh, final long bLow) {
        return aHigh != bHigh ? Long.numberOfLeadingZeros(aHigh ^ bHigh) : Long.SIZE + Long.numberOfLeadingZeros(aLow ^ bLow);
    }
}
