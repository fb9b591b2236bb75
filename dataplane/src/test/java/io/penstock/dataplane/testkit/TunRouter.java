package io.penstock.dataplane.testkit;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.tap.TapDevice;
import io.penstock.os.testkit.TestNetNs;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The kernel as a router between two TUN devices, {@code t0} and {@code t1}, in a namespace of its own: what goes in on one
 * side, and what the kernel sends to either because of it.
 *
 * <p>A write to a TUN device takes the packet through the kernel before it returns, so what it causes can be read at once.
 */
public final class TunRouter implements AutoCloseable {

    /** Left out: what the kernel says of its own accord, router solicitations and multicast listeners' reports. */
    private static final int ICMPV6 = 58;
    private static final int IPV6_BYTES = 40;
    private static final int NEXT_AT = 6;
    private static final int SOURCE_AT = 8;
    private static final int DESTINATION_AT = 24;
    private static final byte UNIQUE_LOCAL = (byte) 0xFD;
    private static final byte MULTICAST = (byte) 0xFF;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTER_SOLICITATION = 133;
    private static final int ROOM = 1 << 17;
    private static final int SYSCTL_BYTES = 256;
    private static final int DEVICES = 2;

    private final TestNetNs ns;
    private final MappedMemory memory = MappedMemory.reserve(ROOM, MappedMemory.Pages.NORMAL);
    private final TapDevice[] devices = new TapDevice[DEVICES];
    private final TapDevice.Kind kind;

    private TunRouter(final TestNetNs ns, final TapDevice.Kind kind) {
        this.ns = ns;
        this.kind = kind;
    }

    /** A router without addresses: both devices up, forwarding on, errors not limited. */
    public static TunRouter open(final String word) throws Exception {
        return open(word, TapDevice.Kind.TUN);
    }

    /** As {@link #open(String)}, and of TAP devices where Ethernet headers matter: then packets are frames. */
    public static TunRouter open(final String word, final TapDevice.Kind kind) throws Exception {
        final TunRouter router = new TunRouter(TestNetNs.create(word), kind);
        NetNs.within(router.ns.name(), () -> {
            for (int i = 0; i < DEVICES; i++) {
                router.devices[i] = TapDevice.open("t" + i, kind);
            }
            return null;
        });
        router.sysctl("net/ipv6/conf/default/accept_dad", "0");
        for (int i = 0; i < DEVICES; i++) {
            router.sysctl("net/ipv6/conf/t" + i + "/addr_gen_mode", "1");
            router.sysctl("net/ipv6/conf/t" + i + "/router_solicitations", "0");
            router.ip("link set t%d up", i);
        }
        router.sysctl("net/ipv4/ip_forward", "1");
        router.sysctl("net/ipv6/conf/all/forwarding", "1");
        router.sysctl("net/ipv4/icmp_ratemask", "0");
        router.sysctl("net/ipv6/icmp/ratemask", "");
        return router;
    }

    /** Runs {@code ip -n NAME ...}. */
    public void ip(final String arguments, final Object... values) {
        ns.ip(arguments, values);
    }

    /** Sets a sysctl, named as below {@code /proc/sys}. */
    public void sysctl(final String name, final String value) throws Exception {
        NetNs.within(ns.name(), () -> Files.writeString(Path.of("/proc/sys/" + name), value + '\n'));
    }

    /** Reads a sysctl, in one read: a second one would find its end, wherever the first one ended. */
    public String sysctl(final String name) throws Exception {
        return NetNs.within(ns.name(), () -> {
            try (InputStream in = Files.newInputStream(Path.of("/proc/sys/" + name))) {
                final byte[] bytes = new byte[SYSCTL_BYTES];
                return new String(bytes, 0, Math.max(0, in.read(bytes)), StandardCharsets.US_ASCII).trim();
            }
        });
    }

    /** Takes one packet in on a device. */
    public List<Sent> forward(final int device, final byte[] packet) {
        drain(new ArrayList<>());
        Memory.copyFromArray(packet, 0, memory.address(), packet.length);
        final int written = devices[device].write(memory.address(), packet.length);
        if (written != packet.length) {
            throw new AssertionError("write to t" + device + ": " + written);
        }
        return sent();
    }

    /** What the kernel has sent in the meantime, on its own account or after a while. */
    public List<Sent> sent() {
        final List<Sent> sent = new ArrayList<>();
        drain(sent);
        return sent;
    }

    /** Runs something in the namespace, which makes the kernel send. */
    public List<Sent> during(final Callable<?> action) throws Exception {
        drain(new ArrayList<>());
        NetNs.within(ns.name(), action);
        return sent();
    }

    @Override
    public void close() {
        for (final TapDevice device : devices) {
            if (device != null) {
                device.close();
            }
        }
        ns.close();
        memory.close();
    }

    private void drain(final List<Sent> to) {
        for (int i = 0; i < DEVICES; i++) {
            int bytes = devices[i].read(memory.address(), ROOM);
            while (bytes >= 0) {
                final byte[] packet = new byte[bytes];
                Memory.copyToArray(memory.address(), packet, 0, bytes);
                if (kind == TapDevice.Kind.TAP || !isOwnAccord(packet)) {
                    to.add(new Sent(i, packet));
                }
                bytes = devices[i].read(memory.address(), ROOM);
            }
            if (bytes != -Errno.EAGAIN) {
                throw new AssertionError("read of t" + i + ": " + bytes);
            }
        }
    }

    /** Link-local or no source, and a kind of packet that nobody asked for. */
    private static boolean isOwnAccord(final byte[] packet) {
        if (packet[0] >>> 4 != 6 || packet.length <= IPV6_BYTES || packet[SOURCE_AT] == UNIQUE_LOCAL) {
            return false;
        }
        return packet[NEXT_AT] == ICMPV6 && (packet[IPV6_BYTES] & 0xFF) == ROUTER_SOLICITATION
                || packet[NEXT_AT] == HOP_BY_HOP && packet[DESTINATION_AT] == MULTICAST;
    }

    /**
     * What the kernel sent.
     *
     * @param device 0 or 1
     */
    public record Sent(int device, byte[] packet) {
    }
}
