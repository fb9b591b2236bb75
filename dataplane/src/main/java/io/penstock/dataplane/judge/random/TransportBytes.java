package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Transport headers and data that random rules ask for: valid ones mostly, then wrong lengths, odd options, and cut off.
 *
 * <p>Source: RFC 768, 792, 793, 3828, 4340, 4960, 4302, 4303, 3173, 6275. Threads: one.
 */
final class TransportBytes {

    static final int IPCOMP = 108;
    static final int ESP = 50;
    static final int AH = 51;
    static final int DCCP = 33;
    static final int SCTP = 132;
    static final int MOBILITY = 135;
    static final int UDPLITE = 136;

    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int PSH = 8;
    private static final int ACK = 16;
    private static final int TCP_BYTES = 20;
    private static final int MAX_OPTIONS = 40;
    private static final int MSS = 2;
    private static final int DCCP_WORD = 4;

    private final Dice dice;
    private final RulePools pools;

    TransportBytes(final Dice dice, final RulePools pools) {
        this.dice = dice;
        this.pools = pools;
    }

    /** What follows the IP header, its checksum not yet right. */
    byte[] next(final int protocol) {
        final byte[] all = switch (protocol) {
            case Wire.TCP -> tcp();
            case Wire.UDP, UDPLITE -> udp(protocol);
            case Wire.ICMP, Wire.ICMPV6 -> icmp(protocol);
            case SCTP -> sctp();
            case DCCP -> dccp();
            case ESP -> withData(words(pools.spi(), dice.bits()));
            case AH -> ah();
            case IPCOMP -> withData(new byte[] {(byte) dice.of(6, 17), (byte) dice.of(0, 0, 1), 0, 0}, 2, pools.port());
            case MOBILITY -> mobility();
            default -> withData(new byte[0]);
        };
        return dice.oneIn(12) ? Arrays.copyOf(all, dice.below(all.length + 1)) : all;
    }

    /** Makes a packet's checksum right, if it has one that is known. */
    static void checksum(final byte[] packet, final int header, final int protocol) {
        final int length = packet.length - header;
        final int at = switch (protocol) {
            case Wire.TCP -> 16;
            case Wire.UDP -> 6;
            case Wire.ICMP, Wire.ICMPV6 -> 2;
            default -> -1;
        };
        if (at < 0 || length < at + 2) {
            return;
        }
        final int pseudo = protocol == Wire.ICMP ? 0
                : Wire.isIpv4(packet) ? Wire.pseudo4(packet, protocol, length) : Wire.pseudo6(packet, protocol, length);
        Wire.put16(packet, header + at, 0);
        final int sum = ~Wire.sum(packet, header, packet.length, pseudo) & 0xFFFF;
        Wire.put16(packet, header + at, sum == 0 && protocol == Wire.UDP ? 0xFFFF : sum);
    }

    private byte[] tcp() {
        final byte[] options = dice.oneIn(2) ? new byte[0] : tcpOptions();
        final byte[] header = new byte[TCP_BYTES + options.length];
        ports(header);
        dice.fill(header, 4, 12);
        Wire.put8(header, 12, dice.oneIn(15) ? dice.below(256) : header.length / 4 << 4 | (dice.oneIn(6) ? dice.below(16) : 0));
        Wire.put8(header, 13, dice.oneIn(6) ? dice.below(256)
                : dice.of(SYN, SYN, SYN | ACK, ACK, ACK | PSH, RST, FIN | ACK, SYN | 0xC0, ACK | 0x40));
        dice.fill(header, 14, 20);
        System.arraycopy(options, 0, header, TCP_BYTES, options.length);
        return withData(header);
    }

    private byte[] tcpOptions() {
        final byte[] all = new byte[MAX_OPTIONS + 64];
        int length = 0;
        for (int i = dice.between(1, 4); i > 0; i--) {
            final int kind = dice.oneIn(2) ? MSS : dice.oneIn(4) ? dice.below(2) : pools.tcpOption();
            if (kind < 2) {
                all[length++] = (byte) kind;
                continue;
            }
            final int size = kind == MSS ? 4 : kind == 3 ? 3 : kind == 4 ? 2 : kind == 8 ? 10 : dice.between(2, 10);
            all[length] = (byte) kind;
            all[length + 1] = (byte) (dice.oneIn(15) ? dice.below(30) : size);
            if (kind == MSS) {
                Wire.put16(all, length + 2, dice.oneIn(2) ? 1460 : pools.length());
            } else {
                dice.fill(all, length + 2, length + size);
            }
            length += size;
        }
        final int whole = Math.min(MAX_OPTIONS, length + 3 & -4);
        if (whole > length && dice.oneIn(2)) {
            Arrays.fill(all, length, whole, (byte) 1);
        }
        return Arrays.copyOf(all, whole);
    }

    private byte[] udp(final int protocol) {
        final byte[] header = new byte[8];
        ports(header);
        final byte[] all = withData(header);
        Wire.put16(all, 4, dice.oneIn(20) ? dice.below(1 << 16) : protocol == UDPLITE ? dice.of(0, 8) : all.length);
        return all;
    }

    private byte[] icmp(final int protocol) {
        final byte[] header = new byte[8];
        dice.fill(header, 4, 8);
        header[0] = (byte) (protocol == Wire.ICMP ? dice.of(0, 3, 5, 8, 8, 11, 12, 13, dice.below(256))
                : dice.of(1, 2, 3, 4, 128, 128, 129, dice.below(256)));
        header[1] = (byte) (dice.oneIn(2) ? 0 : dice.below(6));
        return withData(header);
    }

    private byte[] sctp() {
        final byte[] all = new byte[12 + 160];
        ports(all);
        dice.fill(all, 4, 12);
        int length = 12;
        for (int i = dice.below(4); i > 0; i--) {
            final int size = dice.between(4, 24);
            all[length] = (byte) (dice.oneIn(6) ? dice.below(256) : dice.below(15));
            all[length + 1] = (byte) dice.below(8);
            Wire.put16(all, length + 2, dice.oneIn(15) ? dice.below(64) : size);
            length += size + 3 & -4;
        }
        return Arrays.copyOf(all, length);
    }

    private byte[] dccp() {
        final int words = dice.between(3, 8);
        final byte[] header = new byte[words * DCCP_WORD];
        dice.fill(header, 0, header.length);
        ports(header);
        header[4] = (byte) (dice.oneIn(12) ? dice.below(64) : words);
        header[8] = (byte) (dice.oneIn(6) ? dice.below(256) : dice.below(10) << 1 | dice.below(2));
        for (int at = 12; at + 1 < header.length; at += 2) {
            header[at] = (byte) dice.of(0, 1, 2, 32, 37, 255);
            header[at + 1] = (byte) dice.of(0, 1, 2, 3, 4);
        }
        return withData(header);
    }

    private byte[] ah() {
        final int words = dice.of(1, 2, 4);
        final byte[] header = new byte[8 + words * 4];
        header[0] = (byte) dice.of(6, 17);
        header[1] = (byte) (dice.oneIn(10) ? dice.below(20) : words);
        Wire.put16(header, 2, dice.oneIn(8) ? 1 : 0);
        Wire.put32(header, 4, pools.spi());
        return withData(header);
    }

    private byte[] mobility() {
        final byte[] header = new byte[16];
        header[0] = (byte) (dice.oneIn(5) ? 6 : 59);
        header[1] = (byte) (dice.oneIn(5) ? dice.below(20) : 1);
        header[2] = (byte) dice.below(10);
        return dice.oneIn(2) ? header : withData(header);
    }

    private void ports(final byte[] header) {
        Wire.put16(header, 0, pools.port());
        Wire.put16(header, 2, pools.port());
    }

    private static byte[] words(final int first, final int second) {
        final byte[] bytes = new byte[8];
        Wire.put32(bytes, 0, first);
        Wire.put32(bytes, 4, second);
        return bytes;
    }

    private byte[] withData(final byte[] header, final int at, final int value) {
        Wire.put16(header, at, value);
        return withData(header);
    }

    /** The header, and data behind it, in which there may be a text. */
    private byte[] withData(final byte... header) {
        final byte[] text = dice.oneIn(3) ? pools.text().getBytes(StandardCharsets.ISO_8859_1) : new byte[0];
        final int before = dice.oneIn(2) ? 0 : dice.below(40);
        final byte[] all = new byte[header.length + before + text.length + dice.below(20)];
        dice.fill(all, header.length, all.length);
        System.arraycopy(header, 0, all, 0, header.length);
        System.arraycopy(text, 0, all, header.length + before, text.length);
        return all;
    }
}
