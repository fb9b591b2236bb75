package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Wire;
import io.penstock.os.netlink.IpAddress;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Chains of IPv6 extension headers, in the order of RFC 8200 and in others.
 *
 * <p>Source: RFC 8200 section 4, RFC 2675 (jumbo), RFC 2711 (router alert), RFC 5095 and 8754 (routing). Threads: one.
 */
final class Extensions6 {

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int AUTHENTICATION = 51;
    private static final int DESTINATION = 60;
    private static final int MOBILITY = 135;
    private static final int PAD_N = 1;
    private static final int ROUTER_ALERT = 5;
    private static final int JUMBO = 0xC2;
    private static final int UNIT = 8;

    private final Dice dice;
    private final Supplier<IpAddress> addresses;

    Extensions6(final Dice dice, final Supplier<IpAddress> addresses) {
        this.dice = dice;
        this.addresses = addresses;
    }

    /** Appends one to four headers that end in a protocol; the number of the first one. */
    int chain(final List<byte[]> into, final int protocol) {
        final int count = dice.between(1, dice.oneIn(5) ? 6 : 2);
        final int[] types = new int[count];
        for (int i = 0; i < count; i++) {
            types[i] = i == 0 && dice.oneIn(2) || dice.oneIn(10) ? HOP_BY_HOP
                    : dice.of(ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION, DESTINATION, MOBILITY, dice.below(256));
        }
        for (int i = 0; i < count; i++) {
            final int next = i + 1 < count ? types[i + 1] : protocol;
            final byte[] header = switch (types[i]) {
                case HOP_BY_HOP, DESTINATION -> options();
                case ROUTING -> routing();
                case FRAGMENT -> fragment();
                default -> other();
            };
            header[0] = (byte) next;
            into.add(header);
        }
        return types[0];
    }

    private byte[] options() {
        final byte[] room = new byte[256];
        int length = 2;
        for (int i = dice.below(4); i > 0; i--) {
            final byte[] option = option();
            System.arraycopy(option, 0, room, length, option.length);
            length += option.length;
        }
        int whole = length + UNIT - 1 & -UNIT;
        if (dice.oneIn(12)) {
            whole += UNIT * dice.below(3);
        }
        pad(room, length, whole);
        final byte[] header = Arrays.copyOf(room, whole);
        header[1] = (byte) (dice.oneIn(20) ? dice.below(20) : whole / UNIT - 1);
        return header;
    }

    private void pad(final byte[] room, final int from, final int to) {
        if (to - from == 1 || dice.oneIn(6)) {
            return;
        }
        if (to > from) {
            room[from] = PAD_N;
            room[from + 1] = (byte) (to - from - 2);
            if (dice.oneIn(10)) {
                dice.fill(room, from + 2, to);
            }
        }
    }

    /** All four actions for unknown types; known ones with right and wrong lengths. */
    private byte[] option() {
        return switch (dice.below(6)) {
            case 0 -> new byte[] {0};
            case 1 -> {
                final byte[] option = new byte[2 + dice.below(8)];
                option[0] = PAD_N;
                option[1] = (byte) (option.length - 2);
                yield option;
            }
            case 2 -> new byte[] {ROUTER_ALERT, (byte) (dice.oneIn(5) ? dice.below(4) : 2), 0, (byte) dice.below(3)};
            case 3 -> {
                final byte[] option = {(byte) JUMBO, (byte) (dice.oneIn(5) ? dice.below(6) : 4), 0, 0, 0, 0};
                Wire.put32(option, 2, dice.oneIn(2) ? dice.below(1 << 17) : dice.bits());
                yield option;
            }
            default -> {
                final byte[] option = new byte[2 + dice.below(10)];
                dice.fill(option, 0, option.length);
                option[0] = (byte) (dice.below(4) << 6 | dice.below(64));
                option[1] = (byte) (dice.oneIn(10) ? dice.below(20) : option.length - 2);
                yield option;
            }
        };
    }

    private byte[] routing() {
        final int segments = dice.below(4);
        final byte[] header = new byte[UNIT + segments * 16];
        header[1] = (byte) (dice.oneIn(10) ? dice.below(10) : segments * 2);
        header[2] = (byte) dice.of(0, 1, 2, 3, 4, 4, 5, 253);
        header[3] = (byte) (dice.oneIn(5) ? dice.below(10) : dice.below(segments + 1));
        for (int i = 0; i < segments; i++) {
            final IpAddress address = addresses.get();
            Wire.put64(header, UNIT + i * 16, address.high());
            Wire.put64(header, UNIT + i * 16 + 8, address.low());
        }
        return header;
    }

    private byte[] fragment() {
        final byte[] header = new byte[UNIT];
        header[1] = (byte) (dice.oneIn(10) ? dice.below(256) : 0);
        Wire.put16(header, 2, switch (dice.below(4)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> dice.below(1 << 13) << 3;
            default -> dice.below(1 << 16);
        });
        Wire.put32(header, 4, dice.bits());
        return header;
    }

    private byte[] other() {
        final byte[] header = new byte[UNIT * dice.between(1, 3)];
        dice.fill(header, 0, header.length);
        header[1] = (byte) (dice.oneIn(4) ? dice.below(20) : header.length / UNIT - 1);
        return header;
    }
}
