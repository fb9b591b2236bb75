package io.penstock.os.netlink;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.SysException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a device's driver says of itself: its name, queues and rings.
 *
 * <pre>
 *   struct ifreq (40 bytes)         what ifr_data points to
 *   +-----------+--------+------+   +---------+----------------------+
 *   | name [16] | data   | ...  |   | command | the command's answer |
 *   +-----------+--------+------+   +---------+----------------------+
 * </pre>
 *
 * <p>Source: linux/ethtool.h, netdevice(7). Threads: one at a time.
 */
public final class Ethtool implements AutoCloseable {

    /**
     * Queues of a device; a combined one both receives and transmits.
     *
     * @param maxRx       the most receive-only queues that it can have
     * @param maxTx       likewise, transmit-only
     * @param maxCombined likewise, both
     * @param rx          receive-only queues in use
     * @param tx          transmit-only queues in use
     * @param combined    queues of both kinds in use
     */
    public record Channels(int maxRx, int maxTx, int maxCombined, int rx, int tx, int combined) {

        /** How many queues receive. */
        public int receiving() {
            return rx + combined;
        }

        /** How many queues transmit. */
        public int transmitting() {
            return tx + combined;
        }
    }

    /**
     * Descriptors in each ring of a device.
     *
     * @param maxRx the most that a receive ring can have
     * @param maxTx the most that a transmit ring can have
     * @param rx    what a receive ring has
     * @param tx    what a transmit ring has
     */
    public record Rings(int maxRx, int maxTx, int rx, int tx) {
    }

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GDRVINFO = 0x03;
    private static final int ETHTOOL_GRINGPARAM = 0x10;
    private static final int ETHTOOL_GCHANNELS = 0x3C;

    private static final int NAME_BYTES = 16;
    private static final int IFREQ_DATA = 16;
    private static final int ANSWER_OFFSET = 64;
    /** The largest of the three answers is struct ethtool_drvinfo's 196 bytes. */
    private static final int ANSWER_BYTES = 256;
    private static final int DRIVER_BYTES = 32;

    private final int fd;
    private final MappedMemory memory = MappedMemory.reserve(ANSWER_OFFSET + ANSWER_BYTES, MappedMemory.Pages.NORMAL);

    private Ethtool(final int fd) {
        this.fd = fd;
    }

    /** Opens a socket in the calling thread's namespace. */
    public static Ethtool open() {
        final int fd = Linux.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        Linux.check(fd, "socket(AF_INET, SOCK_DGRAM)");
        return new Ethtool(fd);
    }

    /** The driver's name, such as {@code veth} or {@code virtio_net}; empty if it has none to tell. */
    public Optional<String> driver(final String device) {
        if (!ask(device, ETHTOOL_GDRVINFO, "driver")) {
            return Optional.empty();
        }
        final byte[] name = new byte[DRIVER_BYTES];
        Memory.copyToArray(answer() + 4, name, 0, name.length);
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        return Optional.of(new String(name, 0, length, StandardCharsets.UTF_8));
    }

    /** Its queues; empty if the driver cannot tell: then {@link Link#numRxQueues()} is the limit. */
    public Optional<Channels> channels(final String device) {
        if (!ask(device, ETHTOOL_GCHANNELS, "channels")) {
            return Optional.empty();
        }
        // max rx, max tx, max other, max combined, then the same in use
        return Optional.of(new Channels(word(1), word(2), word(4), word(5), word(6), word(8)));
    }

    /** Its rings; empty if it has none, as virtual devices. */
    public Optional<Rings> rings(final String device) {
        if (!ask(device, ETHTOOL_GRINGPARAM, "rings")) {
            return Optional.empty();
        }
        // max rx, max rx mini, max rx jumbo, max tx, then the same in use
        return Optional.of(new Rings(word(1), word(4), word(5), word(8)));
    }

    @Override
    public void close() {
        Linux.close(fd);
        memory.close();
    }

    private long answer() {
        return memory.address() + ANSWER_OFFSET;
    }

    private int word(final int index) {
        return Memory.getInt(answer() + 4L * index);
    }

    private boolean ask(final String device, final int command, final String what) {
        final byte[] name = device.getBytes(StandardCharsets.UTF_8);
        if (name.length >= NAME_BYTES) {
            throw new IllegalArgumentException("device name '" + device + "' is too long: bytes=" + name.length + " max=15");
        }
        Memory.fill(memory.address(), ANSWER_OFFSET + ANSWER_BYTES, (byte) 0);
        Memory.copyFromArray(name, 0, memory.address(), name.length);
        Memory.putLong(memory.address() + IFREQ_DATA, answer());
        Memory.putInt(answer(), command);
        final int result = Linux.ioctl(fd, SIOCETHTOOL, memory.address());
        if (result == -Errno.EOPNOTSUPP) {
            return false;
        }
        if (result < 0) {
            throw new SysException("ethtool " + what + "(device=" + device + ')', -result,
                    result == -Errno.ENODEV ? "'ip -br link' lists the devices" : null);
        }
        return true;
    }
}
