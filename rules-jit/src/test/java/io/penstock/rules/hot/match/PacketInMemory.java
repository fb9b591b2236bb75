package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.hot.PacketServices;
import io.penstock.rules.hot.RulePacket;
import java.lang.reflect.Proxy;
import java.util.HexFormat;

/** A packet behind an Ethernet header, in memory that ends with it, so that checked mode catches a read one byte past it. */
public final class PacketInMemory implements AutoCloseable {

    private static final int CHUNK_SHIFT = 17;
    private static final int ETHERNET_BYTES = 14;

    private final MappedMemory memory =
            MappedMemory.reserveChunked(1L << CHUNK_SHIFT, MappedMemory.Pages.NORMAL, CHUNK_SHIFT);
    private final RulePacket packet = new RulePacket();
    private boolean reverse;
    private int reverseCalls;

    /** An IPv4 packet with a header of 20 bytes. */
    public RulePacket v4(final String hex) {
        return put(4, 20, HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
    }

    /** An IPv6 packet without extension headers. */
    public RulePacket v6(final String hex) {
        return put(6, 40, HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
    }

    /** Bytes, of which so many are the network header. */
    public RulePacket put(final int version, final int header, final byte[] bytes) {
        final long frame = memory.address();
        Regions.unwindow(frame);
        for (int i = 0; i < ETHERNET_BYTES; i++) {
            Memory.putByte(frame + i, (byte) (0xE0 + i));
        }
        Memory.copyFromArray(bytes, 0, frame + ETHERNET_BYTES, bytes.length);
        Regions.window(frame, ETHERNET_BYTES + bytes.length);
        packet.version = version;
        packet.frame = frame;
        packet.network = frame + ETHERNET_BYTES;
        packet.length = bytes.length;
        packet.transport = packet.network + header;
        packet.transportLength = bytes.length - header;
        packet.hotdrop = false;
        packet.services = (PacketServices) Proxy.newProxyInstance(
                PacketServices.class.getClassLoader(), new Class<?>[] {PacketServices.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "reversePath" -> {
                            reverseCalls++;
                            return reverse;
                        }
                        case "random" -> {
                            return 4711;
                        }
                        default -> throw new UnsupportedOperationException(method.getName());
                    }
                });
        return packet;
    }

    /** What the routing table says of ways back. */
    public void reverse(final boolean answer) {
        reverse = answer;
    }

    /** How often it was asked. */
    public int reverseCalls() {
        return reverseCalls;
    }

    @Override
    public void close() {
        Regions.unwindow(memory.address());
        memory.close();
    }
}
