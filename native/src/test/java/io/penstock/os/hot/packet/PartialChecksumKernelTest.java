package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What this kernel really sends over veth. */
@Privileged(programs = {"tcpdump", "timeout"})
final class PartialChecksumKernelTest {

    private static final int PCAP_HEADER_BYTES = 24;
    private static final int FRAMES = 4;

    @Test
    void shouldCompleteWhatLocalSendersLeaveOnVeth() throws Exception {
        try (TestNetNs one = TestNetNs.create("tx"); TestNetNs other = TestNetNs.create("rx")) {
            one.veth("v0", other, "v1");
            one.ip("addr add 192.0.2.1/24 dev v0");
            one.ip("addr add 2001:db8::1/64 dev v0 nodad");
            other.ip("addr add 192.0.2.2/24 dev v1");
            other.ip("addr add 2001:db8::2/64 dev v1 nodad");
            final Process dump = new ProcessBuilder("ip", "netns", "exec", other.name(),
                    "timeout", "20", "tcpdump", "-i", "v1", "-Q", "in", "-U", "--immediate-mode", "-c", "" + FRAMES, "-w", "-",
                    "port 4711")
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try (DataInputStream in = new DataInputStream(dump.getInputStream()); TestFrame frame = new TestFrame()) {
                in.readFully(new byte[PCAP_HEADER_BYTES]);
                NetNs.within(one.name(), () -> {
                    send("192.0.2.2");
                    send("2001:db8::2");
                    return null;
                });
                final Set<String> seen = new TreeSet<>();
                for (int i = 0; i < FRAMES; i++) {
                    seen.add(complete(frame.put(record(in))));
                }
                assertEquals(Set.of("v4 tcp", "v4 udp", "v6 tcp", "v6 udp"), seen);
            } finally {
                dump.destroy();
                dump.waitFor();
            }
        }
    }

    /** One UDP datagram and the SYN of one connection that is refused. */
    private static void send(final String address) throws IOException {
        final InetSocketAddress peer = new InetSocketAddress(address, 4711);
        try (DatagramChannel udp = DatagramChannel.open()) {
            udp.send(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}), peer);
        }
        try (Socket tcp = new Socket()) {
            tcp.connect(peer, 5000);
        } catch (final ConnectException refused) {
            // Nobody listens; the SYN was all that was wanted.
        }
    }

    private static byte[] record(final DataInputStream in) throws IOException {
        in.skipNBytes(8);
        final int bytes = Integer.reverseBytes(in.readInt());
        in.skipNBytes(4);
        return in.readNBytes(bytes);
    }

    private static String complete(final long eth) {
        final long ip = eth + EthernetLayout.HEADER_BYTES;
        final boolean v6 = EthernetLayout.etherType(eth) == EthernetLayout.TYPE_IPV6;
        final int protocol = v6 ? Ipv6Layout.nextHeader(ip) : Ipv4Layout.protocol(ip);
        final int headerBytes = v6 ? Ipv6Layout.HEADER_BYTES : Ipv4Layout.headerBytes(ip);
        final int l4Bytes = v6 ? Ipv6Layout.payloadLength(ip) : Ipv4Layout.totalLength(ip) - headerBytes;
        final long l4 = ip + headerBytes;
        assertTrue(v6 || Checksum.verifyIpv4(ip, headerBytes));
        assertTrue(v6
                ? PartialChecksum.isPartial6(ip, l4, l4Bytes, protocol)
                : PartialChecksum.isPartial4(ip, l4, l4Bytes, protocol));
        PartialChecksum.complete(l4, l4Bytes, protocol);
        if (protocol == IpProtocol.TCP) {
            assertTrue(v6 ? Checksum.verifyTcp6(ip, l4, l4Bytes) : Checksum.verifyTcp4(ip, l4, l4Bytes));
        } else {
            assertTrue(v6 ? Checksum.verifyUdp6(ip, l4, l4Bytes) : Checksum.verifyUdp4(ip, l4, l4Bytes));
        }
        return (v6 ? "v6 " : "v4 ") + (protocol == IpProtocol.TCP ? "tcp" : "udp");
    }
}
