package io.penstock.dataplane.doctor;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netlink.Link;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.SysException;
import io.penstock.os.xdp.DeviceChannels;
import io.penstock.os.xdp.VlanTags;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks the running kernel, of the calling thread's network namespace.
 *
 * <p>Source: netdevice(7), linux/ethtool.h. Devices are listed from /proc/thread-self/net/dev, because /sys/class/net shows the
 * namespace that it was mounted in.
 */
final class KernelProbes implements Probes {

    private static final int AF_INET = 2;
    private static final int AF_XDP = 44;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCGIFMTU = 0x8921;
    private static final long SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GFLAGS = 0x25;
    private static final int ETHTOOL_GGRO = 0x2B;
    private static final int ETH_FLAG_LRO = 1 << 15;
    private static final int IFF_UP = 1;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_DATA = 16;
    private static final int XDP_PASS = 2;

    @Override
    public int xdpSocket() {
        final int fd = Linux.socket(AF_XDP, SOCK_RAW_CLOEXEC, 0);
        if (fd >= 0) {
            Linux.close(fd);
        }
        return fd >= 0 ? 0 : -fd;
    }

    @Override
    public int bpfProgram() {
        final BpfAssembler pass = new BpfAssembler().mov(BpfIsa.Reg.R0, XDP_PASS).exit();
        try (BpfProgram _ = BpfProgram.load(BpfProgramType.XDP, "pt_doctor", pass, "Apache-2.0")) {
            return 0;
        } catch (final SysException e) {
            return e.errno();
        }
    }

    @Override
    public List<DeviceFacts> devices() {
        final List<DeviceFacts> devices = new ArrayList<>();
        final List<Link> links = links();
        final int fd = Linux.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        try (Arena arena = Arena.ofConfined()) {
            final List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/net/dev"));
            for (final String line : lines.subList(Math.min(2, lines.size()), lines.size())) {
                devices.add(device(fd, arena, line.substring(0, line.lastIndexOf(':')).strip(), links));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Linux.close(fd);
        }
        return devices;
    }

    @Override
    public Optional<DroppingPrograms> dropping() {
        try {
            return DroppingPrograms.find();
        } catch (final SysException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** What netlink knows of the devices; nothing where it does not answer. */
    private static List<Link> links() {
        try {
            return Interfaces.all();
        } catch (final SysException e) {
            return List.of();
        }
    }

    private static DeviceFacts device(final int fd, final Arena arena, final String name, final List<Link> links) {
        final MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, Math.min(bytes.length, IFREQ_DATA - 1));
        final int mtu = Linux.ioctl(fd, SIOCGIFMTU, request.address()) < 0
                ? 0
                : request.get(ValueLayout.JAVA_INT, IFREQ_DATA);
        final boolean up = Linux.ioctl(fd, SIOCGIFFLAGS, request.address()) >= 0
                && (request.get(ValueLayout.JAVA_SHORT, IFREQ_DATA) & IFF_UP) != 0;
        final int flags = ethtool(fd, arena, request, ETHTOOL_GFLAGS);
        final int gro = ethtool(fd, arena, request, ETHTOOL_GGRO);
        final int queues = DeviceChannels.read(name).map(DeviceChannels::queues).orElse(0);
        return new DeviceFacts(
                name, DeviceChannels.driver(name), queues, mtu, (flags & ETH_FLAG_LRO) != 0, gro != 0, up, vlan(name, links));
    }

    /** A member of a bridge or a bond is no port: what it does with tags is not asked. */
    private static VlanTags.Place vlan(final String name, final List<Link> links) {
        return links.stream().filter(link -> link.name().equals(name) && link.master() == 0)
                .map(VlanTags::place).findFirst().orElse(VlanTags.Place.IN_FRAMES);
    }

    /** The value of an ethtool question that has one, or 0 when the device does not answer it. */
    private static int ethtool(final int fd, final Arena arena, final MemorySegment request, final int command) {
        final MemorySegment value = arena.allocate(8, 4);
        value.set(ValueLayout.JAVA_INT, 0, command);
        request.set(ValueLayout.JAVA_LONG, IFREQ_DATA, value.address());
        return Linux.ioctl(fd, SIOCETHTOOL, request.address()) < 0 ? 0 : value.get(ValueLayout.JAVA_INT, 4);
    }
}
