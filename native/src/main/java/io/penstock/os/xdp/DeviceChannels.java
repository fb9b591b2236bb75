package io.penstock.os.xdp;

import io.penstock.os.sys.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How many queues a device has, and could have, as {@code ethtool -l} prints them. Asked of the device itself, because
 * /sys/class/net shows the network namespace that it was mounted in, not the caller's.
 *
 * <p>Source: {@code struct ethtool_channels}, {@code struct ethtool_drvinfo} of linux/ethtool.h, netdevice(7). Control; any
 * thread, for devices of its network namespace.
 *
 * @param rx          queues that only receive
 * @param tx          queues that only send
 * @param combined    queues that do both
 * @param maxRx       how many of them the device could have
 * @param maxTx       how many of them the device could have
 * @param maxCombined how many of them the device could have
 */
public record DeviceChannels(int rx, int tx, int combined, int maxRx, int maxTx, int maxCombined) {

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final long SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GDRVINFO = 0x3;
    private static final int ETHTOOL_GCHANNELS = 0x3C;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_DATA = 16;
    private static final int CHANNELS_BYTES = 36;
    private static final int DRVINFO_BYTES = 196;
    private static final int DRVINFO_DRIVER = 4;

    /** Reads a device's; empty when the driver does not tell, or there is no such device. */
    public static Optional<DeviceChannels> read(final String device) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment c = arena.allocate(CHANNELS_BYTES, 4);
            return ethtool(arena, device, ETHTOOL_GCHANNELS, c)
                    ? Optional.of(new DeviceChannels(word(c, 5), word(c, 6), word(c, 8), word(c, 1), word(c, 2), word(c, 4)))
                    : Optional.empty();
        }
    }

    /** The name of a device's driver, or {@code unknown}. */
    public static String driver(final String device) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment info = arena.allocate(DRVINFO_BYTES, 4);
            return ethtool(arena, device, ETHTOOL_GDRVINFO, info) ? info.getString(DRVINFO_DRIVER) : "unknown";
        }
    }

    /** How many queues receive: AF_XDP queues are 0 to this, exclusive. */
    public int queues() {
        return rx + combined;
    }

    /** How many queues could receive after {@link #command}. */
    public int maxQueues() {
        return maxCombined > 0 ? maxCombined : Math.min(maxRx, maxTx);
    }

    /** The command that gives the device so many queues. */
    public String command(final String device, final int queues) {
        return maxCombined > 0
                ? "ethtool -L " + device + " combined " + queues
                : "ethtool -L " + device + " rx " + queues + " tx " + queues;
    }

    private static int word(final MemorySegment words, final int index) {
        return words.getAtIndex(ValueLayout.JAVA_INT, index);
    }

    /** Asks the driver, or tells it something; false when it does not do that. */
    static boolean ethtool(
            final Arena arena, final String device, final int command, final MemorySegment data) {
        final byte[] name = device.getBytes(StandardCharsets.UTF_8);
        if (name.length >= IFREQ_DATA) {
            return false;
        }
        final MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
        MemorySegment.copy(name, 0, request, ValueLayout.JAVA_BYTE, 0, name.length);
        request.set(ValueLayout.JAVA_LONG, IFREQ_DATA, data.address());
        data.set(ValueLayout.JAVA_INT, 0, command);
        final int fd = Linux.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        if (fd < 0) {
            return false;
        }
        try {
            return Linux.ioctl(fd, SIOCETHTOOL, request.address()) >= 0;
        } finally {
            Linux.close(fd);
        }
    }
}
