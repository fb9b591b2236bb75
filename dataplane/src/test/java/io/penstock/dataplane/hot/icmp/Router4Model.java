package io.penstock.dataplane.hot.icmp;

import io.penstock.dataplane.hot.fragment.Ipv4Fragments;
import io.penstock.dataplane.hot.options.OptionHost;
import io.penstock.dataplane.hot.options.OptionState;
import io.penstock.dataplane.hot.options.OptionsForward;
import io.penstock.dataplane.hot.options.OptionsReceive;
import io.penstock.dataplane.hot.options.SourceRoute;
import io.penstock.dataplane.testkit.TunRouter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A router as small as can be around the functions under test, with the addresses and routes that {@link #configure} gives
 * the kernel: its routing table is a switch, its forwarding the order of the kernel's checks.
 */
final class Router4Model implements OptionHost, AutoCloseable {

    static final int OWN_0 = 0x0A01_0001;
    static final int OWN_1 = 0x0A02_0001;
    static final int HOST_0 = 0x0A01_0002;
    static final int HOST_1 = 0x0A02_0002;
    static final int GATEWAY_1 = 0x0A02_00FE;
    static final int BEHIND_1 = 0x0A03_0009;
    static final int BETTER_0 = 0x0A04_0001;
    static final int UNREACHABLE = 0x0A42_0001;
    static final int PROHIBITED = 0x0A43_0001;
    static final int BLACKHOLE = 0x0A44_0001;
    static final int NOWHERE = 0x0B00_0001;
    static final int BROADCAST_0 = 0x0A01_FFFF;
    static final int BROADCAST_1 = 0x0A02_00FF;
    /** What packets are sent to, and what their options may name. */
    static final int[] ADDRESSES = {OWN_0, OWN_1, HOST_0, HOST_1, GATEWAY_1, BEHIND_1, BETTER_0, UNREACHABLE, PROHIBITED,
            BLACKHOLE, NOWHERE, BROADCAST_0, BROADCAST_1, 0, 0x7F00_0001, 0xE000_0001, 0xFFFF_FFFF};

    private static final int CHUNK_SHIFT = 17;
    private static final int NOT_FORWARDED = -1;

    private enum Kind {
        LOCAL, UNICAST, BROADCAST, UNREACHABLE, PROHIBIT, BLACKHOLE, NONE, MARTIAN
    }

    /** Where an address leads; device and gateway only for {@link Kind#UNICAST}. */
    private record Route(Kind kind, int device, int gateway, int source) {
    }

    private static final Route TO_0 = new Route(Kind.UNICAST, 0, 0, OWN_0);
    private static final Route TO_1 = new Route(Kind.UNICAST, 1, 0, OWN_1);
    private static final Map<Integer, Route> BY_NET = Map.of(
            0x0A01, TO_0, 0x0A02, TO_1, 0x0A03, new Route(Kind.UNICAST, 1, GATEWAY_1, OWN_1),
            0x0A04, new Route(Kind.UNICAST, 0, 0x0A01_00FE, OWN_0),
            0x0A42, new Route(Kind.UNREACHABLE, 0, 0, 0), 0x0A43, new Route(Kind.PROHIBIT, 0, 0, 0),
            0x0A44, new Route(Kind.BLACKHOLE, 0, 0, 0));

    private final MappedMemory memory = MappedMemory.reserveChunked(2L << CHUNK_SHIFT, MappedMemory.Pages.NORMAL, CHUNK_SHIFT);
    private final Icmp4Reply reply = new Icmp4Reply();
    private final List<TunRouter.Sent> sent = new ArrayList<>();
    private final long ip = memory.address();
    private final long out = memory.address() + (1L << CHUNK_SHIFT);
    private final int mtu0;
    private final int mtu1;
    private boolean redirects;
    private int timestampMs;
    private Route route;

    Router4Model(final int mtu0, final int mtu1) {
        this.mtu0 = mtu0;
        this.mtu1 = mtu1;
    }

    /** Gives the kernel what the model has. */
    void configure(final TunRouter kernel) throws Exception {
        kernel.ip("link set t0 mtu %d", mtu0);
        kernel.ip("link set t1 mtu %d", mtu1);
        kernel.ip("addr add 10.1.0.1/16 dev t0");
        kernel.ip("addr add 10.2.0.1/24 dev t1");
        kernel.ip("route add 10.3.0.0/16 via 10.2.0.254");
        kernel.ip("route add 10.4.0.0/16 via 10.1.0.254");
        kernel.ip("route add unreachable 10.66.0.0/16");
        kernel.ip("route add prohibit 10.67.0.0/16");
        kernel.ip("route add blackhole 10.68.0.0/16");
        for (final String device : List.of("all", "t0", "t1")) {
            kernel.sysctl("net/ipv4/conf/" + device + "/rp_filter", "0");
            kernel.sysctl("net/ipv4/conf/" + device + "/accept_source_route", "1");
            kernel.sysctl("net/ipv4/conf/" + device + "/send_redirects", "0");
        }
    }

    void sendRedirects(final TunRouter kernel) throws Exception {
        redirects = true;
        kernel.sysctl("net/ipv4/conf/all/send_redirects", "1");
    }

    /** What the router sends because of a packet that comes in on the first device. */
    List<TunRouter.Sent> forward(final byte[] packet, final int timeMs) {
        sent.clear();
        timestampMs = timeMs;
        Regions.unwindow(ip);
        Memory.copyFromArray(packet, 0, ip, packet.length);
        Regions.window(ip, packet.length);
        judge(packet.length);
        return List.copyOf(sent);
    }

    /** What the router sends because of a packet whose next hop does not answer. */
    List<TunRouter.Sent> failNeighbour(final byte[] packet) {
        sent.clear();
        Regions.unwindow(ip);
        Memory.copyFromArray(packet, 0, ip, packet.length);
        route = look(Ipv4Layout.destination(ip));
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        final long state = OptionsReceive.receive(ip, headerBytes, 0, this);
        Ipv4Layout.decrementTtl(ip);
        OptionsForward.forward(ip, headerBytes, state, this);
        error(packet.length, OptionsReceive.receive(ip, headerBytes, 0, this), 3, 1, 0);
        return List.copyOf(sent);
    }

    @Override
    public int receiveAddress(final long packet) {
        return route.kind == Kind.LOCAL ? Ipv4Layout.destination(packet) : sourceTo(Ipv4Layout.source(packet));
    }

    @Override
    public int forwardAddress(final long packet) {
        return route.source;
    }

    @Override
    public boolean isUnicast(final int address) {
        final Kind kind = look(address).kind;
        return kind != Kind.LOCAL && kind != Kind.BROADCAST && kind != Kind.MARTIAN;
    }

    @Override
    public int route(final int nextHop) {
        route = look(nextHop);
        return kindOf(route);
    }

    @Override
    public void close() {
        memory.close();
    }

    private void judge(final int bytes) {
        route = look(Ipv4Layout.destination(ip));
        if (route.kind == Kind.MARTIAN) {
            return;
        }
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        long state = OptionState.NONE;
        if (headerBytes > Ipv4Layout.HEADER_BYTES) {
            final Route before = route;
            state = OptionsReceive.receive(ip, headerBytes, timestampMs, this);
            if (!OptionState.isProblem(state) && OptionState.hasSourceRoute(state)) {
                state = SourceRoute.receive(ip, state, kindOf(route), this);
            }
            if (OptionState.isProblem(state)) {
                // The message goes by the route that the packet had before its source route failed.
                route = before.kind == Kind.LOCAL ? route : before;
                error(bytes, state, 12, 0, Icmp4Reply.pointer(OptionState.pointer(state)));
                return;
            }
            if (OptionState.isRefused(state)) {
                return;
            }
        }
        final int code = switch (route.kind) {
            case LOCAL -> 2;
            case UNREACHABLE -> 1;
            case PROHIBIT -> 13;
            case NONE -> 0;
            default -> NOT_FORWARDED;
        };
        if (code != NOT_FORWARDED) {
            error(bytes, state, 3, code, 0);
        } else if (route.kind == Kind.UNICAST) {
            forward(bytes, headerBytes, state);
        }
    }

    private void forward(final int bytes, final int headerBytes, final long state) {
        final int mtu = route.device == 0 ? mtu0 : mtu1;
        if (Ipv4Layout.ttl(ip) <= 1) {
            error(bytes, state, 11, 0, 0);
        } else if (OptionState.isStrict(state) && route.gateway != 0) {
            error(bytes, state, 3, 5, 0);
        } else if (bytes > mtu && (Ipv4Layout.fragmentWord(ip) & Ipv4Layout.DONT_FRAGMENT) != 0) {
            error(bytes, state, 3, 4, mtu);
        } else {
            Ipv4Layout.decrementTtl(ip);
            if (redirects && route.device == 0 && !OptionState.hasSourceRoute(state)) {
                error(bytes, state, 5, 1, route.gateway);
            }
            if (headerBytes > Ipv4Layout.HEADER_BYTES) {
                OptionsForward.forward(ip, headerBytes, state, this);
            }
            if (bytes <= mtu) {
                emit(route.device, ip, bytes);
                return;
            }
            final int count = Ipv4Fragments.count(ip, bytes, mtu);
            for (int k = 0; k < count; k++) {
                Regions.window(out, mtu);
                emit(route.device, out, Ipv4Fragments.write(out, ip, bytes, mtu, k));
            }
        }
    }

    private void error(final int bytes, final long state, final int type, final int code, final int rest) {
        if (route.kind == Kind.BROADCAST || !IcmpRules.mayAnswer4(ip, bytes) || !reply.prepare(ip, state, this)) {
            return;
        }
        final Route back = backTo(reply.destination(ip));
        if (back.kind != Kind.UNICAST && back.kind != Kind.BROADCAST) {
            return;
        }
        final int source = route.kind == Kind.LOCAL ? Ipv4Layout.destination(ip) : back.source;
        Regions.window(out, Icmp4Reply.MAX_BYTES);
        final int ttl = reply.destination(ip) >>> 28 == 0xE ? 1 : 64;
        final int length = reply.write(out, ip, bytes, type, code, rest, source, ttl, 0, back.device == 0 ? mtu0 : mtu1,
                timestampMs);
        if (length > 0) {
            emit(back.device, out, length);
        }
    }

    /** A source route that is taken backwards may lead anywhere; a group is reached by the device of the source. */
    private Route backTo(final int address) {
        final boolean group = address >>> 28 == 0xE || address == -1;
        if (!group || route.kind != Kind.LOCAL) {
            return look(address);
        }
        return Ipv4Layout.destination(ip) == OWN_0 ? TO_0 : TO_1;
    }

    private void emit(final int device, final long packet, final int bytes) {
        final byte[] copy = new byte[bytes];
        Memory.copyToArray(packet, copy, 0, bytes);
        sent.add(new TunRouter.Sent(device, copy));
    }

    private static int sourceTo(final int address) {
        final Route back = look(address);
        return back.kind == Kind.UNICAST ? back.source : OWN_0;
    }

    private static int kindOf(final Route route) {
        return route.kind == Kind.LOCAL ? LOCAL : route.kind == Kind.UNICAST ? UNICAST : OTHER;
    }

    private static Route look(final int address) {
        final int net = address >>> 24;
        if (address == OWN_0 || address == OWN_1) {
            return new Route(Kind.LOCAL, 0, 0, address);
        }
        if (address == 0 || net == 127 || address >>> 28 == 0xE || address == -1) {
            return new Route(Kind.MARTIAN, 0, 0, 0);
        }
        if (address == BROADCAST_0) {
            return new Route(Kind.BROADCAST, 0, 0, OWN_0);
        }
        if (address == BROADCAST_1) {
            return new Route(Kind.BROADCAST, 1, 0, OWN_1);
        }
        if (address >>> 16 == OWN_1 >>> 16 && address >>> 8 != OWN_1 >>> 8) {
            return new Route(Kind.NONE, 0, 0, 0);
        }
        return BY_NET.getOrDefault(address >>> 16, new Route(Kind.NONE, 0, 0, 0));
    }
}
