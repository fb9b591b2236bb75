package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Wire;
import java.util.Arrays;
import java.util.function.IntSupplier;

/**
 * IPv4 options, well-formed and not.
 *
 * <p>Source: RFC 791 section 3.1, RFC 1108, RFC 2113, FIPS 188 (CIPSO). Threads: one.
 */
final class Options4 {

    private static final int MAX_BYTES = 40;
    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int RECORD_ROUTE = 7;
    private static final int TIMESTAMP = 68;
    private static final int SECURITY = 130;
    private static final int LOOSE_ROUTE = 131;
    private static final int CIPSO = 134;
    private static final int STREAM = 136;
    private static final int STRICT_ROUTE = 137;
    private static final int ROUTER_ALERT = 148;

    private final Dice dice;
    private final IntSupplier addresses;

    Options4(final Dice dice, final IntSupplier addresses) {
        this.dice = dice;
        this.addresses = addresses;
    }

    /** Up to 40 bytes, a multiple of four. */
    byte[] next() {
        final byte[] all = new byte[MAX_BYTES];
        int length = 0;
        for (int i = dice.below(3); i >= 0; i--) {
            final byte[] option = one(MAX_BYTES - length);
            System.arraycopy(option, 0, all, length, option.length);
            length += option.length;
        }
        if (dice.oneIn(6)) {
            length = Math.min(MAX_BYTES, length + dice.below(9));
        }
        final int whole = length + 3 & -4;
        if (dice.oneIn(4)) {
            Arrays.fill(all, length, whole, (byte) NO_OPERATION);
        }
        final byte[] options = Arrays.copyOf(all, whole);
        if (whole > 0 && dice.oneIn(8)) {
            options[dice.below(whole)] = (byte) dice.bits();
        }
        return options;
    }

    private byte[] one(final int room) {
        return switch (dice.below(12)) {
            case 0 -> fit(room, (byte) NO_OPERATION);
            case 1 -> fit(room, (byte) END);
            case 2, 3, 4 -> route(RECORD_ROUTE, room);
            case 5, 6, 7 -> timestamp(room);
            case 8 -> route(dice.oneIn(2) ? LOOSE_ROUTE : STRICT_ROUTE, room);
            case 9 -> fit(room, (byte) ROUTER_ALERT, (byte) (dice.oneIn(6) ? dice.below(6) : 4), (byte) 0,
                    (byte) (dice.oneIn(5) ? 1 : 0));
            case 10 -> fixed(dice.of(CIPSO, SECURITY, STREAM, 0x1E, 0x9E, 0x94 + 1), room);
            default -> fixed(dice.below(256), room);
        };
    }

    /** Type, length, pointer, addresses: the pointer anywhere in it, or at its end or past it. */
    private byte[] route(final int type, final int room) {
        final int slots = dice.between(0, 9);
        final int length = 3 + 4 * slots + (dice.oneIn(8) ? dice.below(4) : 0);
        if (length > room) {
            return new byte[0];
        }
        final byte[] option = new byte[length];
        option[0] = (byte) type;
        option[1] = (byte) (dice.oneIn(10) ? dice.below(48) : length);
        option[2] = (byte) (dice.oneIn(8) ? dice.below(48) : 4 + 4 * dice.below(slots + 1));
        for (int at = 3; at + 4 <= length; at += 4) {
            Wire.put32(option, at, addresses.getAsInt());
        }
        return option;
    }

    /** Flags 0 (times), 1 (addresses and times), 3 (addresses are given), and others, which mean nothing. */
    private byte[] timestamp(final int room) {
        final int flags = dice.oneIn(8) ? dice.below(16) : dice.of(0, 1, 1, 3, 3);
        final int slotBytes = flags == 0 ? 4 : 8;
        final int slots = dice.between(0, 36 / slotBytes);
        final int length = 4 + slotBytes * slots + (dice.oneIn(8) ? dice.below(4) : 0);
        if (length > room) {
            return new byte[0];
        }
        final byte[] option = new byte[length];
        option[0] = (byte) TIMESTAMP;
        option[1] = (byte) (dice.oneIn(10) ? dice.below(48) : length);
        option[2] = (byte) (dice.oneIn(8) ? dice.below(48) : 5 + slotBytes * dice.below(slots + 1));
        option[3] = (byte) ((dice.oneIn(6) ? dice.below(16) : 0) << 4 | flags);
        for (int at = 4; at + 4 <= length; at += 4) {
            if (flags != 0 && !dice.oneIn(4)) {
                Wire.put32(option, at, addresses.getAsInt());
            }
        }
        return option;
    }

    private byte[] fixed(final int type, final int room) {
        final int length = dice.oneIn(4) ? dice.of(2, 3, 4, 8, 11) : dice.below(20);
        final byte[] option = new byte[Math.min(room, Math.max(2, length))];
        dice.fill(option, 0, option.length);
        if (option.length > 1) {
            option[0] = (byte) type;
            option[1] = (byte) length;
        }
        return option;
    }

    private static byte[] fit(final int room, final byte... option) {
        return option.length <= room ? option : new byte[0];
    }
}
