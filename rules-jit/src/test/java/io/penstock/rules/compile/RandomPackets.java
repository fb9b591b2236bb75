package io.penstock.rules.compile;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.model.DeviceTest;
import java.util.List;
import java.util.random.RandomGenerator;

/** Packets of few addresses and ports, whole, in fragments or cut off. */
final class RandomPackets implements AutoCloseable {

    static final long HIGH = 0x2001_0DB8_0000_0001L;

    private static final int BYTES = 256;
    private static final List<String> DEVICES =
            List.of("eth0", "eth1", "eth0x", "eth1.96", "eth1.101", "eth1.1011", "averylongname0", "averylongname1", "fifteen.letters");
    /** Where the network header is: behind an Ethernet header. */
    private static final int NETWORK = 16;
    private static final int HEADER_WORDS_BYTES = 4;

    private final MappedMemory memory = MappedMemory.reserve(BYTES, MappedMemory.Pages.NORMAL);
    private final RandomGenerator random;
    private final IpFamily family;

    RandomPackets(final RandomGenerator random, final IpFamily family) {
        this.random = random;
        this.family = family;
    }

    static int address4(final RandomGenerator random) {
        return 0x0A00_0000 | random.nextInt(4) << 16 | random.nextInt(4) << 8 | random.nextInt(8);
    }

    static long low6(final RandomGenerator random) {
        return (long) random.nextInt(4) << 48 | random.nextInt(8);
    }

    static long mac(final RandomGenerator random) {
        return switch (random.nextInt(8)) {
            case 0 -> EthernetLayout.BROADCAST;
            case 1 -> 0;
            default -> 0x0200_0000_0000L | random.nextInt(6);
        };
    }

    static int mark(final RandomGenerator random) {
        return random.nextInt(4) | (random.nextInt(3) == 0 ? 1 << 28 + random.nextInt(4) : 0);
    }

    static int port(final RandomGenerator random) {
        return random.nextInt(8) == 0 ? random.nextInt(0x1_0000) : 1000 + random.nextInt(24);
    }

    /** Makes the packet another one. */
    void next(final RulePacket packet) {
        final long ip = memory.address() + NETWORK;
        packet.network = ip;
        packet.frame = random.nextInt(8) == 0 ? 0 : ip - EthernetLayout.HEADER_BYTES;
        EthernetLayout.setAddresses(ip - EthernetLayout.HEADER_BYTES, EthernetLayout.BROADCAST, mac(random));
        packet.mark = random.nextInt(3) == 0 ? 0 : mark(random);
        packet.protocol = switch (random.nextInt(6)) {
            case 0 -> 1;
            case 1 -> 47;
            case 2, 3 -> 6;
            default -> 17;
        };
        packet.fragmentOffset = random.nextInt(10) == 0 ? random.nextInt(3) : 0;
        packet.transportLength = random.nextInt(12) == 0 ? random.nextInt(24) : 24;
        if (family == IpFamily.IPV4) {
            packet.version = 4;
            Memory.putIntBE(ip + Ipv4Layout.SOURCE, address4(random));
            Memory.putIntBE(ip + Ipv4Layout.DESTINATION, address4(random));
            packet.transport = ip + Ipv4Layout.HEADER_BYTES;
        } else {
            packet.version = 6;
            if (random.nextInt(20) == 0) {
                packet.protocol = RulePacket.NO_PROTOCOL;
            }
            Ipv6Layout.setSource(ip, HIGH, low6(random));
            Ipv6Layout.setDestination(ip, HIGH, low6(random));
            packet.transport = ip + Ipv6Layout.HEADER_BYTES;
        }
        packet.length = (int) (packet.transport - ip) + packet.transportLength;
        TcpLayout.setSourcePort(packet.transport, port(random));
        TcpLayout.setDestinationPort(packet.transport, port(random));
        TcpLayout.setHeaderBytes(packet.transport, HEADER_WORDS_BYTES * random.nextInt(4, 8));
        TcpLayout.setFlags(packet.transport, random.nextInt(4));
        packet.hook = 1 + random.nextInt(3);
        final DeviceTest in = device(packet.hook == 3);
        packet.inName = in.word(0);
        packet.inNameRest = in.word(8);
        final DeviceTest out = device(packet.hook == 1);
        packet.outName = out.word(0);
        packet.outNameRest = out.word(8);
        packet.hotdrop = false;
    }

    private DeviceTest device(final boolean none) {
        return none ? DeviceTest.ANY : new DeviceTest(DEVICES.get(random.nextInt(DEVICES.size())), false);
    }

    @Override
    public void close() {
        memory.close();
    }
}
