package io.penstock.dataplane.ipvs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.hot.ipvs.tunnel.Tunnel;
import io.penstock.dataplane.hot.ipvs.tunnel.TunnelWriter;
import io.penstock.dataplane.hot.ipvs.tunnel.WrapHook;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.Places;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets that the data plane has put into tunnels reach a server through its kernel, which answers the client directly. */
@Privileged
final class DecapsulatorTest {

    private static final String CLIENT4 = "10.0.0.1";
    private static final String SERVICE4 = "10.1.0.5";
    private static final String BALANCER4 = "10.9.0.1";
    private static final String SERVER4 = "10.9.0.2";
    private static final String CLIENT6 = "2001:db8::1";
    private static final String SERVICE6 = "2001:db8:1::5";
    private static final String BALANCER6 = "2001:db8:9::1";
    private static final String SERVER6 = "2001:db8:9::2";
    private static final int CLIENT_PORT = 1000;
    private static final int SERVICE_PORT = 2000;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int IPPROTO_RAW = 255;
    private static final int SOCKADDR_BYTES = 28;
    private static final int MAX_BYTES = 1 << 16;
    private static final long DEADLINE_NS = 10_000_000_000L;

    private static TestNetNs client;
    private static TestNetNs server;
    private static Decapsulator decapsulator;

    @BeforeAll
    static void build() throws Exception {
        client = TestNetNs.create("tuc");
        server = TestNetNs.create("tus");
        client.veth("cli", server, "srv");
        client.ip("addr add %s/24 dev cli", BALANCER4);
        client.ip("addr add %s/64 dev cli nodad", BALANCER6);
        client.ip("addr add %s/32 dev lo", CLIENT4);
        client.ip("addr add %s/128 dev lo", CLIENT6);
        server.ip("addr add %s/24 dev srv", SERVER4);
        server.ip("addr add %s/64 dev srv nodad", SERVER6);
        server.ip("addr add %s/32 dev lo", SERVICE4);
        server.ip("addr add %s/128 dev lo", SERVICE6);
        server.ip("route add default via %s", BALANCER4);
        server.ip("-6 route add default via %s", BALANCER6);
        decapsulator = Decapsulator.start(server.name(), "dec0", WrapHook.PORT);
    }

    @AfterAll
    static void close() {
        if (decapsulator != null) {
            decapsulator.close();
        }
        if (server != null) {
            server.close();
        }
        if (client != null) {
            client.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"IPIP NONE 4 4", "IPIP NONE 4 6", "IPIP NONE 6 4", "IPIP NONE 6 6", "GRE NONE 4 4", "GRE FULL 6 6", "GRE FULL 4 6",
        "GUE NONE 4 4", "GUE FULL 4 4", "GUE NONE 6 4", "GUE FULL 6 6", "GUE REMOTE 4 4", "GUE REMOTE 6 6"})
    void shouldLetTheServerAnswerTheClient(final String tunnel) throws Exception {
        exchange(tunnel, 100);
    }

    @ParameterizedTest
    @CsvSource({"IPIP NONE 4 4", "IPIP NONE 6 4", "GRE FULL 4 4", "GUE FULL 6 6"})
    void shouldPutFragmentsTogetherWhenTheOuterPacketIsTooLarge(final String tunnel) throws Exception {
        exchange(tunnel, TestEngine.MTU - 48);
    }

    private static void exchange(final String tunnel, final int bytes) throws Exception {
        final boolean isIpv4 = WrapHook.innerVersion(tunnel) == 4;
        final byte[] request = isIpv4 ? IpPackets.udp(CLIENT4, SERVICE4, bytes) : IpPackets.udp(CLIENT6, SERVICE6, bytes);
        final byte[] expected = Arrays.copyOfRange(request, request.length - bytes, request.length);
        final List<byte[]> outer = tunnelled(tunnel, tunnel.contains("REMOTE") ? TunnelPackets.begun(request) : request);
        final long before = decapsulator.taken();
        try (DatagramChannel service = open(server, isIpv4, isIpv4 ? SERVICE4 : SERVICE6, SERVICE_PORT);
                DatagramChannel asking = open(client, isIpv4, isIpv4 ? CLIENT4 : CLIENT6, CLIENT_PORT)) {
            send(outer);
            final ByteBuffer received = ByteBuffer.allocate(MAX_BYTES);
            final SocketAddress from = receive(service, received, tunnel + " at the service");
            assertArrayEquals(expected, Arrays.copyOf(received.array(), received.limit()));
            service.send(received, from);
            final ByteBuffer answer = ByteBuffer.allocate(MAX_BYTES);
            assertEquals(new InetSocketAddress(InetAddress.getByName(isIpv4 ? SERVICE4 : SERVICE6), SERVICE_PORT),
                    receive(asking, answer, tunnel + " at the client"));
            assertArrayEquals(expected, Arrays.copyOf(answer.array(), answer.limit()));
        }
        assertEquals(before + 1, decapsulator.taken());
        assertEquals(List.of(), decapsulator.wrong());
    }

    /** What the data plane sends of a packet, without the link header. */
    private static List<byte[]> tunnelled(final String words, final byte[] packet) {
        try (TestEngine engine = new TestEngine()) {
            final Tunnel tunnel = WrapHook.tunnel(words, SERVER4, SERVER6);
            engine.hooks.register(Places.ops(WrapHook.innerVersion(words) == 4 ? HookList.IPV4_POST_ROUTING : HookList.IPV6_POST_ROUTING,
                    "test", 0, new WrapHook(new TunnelWriter(0, 1), tunnel, tunnel.isIpv4() ? engine.wan4 : engine.wan6,
                            IpAddress.parse(tunnel.isIpv4() ? BALANCER4 : BALANCER6), true)));
            engine.receive(TestEngine.LAN, FlowPackets.frame(packet));
            return engine.ports[TestEngine.WAN].sent.stream().map(frame -> Arrays.copyOfRange(frame, Packets.IP, frame.length)).toList();
        }
    }

    private static DatagramChannel open(final TestNetNs ns, final boolean isIpv4, final String address, final int port) throws Exception {
        return NetNs.within(ns.name(), () -> {
            final DatagramChannel channel = DatagramChannel.open(isIpv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
            channel.configureBlocking(false);
            return channel.bind(new InetSocketAddress(InetAddress.getByName(address), port));
        });
    }

    private static SocketAddress receive(final DatagramChannel channel, final ByteBuffer into, final String what) throws Exception {
        final long end = System.nanoTime() + DEADLINE_NS;
        SocketAddress from = channel.receive(into);
        while (from == null) {
            if (System.nanoTime() > end) {
                throw new AssertionError("nothing came: " + what + " taken=" + decapsulator.taken() + " wrong=" + decapsulator.wrong());
            }
            LockSupport.parkNanos(1_000_000);
            from = channel.receive(into);
        }
        into.flip();
        return from;
    }

    /** As they are, headers included. */
    private static void send(final List<byte[]> packets) throws Exception {
        NetNs.within(client.name(), () -> {
            final boolean isIpv4 = packets.getFirst()[0] >>> 4 == 4;
            final int family = isIpv4 ? AF_INET : AF_INET6;
            final int fd = (int) Linux.check(Linux.socket(family, SOCK_RAW_CLOEXEC, IPPROTO_RAW), "socket(SOCK_RAW)");
            try (MappedMemory memory = MappedMemory.reserve(MAX_BYTES, MappedMemory.Pages.NORMAL)) {
                final long address = memory.address() + MAX_BYTES - SOCKADDR_BYTES;
                Memory.putShort(address, family);
                for (final byte[] packet : packets) {
                    Memory.copyFromArray(packet, isIpv4 ? 16 : 24, address + (isIpv4 ? 4 : 8), isIpv4 ? 4 : 16);
                    Memory.copyFromArray(packet, 0, memory.address(), packet.length);
                    Linux.check(Linux.sendto(fd, memory.address(), packet.length, 0, address, isIpv4 ? 16 : SOCKADDR_BYTES), "sendto");
                }
            } finally {
                Linux.close(fd);
            }
            return null;
        });
    }
}
