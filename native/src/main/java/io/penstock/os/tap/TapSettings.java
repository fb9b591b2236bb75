package io.penstock.os.tap;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The settings of a TAP device that no protocol runs on. Source: netdevice(7). Threads: control.
 */
final class TapSettings {

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCSIFTXQLEN = 0x8943;
    private static final int IFF_UP = 1;
    private static final int IFF_NOARP = 0x80;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_DATA = 16;

    private TapSettings() {
    }

    /** Sets a device of the calling thread's network namespace up, without IPv6 and ARP. */
    static void bringUp(final String name, final int queueFrames) {
        switchIpv6Off(name);
        final int socket = (int) Linux.check(Linux.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0), "socket(AF_INET, SOCK_DGRAM)");
        try (MappedMemory request = MappedMemory.reserve(IFREQ_BYTES, MappedMemory.Pages.NORMAL)) {
            final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            Memory.copyFromArray(bytes, 0, request.address(), bytes.length);
            Memory.putInt(request.address() + IFREQ_DATA, queueFrames);
            Linux.check(Linux.ioctl(socket, SIOCSIFTXQLEN, request.address()), "SIOCSIFTXQLEN(" + name + ')');
            Linux.check(Linux.ioctl(socket, SIOCGIFFLAGS, request.address()), "SIOCGIFFLAGS(" + name + ')');
            final int flags = Memory.getUnsignedShort(request.address() + IFREQ_DATA);
            Memory.putShort(request.address() + IFREQ_DATA, flags | IFF_UP | IFF_NOARP);
            Linux.check(Linux.ioctl(socket, SIOCSIFFLAGS, request.address()), "SIOCSIFFLAGS(" + name + ')');
        } finally {
            Linux.close(socket);
        }
    }

    /**
     * Best done before the device is up: else the kernel gives it a link-local address and says so through it. Where /proc/sys
     * cannot be written, or there is no IPv6, that is all that happens, and workers throw such frames away.
     */
    private static void switchIpv6Off(final String name) {
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/" + name + "/disable_ipv6"), "1");
        } catch (final IOException e) {
            return;
        }
    }
}
