package io.penstock.dataplane.hot.ipvs;

/**
 * The services of a namespace, to be found by what a packet says. Another one is made when services come or go.
 *
 * <p>Source: ip_vs_ctl.c, {@code ip_vs_service_find}. Threads: workers.
 */
public final class ServiceTable {

    /** No services. */
    public static final ServiceTable EMPTY = new ServiceTable(new Service[0]);

    private static final int TCP = 6;
    private static final int FTP_DATA = 20;
    private static final int FIRST_UNPRIVILEGED = 1024;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final Service[] slots;
    private final int mask;
    private final boolean hasFtp;
    private final boolean hasAnyPort;
    private final boolean hasMarks;

    /** A table of these. */
    public ServiceTable(final Service[] services) {
        mask = Integer.highestOneBit(Math.max(1, services.length) * 4) - 1;
        slots = new Service[mask + 1];
        boolean ftp = false;
        boolean any = false;
        boolean marks = false;
        for (final Service service : services) {
            int at = start(service.family, service.protocol, service.high, service.low, service.port, service.mark);
            while (slots[at] != null) {
                at = at + 1 & mask;
            }
            slots[at] = service;
            ftp |= service.mark == 0 && service.port == Service.FTP_PORT;
            any |= service.mark == 0 && service.port == 0;
            marks |= service.mark != 0;
        }
        hasFtp = ftp;
        hasAnyPort = any;
        hasMarks = marks;
    }

    /** The service of a packet, or null. */
    public Service find(final int family, final int mark, final int protocol, final long high, final long low, final int port) {
        if (mark != 0 && hasMarks) {
            final Service marked = exact(family, 0, 0, 0, 0, mark);
            if (marked != null) {
                return marked;
            }
        }
        Service found = exact(family, protocol, high, low, port, 0);
        if (found == null && hasFtp && protocol == TCP && (port == FTP_DATA || port >= FIRST_UNPRIVILEGED)) {
            found = exact(family, protocol, high, low, Service.FTP_PORT, 0);
        }
        if (found == null && hasAnyPort) {
            found = exact(family, protocol, high, low, 0, 0);
        }
        return found;
    }

    private Service exact(final int family, final int protocol, final long high, final long low, final int port, final int mark) {
        for (int at = start(family, protocol, high, low, port, mark);; at = at + 1 & mask) {
            final Service service = slots[at];
            if (service == null || service.low == low && service.port == port && service.protocol == protocol && service.mark == mark
                    && service.family == family && service.high == high) {
                return service;
            }
        }
    }

    private int start(final int family, final int protocol, final long high, final long low, final int port, final int mark) {
        final long key = (low ^ high * MIX ^ (long) mark << 13) * MIX ^ ((long) port << 16 | protocol << 8 | family) * MIX;
        return (int) (key * MIX >>> 40) & mask;
    }
}
