package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.FlowKeys;
import io.penstock.dataplane.judge.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Packets in fragments: in their order for the most part, all of them, once.
 *
 * <p>Source: RFC 791, 8200. Threads: one.
 */
final class FlowFragments {

    private static final int UNIT = 8;
    private static final int FRAGMENT = 44;
    private static final int FRAGMENT_BYTES = 8;
    private static final int MORE4 = 0x2000;

    private final Dice dice;

    FlowFragments(final Dice dice) {
        this.dice = dice;
    }

    /** The packet's fragments, or the packet alone where it has too little to be cut. */
    List<byte[]> of(final byte... packet) {
        final int header = Wire.isIpv4(packet) ? Wire.ipv4HeaderBytes(packet) : Wire.IPV6_BYTES;
        final int data = packet.length - header;
        // Transport headers stay whole in the first one, so that the answer finds its ports there.
        final int first = FlowKeys.transport(packet) - header + 3 * UNIT;
        if (data <= first) {
            return List.of(packet);
        }
        final int identification = dice.below(1 << 16);
        final List<byte[]> parts = new ArrayList<>();
        int from = 0;
        while (from < data) {
            final int most = from == 0 ? first : dice.between(1, 4) * UNIT;
            final int to = Math.min(data, from + (from > 0 && dice.oneIn(2) ? data : most & -UNIT));
            parts.add(part(packet, header, from, to, to < data, identification));
            from = to;
        }
        if (dice.oneIn(5)) {
            Collections.swap(parts, dice.below(parts.size()), dice.below(parts.size()));
        }
        if (dice.oneIn(12)) {
            parts.remove(dice.below(parts.size()));
        }
        if (dice.oneIn(12) && !parts.isEmpty()) {
            parts.add(dice.below(parts.size()), parts.get(dice.below(parts.size())));
        }
        return parts;
    }

    private static byte[] part(
            final byte[] packet, final int header, final int from, final int to, final boolean more, final int identification) {
        final boolean isIpv4 = Wire.isIpv4(packet);
        final int added = isIpv4 ? 0 : FRAGMENT_BYTES;
        final byte[] part = Arrays.copyOf(packet, header + added + to - from);
        System.arraycopy(packet, header + from, part, header + added, to - from);
        if (isIpv4) {
            Wire.put16(part, 2, part.length);
            Wire.put16(part, 4, identification);
            Wire.put16(part, 6, from / UNIT | (more ? MORE4 : 0));
            Wire.checksum4(part);
        } else {
            Wire.put16(part, 4, part.length - Wire.IPV6_BYTES);
            Wire.put8(part, header, Wire.u8(packet, 6));
            Wire.put8(part, 6, FRAGMENT);
            Wire.put8(part, header + 1, 0);
            Wire.put16(part, header + 2, from | (more ? 1 : 0));
            Wire.put32(part, header + 4, identification);
        }
        return part;
    }
}
