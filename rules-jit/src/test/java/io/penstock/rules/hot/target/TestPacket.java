package io.penstock.rules.hot.target;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Extensions;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.hot.PacketServices;
import io.penstock.rules.hot.RulePacket;
import java.util.HexFormat;

/** A packet in memory of its own, with surroundings that remember what they were asked. */
final class TestPacket implements PacketServices, AutoCloseable {

    private static final int FRAME_BYTES = 4096;

    final RulePacket packet = new RulePacket();
    private final MappedMemory memory = MappedMemory.reserve(FRAME_BYTES, MappedMemory.Pages.NORMAL);
    private final int room;
    int mtu;
    String asked = "";

    private TestPacket(final byte[] bytes, final int room) {
        this.room = room;
        final long ip = memory.address();
        Memory.copyFromArray(bytes, 0, ip, bytes.length);
        packet.services = this;
        packet.network = ip;
        packet.length = bytes.length;
        packet.version = bytes[0] >> 4 & 0xF;
        if (packet.version == 4) {
            packet.transport = ip + Ipv4Layout.headerBytes(ip);
            packet.protocol = Ipv4Layout.protocol(ip);
            packet.fragmentOffset = Ipv4Layout.fragmentOffset(ip) >> 3;
            packet.fragment = Ipv4Layout.isFragment(ip);
        } else {
            final long walk = Ipv6Extensions.walk(ip, ip + Ipv6Layout.HEADER_BYTES + Ipv6Layout.payloadLength(ip));
            packet.transport = ip + Ipv6Extensions.l4Offset(walk);
            packet.protocol = Ipv6Extensions.nextHeader(walk);
        }
        packet.transportLength = (int) (ip + bytes.length - packet.transport);
    }

    /** The packet that those bytes are, with enough room behind it. */
    static TestPacket of(final byte[] bytes) {
        return new TestPacket(bytes, FRAME_BYTES);
    }

    /** The packet that those hexadecimal digits are; blanks do not count. */
    static TestPacket of(final String hex) {
        return of(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    /** The same in a frame that it fills. */
    static TestPacket filling(final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return new TestPacket(bytes, bytes.length);
    }

    /** Its bytes as they are now. */
    byte[] bytes() {
        final byte[] bytes = new byte[packet.length];
        Memory.copyToArray(packet.network, bytes, 0, bytes.length);
        return bytes;
    }

    String hex() {
        return HexFormat.of().formatHex(bytes());
    }

    @Override
    public int addressType(final RulePacket about, final long address, final int device) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean reversePath(final RulePacket about, final boolean loose, final boolean useMark, final boolean acceptLocal) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int pathMtu(final RulePacket about) {
        return mtu;
    }

    @Override
    public void reject(final RulePacket about, final int type, final int code) {
        asked += "reject " + type + ' ' + code;
    }

    @Override
    public void log(final RulePacket about, final int level, final String prefix, final int flags) {
        asked += "log " + level + ' ' + prefix + ' ' + flags;
    }

    @Override
    public void traceRule(final RulePacket about, final String table, final String chain, final int what, final int number) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void tee(final RulePacket about, final long gatewayHigh, final long gatewayLow, final String device) {
        asked += "tee " + Long.toHexString(gatewayHigh) + ' ' + Long.toHexString(gatewayLow) + ' ' + device;
    }

    @Override
    public int random() {
        throw new UnsupportedOperationException();
    }

    /** Moves what lies behind the place further back. */
    @Override
    public boolean insert(final RulePacket about, final long at, final int bytes) {
        if (about.length + bytes > room) {
            return false;
        }
        final byte[] behind = new byte[(int) (about.network + about.length - at)];
        Memory.copyToArray(at, behind, 0, behind.length);
        Memory.copyFromArray(behind, 0, at + bytes, behind.length);
        about.length += bytes;
        about.transportLength += bytes;
        return true;
    }

    @Override
    public void close() {
        memory.close();
    }
}
