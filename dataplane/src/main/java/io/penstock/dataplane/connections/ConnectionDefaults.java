package io.penstock.dataplane.connections;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What follows from the machine's memory, as in the kernel. Source: nf_conntrack_core.c, {@code nf_conntrack_init_start}. */
final class ConnectionDefaults {

    private static final long GIB = 1L << 30;
    private static final int LARGE = 262_144;
    private static final int MEDIUM = 65_536;
    /** Memory for each connection that there may be, on small machines. Unit: bytes. */
    private static final int BYTES_FOR_EACH = 16_384 * Long.BYTES;
    private static final int LEAST = 1024;

    private ConnectionDefaults() {
    }

    /** {@code nf_conntrack_max}. */
    static int max() {
        final long memory = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return memory > 4 * GIB ? LARGE : memory > GIB ? MEDIUM : Math.max(LEAST, (int) (memory / BYTES_FOR_EACH));
    }
}
