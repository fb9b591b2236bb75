package io.penstock.dataplane.judge;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netns.PrivateNetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.SysException;
import io.penstock.os.tap.TapDevice;
import io.penstock.rules.api.IpFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The kernel as a router: a namespace of its own whose ports are TUN devices, or TAP devices where packets have link headers; these ask
 * for no neighbours, so that every packet leaves at once.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What the kernel does with a packet is done when the write that brought it returns: a TUN device hands the packet to the
 *       stack in the writer's own call, and what leaves goes into the other device's queue there. {@link #run} makes sure that
 *       nothing comes after the last packet.</li>
 *   <li>What this host gets is read from the packet log behind the tables of INPUT and then dropped there: the host itself answers nothing.</li>
 *   <li>The namespace has no name, and goes with its last descriptor.</li>
 *   <li>Packets that the kernel sends on its own account are left out: multicast listener reports of joined groups.</li>
 * </ol>
 *
 * <p>Source: drivers/net/tun.c tun_get_user; Documentation/networking/ip-sysctl. Threads: one.
 */
final class KernelRouter implements AutoCloseable {

    /** Packets that wait to be read from a device, and its device queue. Fragments of the longest packet are 1,000 at most. */
    static final int QUEUE_PACKETS = 4096;

    /** Bytes of the longest packet, and then some. */
    private static final int ROOM = 1 << 17;

    /** Quiet at the start: an address is usable at once, nobody asks for routers, no address makes itself. */
    private static final Map<String, String> BEFORE_DEVICES = Map.of(
            "net.ipv6.conf.default.accept_dad", "0",
            "net.ipv6.conf.default.addr_gen_mode", "1",
            "net.ipv6.conf.default.router_solicitations", "0",
            "net.ipv6.conf.default.accept_ra", "0",
            "net.ipv4.ip_forward", "1",
            "net.ipv6.conf.all.forwarding", "1");

    /** How long the kernel may take for its addresses, and how often it is asked. Unit: ns. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(2);
    /** Of routes to this host's own addresses, and to those that it shares with others. */
    private static final long RTF_LOCAL = 0x8000_0000L;
    private static final long RTF_ANYCAST = 0x0010_0000L;
    private static final int ROUTE_DESTINATION = 0;
    private static final int ROUTE_FLAGS = 8;
    private static final int ROUTE_DEVICE = 9;

    private static final long TUNSETPERSIST = 0x400454CBL;
    private static final int ICMPV6_OFFSET = 48;
    private static final int IPV6_HEADER_BYTES = 40;
    private static final int HOP_BY_HOP = 0;
    private static final int MULTICAST = 0xFF;
    private static final int DESTINATION_OFFSET = 24;
    private static final int MLD_REPORT = 131;
    private static final int MLD_DONE = 132;
    private static final int MLD_REPORT_V2 = 143;

    private final PrivateNetNs netns;
    private final MappedMemory memory;
    private final List<TapDevice> devices = new ArrayList<>();
    private final TapDevice.Kind kind;
    /** Bytes in front of the IP header. */
    private final int linkBytes;
    private final List<Logged> logged = new ArrayList<>();
    private long[] macs = {};
    private HostLog host;
    private KernelLog log;
    private long ignored;
    /** From the virtual machine's clock to that of 1970. */
    private final long offsetNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
    /** How long the kernel had a packet at the most. */
    private long slowestNs;
    private boolean translates;

    private KernelRouter(final TapDevice.Kind kind) {
        this.kind = kind;
        linkBytes = kind == TapDevice.Kind.TAP ? EthernetLayout.HEADER_BYTES : 0;
        netns = PrivateNetNs.create();
        memory = MappedMemory.reserve(ROOM, MappedMemory.Pages.NORMAL);
    }

    /**
     * A router that is configured and up.
     *
     * @param macs     what the ports' Ethernet addresses are, or would be, by index
     * @param hasLinks whether packets have link headers
     */
    static KernelRouter create(final Configuration configuration, final IntToLongFunction macs, final boolean hasLinks) {
        final KernelRouter router = new KernelRouter(hasLinks ? TapDevice.Kind.TAP : TapDevice.Kind.TUN);
        try {
            router.log = KernelLog.open(configuration.ports().stream().map(PortConfig::device).toList());
            router.translates = Stream.of(configuration.rules4(), configuration.rules6()).anyMatch(KernelRouter::hasNat);
            router.macs = IntStream.range(0, configuration.ports().size()).mapToLong(macs).toArray();
            router.inside(() -> router.configure(configuration));
            return router;
        } catch (final RuntimeException e) {
            router.close();
            throw e;
        }
    }

    /**
     * What the kernel does with each packet, one after the other.
     *
     * @param arrivals takes the packets
     * @param times    filled with when each came, in nanoseconds since 1970: as many as there can be
     */
    List<Reaction> run(final Traffic traffic, final List<Arrival> arrivals, final long... times) {
        if (log == null) {
            return runAll(traffic, arrivals, times);
        }
        try (FileLock _ = log.begin()) {
            return runAll(traffic, arrivals, times);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Reaction> runAll(final Traffic traffic, final List<Arrival> arrivals, final long... times) {
        final List<Reaction> reactions = new ArrayList<>();
        drain(new ArrayList<>());
        Reaction before = Reaction.NOTHING;
        while (reactions.size() < times.length) {
            final Arrival arrival = traffic.next(before);
            if (arrival == null) {
                break;
            }
            arrivals.add(arrival);
            pause(arrival.pauseMs());
            if (arrival.pauseMs() > 0) {
                endConnections();
            }
            final long startNs = nowNs();
            times[reactions.size()] = startNs;
            before = run(arrival);
            reactions.add(before);
            slowestNs = Math.max(slowestNs, nowNs() - startNs);
            if (log != null) {
                log.drain(reactions.size(), logged);
            }
        }
        final List<Reaction.Sent> late = new ArrayList<>();
        drain(late);
        if (!late.isEmpty()) {
            throw new JudgeException("the kernel sent packets after it had answered for the last one: packets=" + late.size()
                    + "; a difference could belong to another packet than the one that it is told of");
        }
        return reactions;
    }

    private static boolean hasNat(final Path rules) {
        try {
            return rules != null && Files.readString(rules).contains("*nat");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Connections that are over go at some time, when the kernel comes past them; until then the source of one lends what it was translated to. Who
     * lists them all comes past them all.
     */
    private void endConnections() {
        if (translates) {
            inside(() -> {
                KernelTables.connections(IpFamily.IPV4);
                KernelTables.connections(IpFamily.IPV6);
            });
        }
    }

    /** Waits. */
    static void pause(final int ms) {
        final long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        while (ms > 0 && end - System.nanoTime() > 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    /** The time, on the clock by which packets are said to come. Unit: ns since 1970. */
    long nowNs() {
        return System.nanoTime() + offsetNs;
    }

    /** The connections of a family. */
    ConnectionList connections(final IpFamily family) {
        final String[] text = new String[1];
        final long startNs = nowNs();
        inside(() -> text[0] = KernelTables.connections(family));
        return new ConnectionList(text[0], startNs, Math.max(slowestNs, nowNs() - startNs));
    }

    /** What has been counted about connections, by the names of {@code conntrack -S}. */
    Map<String, Long> connectionCounters() {
        final String[] text = new String[1];
        inside(() -> text[0] = KernelTables.statistics());
        return ConnectionList.counters(text[0]);
    }

    /** What rules have logged, in order; null where the kernel does not tell. */
    List<Logged> logged() {
        return log == null || log.hasLost() ? null : logged;
    }

    /** The packets that were left out because the kernel sent them on its own account. */
    long ignored() {
        return ignored;
    }

    /** What the namespace has counted, by the names of /proc/net/snmp, netstat and snmp6, without zeros. */
    Map<String, Long> counters() {
        final Map<String, Long> counters = new TreeMap<>();
        inside(() -> {
            KernelCounters.readPairs(Path.of("/proc/thread-self/net/snmp"), counters);
            KernelCounters.readPairs(Path.of("/proc/thread-self/net/netstat"), counters);
            KernelCounters.readLines(Path.of("/proc/thread-self/net/snmp6"), counters);
        });
        return counters;
    }

    /** A shell in its namespace. */
    KernelShell shell() {
        final KernelShell[] shell = new KernelShell[1];
        inside(() -> shell[0] = new KernelShell());
        return shell[0];
    }

    /** What iptables-save says of a family's tables and their counters. */
    String rules(final IpFamily family) {
        final String[] text = new String[1];
        inside(() -> text[0] = KernelTables.save(family));
        return text[0];
    }

    @Override
    public void close() {
        // The kernel takes its time to let go of a device; nobody needs to wait.
        Thread.ofPlatform().daemon().name("judge-close").start(() -> devices.forEach(TapDevice::close));
        if (host != null) {
            host.close();
        }
        if (log != null) {
            log.close();
        }
        memory.close();
        netns.close();
    }

    private Reaction run(final Arrival arrival) {
        final long at = memory.address();
        final byte[] bytes = arrival.bytes();
        if (linkBytes > 0) {
            EthernetLayout.setAddresses(at, arrival.link().to().address(macs[arrival.port()]), arrival.link().source());
            EthernetLayout.setEtherType(at, arrival.version() == 4 ? EthernetLayout.TYPE_IPV4 : EthernetLayout.TYPE_IPV6);
        }
        Memory.copyFromArray(bytes, 0, at + linkBytes, bytes.length);
        final int written = devices.get(arrival.port()).write(at, linkBytes + bytes.length);
        if (written < 0) {
            if (written == -Errno.EINVAL) {
                // A version that is neither 4 nor 6: a TUN device takes nothing else.
                return Reaction.NOTHING;
            }
            throw new SysException("write(port=" + arrival.port() + ", bytes=" + bytes.length + ')', -written);
        }
        List<Reaction.Sent> sent = List.of();
        for (int port = 0; port < devices.size(); port++) {
            sent = read(port, sent);
        }
        List<byte[]> delivered = List.of();
        for (byte[] packet = host.next(); packet != null; packet = host.next()) {
            delivered = with(delivered, packet);
        }
        return sent.isEmpty() && delivered.isEmpty() ? Reaction.NOTHING : new Reaction(sent, delivered, "");
    }

    private void drain(final List<Reaction.Sent> into) {
        for (int port = 0; port < devices.size(); port++) {
            into.addAll(read(port, List.of()));
        }
        while (host.next() != null) {
            ignored++;
        }
    }

    private List<Reaction.Sent> read(final int port, final List<Reaction.Sent> before) {
        final long at = memory.address();
        List<Reaction.Sent> sent = before;
        while (true) {
            final int length = devices.get(port).read(at, ROOM);
            if (length == -Errno.EAGAIN) {
                return sent;
            }
            if (length < 0) {
                throw new SysException("read(port=" + port + ')', -length);
            }
            final byte[] packet = new byte[length - linkBytes];
            Memory.copyToArray(at + linkBytes, packet, 0, packet.length);
            if (isListenerReport(packet)) {
                ignored++;
            } else {
                sent = with(sent, new Reaction.Sent(port, packet));
            }
        }
    }

    static <T> List<T> with(final List<T> list, final T element) {
        if (list.isEmpty()) {
            return List.of(element);
        }
        final List<T> longer = new ArrayList<>(list);
        longer.add(element);
        return longer;
    }

    /** A router forwards no multicast, so these are nobody else's. */
    private static boolean isListenerReport(final byte... packet) {
        if (packet.length <= ICMPV6_OFFSET || packet[0] >>> 4 != 6 || packet[6] != HOP_BY_HOP
                || (packet[DESTINATION_OFFSET] & 0xFF) != MULTICAST || packet[IPV6_HEADER_BYTES + 1] != 0) {
            return false;
        }
        final int type = packet[ICMPV6_OFFSET] & 0xFF;
        return type == MLD_REPORT || type == MLD_DONE || type == MLD_REPORT_V2;
    }

    private void configure(final Configuration configuration) {
        BEFORE_DEVICES.forEach(KernelRouter::sysctl);
        host = HostLog.open();
        KernelTables.load(configuration);
        for (final PortConfig port : configuration.ports()) {
            final TapDevice device = TapDevice.open(port.device(), kind, TapDevice.Option.EXCLUSIVE);
            devices.add(device);
            // It goes with the namespace, then, and closing it does not wait for that.
            Linux.check(Linux.ioctl(device.fd(), TUNSETPERSIST, 1), "TUNSETPERSIST(device=" + device.name() + ')');
        }
        ip(KernelCommands.links(configuration, linkBytes > 0 ? macs : null));
        KernelSysctls.of(configuration).forEach(KernelRouter::sysctl);
        final List<String> addresses = KernelCommands.addresses(configuration, port -> macs[port]);
        ip(addresses);
        awaitLocalRoutes(addresses.stream().filter(line -> line.endsWith(" nodad")).map(KernelRouter::localRoute)
                .collect(Collectors.toSet()));
        ip(KernelCommands.routes(configuration));
    }

    /** The kernel makes the local route of an IPv6 address in its own time, also where it need not be probed for. */
    private static void awaitLocalRoutes(final Set<String> wanted) {
        final long startNs = System.nanoTime();
        while (!localRoutes6().containsAll(wanted)) {
            if (System.nanoTime() - startNs > PATIENCE_NS) {
                throw new JudgeException("the kernel did not make the routes of its IPv6 addresses in time: wanted="
                        + new TreeSet<>(wanted) + " routes=" + new TreeSet<>(localRoutes6()) + "; the machine may be too busy");
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /** What {@link #localRoutes6} will say of an address once it has its route. */
    private static String localRoute(final String addressAdd) {
        final String[] words = addressAdd.split("[ /]");
        final IpAddress ip = IpAddress.parse(words[2]);
        return String.format("%016x%016x %s", ip.high(), ip.low(), words[words.length - 2]);
    }

    /**
     * Local routes, as address and device. An address that is the anycast address of another one's network as well has that one's
     * route alone. Source: net/ipv6/route.c rt6_info_route.
     */
    private static Set<String> localRoutes6() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/thread-self/net/ipv6_route"))) {
            return lines.map(line -> line.trim().split("\\s+"))
                    .filter(words -> (Long.parseLong(words[ROUTE_FLAGS], 16) & (RTF_LOCAL | RTF_ANYCAST)) != 0)
                    .map(words -> words[ROUTE_DESTINATION] + ' ' + words[ROUTE_DEVICE])
                    .collect(Collectors.toSet());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void ip(final List<String> lines) {
        KernelTables.feed(List.of("ip", "-batch", "-"), String.join("\n", lines) + '\n');
    }

    private static void sysctl(final String name, final String value) {
        try {
            Files.writeString(KernelSysctls.path(name), value);
        } catch (final IOException e) {
            throw new JudgeException(ExitCode.CONFIGURATION_REFUSED,
                    "the kernel refuses " + name + '=' + value + ": " + e.getMessage() + "; correct the configuration", e);
        }
    }

    private void inside(final Runnable action) {
        try {
            netns.within(() -> {
                action.run();
                return null;
            });
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new JudgeException("the kernel's side failed: " + e, e);
        }
    }
}
