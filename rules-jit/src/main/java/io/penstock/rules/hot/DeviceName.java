package io.penstock.rules.hot;

/**
 * A device's name, or its beginning, compared as the kernel does: 16 bytes under a mask ({@code ifname_compare}).
 *
 * @param word     the first 8 bytes
 * @param mask     which of their bits count
 * @param rest     the last 8 bytes
 * @param restMask which of their bits count
 * @param inverted whether all other devices are meant
 */
public record DeviceName(long word, long mask, long rest, long restMask, boolean inverted) {

    /** Every device. */
    public static final DeviceName ANY = new DeviceName(0, 0, 0, 0, false);

    boolean matches(final long itsWord, final long itsRest) {
        return (((itsWord ^ word) & mask | (itsRest ^ rest) & restMask) == 0) != inverted;
    }
}
