package io.penstock.os.sys;

import io.penstock.os.hot.memory.Memory;

/**
 * The time zone that the kernel keeps ({@code settimeofday} sets it once, at boot; it knows no summer time).
 *
 * <p>Source: gettimeofday(2). The C library's call of that name has forgotten the zone since glibc 2.31. Control.
 */
public final class KernelTimeZone {

    private static final int TIMEVAL_BYTES = 16;
    private static final int ZONE_BYTES = 8;
    private static final int MINUTE_SECONDS = 60;
    /** {@code gettimeofday} on arm64 and on x86-64. */
    private static final int NUMBER = System.getProperty("os.arch").equals("aarch64") ? 169 : 96;

    private KernelTimeZone() {
    }

    /** How far behind UTC it is. Unit: s. */
    public static int secondsWest() {
        try (MappedMemory time = MappedMemory.reserve(TIMEVAL_BYTES + ZONE_BYTES, MappedMemory.Pages.NORMAL)) {
            final long zone = time.address() + TIMEVAL_BYTES;
            Linux.check(Linux.syscall(NUMBER, time.address(), zone, 0, 0, 0, 0), "gettimeofday");
            return Memory.getInt(zone) * MINUTE_SECONDS;
        }
    }
}
