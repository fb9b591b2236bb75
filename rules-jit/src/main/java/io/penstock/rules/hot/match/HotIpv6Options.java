package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * The hop-by-hop or destination options header of an IPv6 packet, and the options that it begins with. Workers' threads; no state.
 *
 * <pre>
 *  | next header | 8-byte units - 1 | options: | type | length of the data | data |, and Pad1: | 0 |
 * </pre>
 *
 * <p>Source: RFC 8200, 4.2 and 4.3; the kernel's {@code ip6t_hbh}. A packet without a whole header is dropped.
 */
public final class HotIpv6Options implements HotMatch {

    /** An option's length: any. */
    public static final int ANY_LENGTH = 0xFF;

    private static final int FIXED_BYTES = 2;
    private static final int OPTION_BYTES = 2;

    private final int header;
    private final boolean hasLength;
    private final long length;
    private final boolean inverted;
    private final int[] options;

    /**
     * A match.
     *
     * @param header    {@link IpProtocol#HOP_BY_HOP} or {@link IpProtocol#DESTINATION_OPTIONS}
     * @param hasLength whether it looks at the header's length
     * @param length    the header's length
     * @param inverted  whether it must be another
     * @param options   the options: the type, times 256, plus the length; none for any
     */
    public HotIpv6Options(
            final int header, final boolean hasLength, final long length, final boolean inverted, final int[] options) {
        this.header = header;
        this.hasLength = hasLength;
        this.length = length;
        this.inverted = inverted;
        this.options = options.clone();
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int at = Ipv6HeaderSearch.find(packet, header, FIXED_BYTES);
        if (at < 0) {
            return false;
        }
        final long start = packet.network + at;
        final int bytes = Ipv6HeaderSearch.bytes(start, header);
        return (!hasLength || (bytes == length) != inverted) && hasOptions(start + FIXED_BYTES, bytes - FIXED_BYTES);
    }

    private boolean hasOptions(final long first, final int bytes) {
        long at = first;
        int left = bytes;
        for (int i = 0; i < options.length; i++) {
            if (left < 1) {
                return false;
            }
            final int type = Memory.getUnsignedByte(at);
            if (type != options[i] >>> Byte.SIZE || type != 0 && left < OPTION_BYTES) {
                return false;
            }
            final int dataBytes = type == 0 ? 0 : Memory.getUnsignedByte(at + 1);
            final int wanted = options[i] & ANY_LENGTH;
            if (type != 0 && wanted != ANY_LENGTH && wanted != dataBytes) {
                return false;
            }
            final int step = type == 0 ? 1 : OPTION_BYTES + dataBytes;
            // The last one may say that it is longer than the header.
            if (left < step && i < options.length - 1) {
                return false;
            }
            at += step;
            left -= step;
        }
        return true;
    }
}
