package io.penstock.dataplane.ipvs;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.tap.TapDevice;
import io.penstock.os.testkit.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The real server's end of tunnels, where the kernel has none: takes packets out of IPIP, GRE and GUE and hands them to the kernel of its namespace
 * by a TUN device, so that a server there answers whose addresses are on {@code lo}.
 *
 * <p>Raw sockets get IPIP and GRE, so that the kernel does not refuse the protocols; UDP sockets get GUE, after the kernel has verified the
 * checksum. Outer packets in fragments are put together by the kernel.
 *
 * <p>Threads: one of its own; counters from any.
 */
public final class Decapsulator implements AutoCloseable {

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;
    private static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int UDP_NO_CHECK6_RX = 102;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int SOCKADDR_BYTES = 28;
    private static final int PORT_OFFSET = 2;
    private static final int POLLIN = 1;
    private static final int POLLFD_BYTES = 8;
    /** How long it takes to notice that it is to end. Unit: ms. */
    private static final int POLL_MS = 100;
    private static final int BUFFER_BYTES = 1 << 16;

    /** A socket, what comes by it, and whether its packets begin with their IPv4 header. */
    private record Inlet(int fd, int protocol, boolean hasHeader) {
    }

    private final List<Inlet> inlets = new ArrayList<>();
    private final MappedMemory memory = MappedMemory.reserve(BUFFER_BYTES + 4096, MappedMemory.Pages.NORMAL);
    private final TapDevice tun;
    private final AtomicLong taken = new AtomicLong();
    private final List<String> wrong = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "decapsulator");
    private volatile boolean isEnding;

    private Decapsulator(final String device, final int guePort) throws IOException {
        tun = TapDevice.open(device, TapDevice.Kind.TUN);
        Shell.sh("ip link set %s up", device);
        // The client's packets come by a device that no route to the client names.
        for (final String name : List.of("all", device)) {
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf/" + name + "/rp_filter"), "0");
        }
        for (final int protocol : new int[] {IpProtocol.IPIP, IpProtocol.IPV6, IpProtocol.GRE}) {
            inlets.add(new Inlet(socket(AF_INET, SOCK_RAW, protocol), protocol, true));
            inlets.add(new Inlet(socket(AF_INET6, SOCK_RAW, protocol), protocol, false));
        }
        for (final int family : new int[] {AF_INET, AF_INET6}) {
            inlets.add(new Inlet(bound(family, guePort), IpProtocol.UDP, false));
        }
    }

    /**
     * Begins in a namespace.
     *
     * @param device  the TUN device that is made
     * @param guePort the port of generic UDP encapsulation
     */
    public static Decapsulator start(final String namespace, final String device, final int guePort) throws Exception {
        final Decapsulator decapsulator = NetNs.within(namespace, () -> new Decapsulator(device, guePort));
        decapsulator.thread.setDaemon(true);
        decapsulator.thread.start();
        return decapsulator;
    }

    /** In its own namespace, until the input ends: {@code DEVICE GUE_PORT}. */
    public static void main(final String[] words) throws IOException {
        if (words.length != 2) {
            System.err.println("usage: Decapsulator DEVICE GUE_PORT");
            System.exit(2);
        }
        final Decapsulator decapsulator = new Decapsulator(words[0], Integer.parseInt(words[1]));
        decapsulator.thread.start();
        System.in.transferTo(OutputStream.nullOutputStream());
        decapsulator.close();
        System.out.println("taken=" + decapsulator.taken() + " wrong=" + decapsulator.wrong());
    }

    /** Packets that were handed on. */
    public long taken() {
        return taken.get();
    }

    /** What was wrong with packets that were not. */
    public List<String> wrong() {
        synchronized (wrong) {
            return List.copyOf(wrong);
        }
    }

    @Override
    public void close() {
        isEnding = true;
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        inlets.forEach(inlet -> Linux.close(inlet.fd()));
        tun.close();
        memory.close();
    }

    private void run() {
        final long fds = memory.address() + BUFFER_BYTES;
        for (int i = 0; i < inlets.size(); i++) {
            Memory.putInt(fds + (long) i * POLLFD_BYTES, inlets.get(i).fd());
            Memory.putInt(fds + (long) i * POLLFD_BYTES + Integer.BYTES, POLLIN);
        }
        while (!isEnding) {
            if (Linux.poll(fds, inlets.size(), POLL_MS) > 0) {
                inlets.forEach(this::drain);
            }
        }
    }

    private void drain(final Inlet inlet) {
        for (long bytes = read(inlet); bytes >= 0; bytes = read(inlet)) {
            final byte[] packet = new byte[(int) bytes];
            Memory.copyToArray(memory.address(), packet, 0, packet.length);
            try {
                final int headerBytes = inlet.hasHeader() ? (packet[0] & 0xF) * Integer.BYTES : 0;
                hand(TunnelPackets.strip(inlet.protocol(), Arrays.copyOfRange(packet, headerBytes, packet.length)));
            } catch (final IllegalArgumentException e) {
                complain(e.getMessage());
            }
        }
    }

    private long read(final Inlet inlet) {
        return Linux.read(inlet.fd(), memory.address(), BUFFER_BYTES);
    }

    private void hand(final byte[] inner) {
        Memory.copyFromArray(inner, 0, memory.address(), inner.length);
        final int written = tun.write(memory.address(), inner.length);
        if (written == inner.length) {
            taken.incrementAndGet();
        } else {
            complain("TUN device: " + Errno.name(-written));
        }
    }

    private void complain(final String what) {
        synchronized (wrong) {
            wrong.add(what);
        }
    }

    private static int socket(final int family, final int type, final int protocol) {
        return (int) Linux.check(Linux.socket(family, type | NONBLOCK_CLOEXEC, protocol),
                "socket(family=" + family + ", type=" + type + ", protocol=" + protocol + ')');
    }

    private int bound(final int family, final int port) {
        final int fd = socket(family, SOCK_DGRAM, 0);
        if (family == AF_INET6) {
            Linux.check(Linux.setsockoptInt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), "IPV6_V6ONLY");
            // Tunnels may do without a checksum over IPv6 too (RFC 6935).
            Linux.check(Linux.setsockoptInt(fd, IpProtocol.UDP, UDP_NO_CHECK6_RX, 1), "UDP_NO_CHECK6_RX");
        }
        Memory.fill(memory.address(), SOCKADDR_BYTES, (byte) 0);
        Memory.putShort(memory.address(), family);
        Memory.putShortBE(memory.address() + PORT_OFFSET, port);
        Linux.check(Linux.bind(fd, memory.address(), family == AF_INET ? 16 : SOCKADDR_BYTES), "bind(port=" + port + ')');
        return fd;
    }
}
