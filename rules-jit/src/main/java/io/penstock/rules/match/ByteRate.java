package io.penstock.rules.match;

import java.util.List;

/**
 * Rates of bytes as {@code 10mb/s}: kept as what 16 bytes cost, a second's worth being 2^32 - 1.
 *
 * <p>Source: linux/netfilter/xt_hashlimit.h (XT_HASHLIMIT_BYTE_SHIFT).
 */
final class ByteRate {

    private record Unit(String text, long bytes) {
    }

    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    private static final int SHIFT = 4;
    private static final String SUFFIX = "b/s";
    private static final List<Unit> UNITS = List.of(new Unit("m", 1 << 20), new Unit("k", 1 << 10), new Unit("", 1));
    /** After which time a flow is forgotten unless the rule says so. Unit: s. */
    static final int EXPIRE = 15;
    /** The same with a burst. */
    static final int EXPIRE_WITH_BURST = 60;

    private ByteRate() {
    }

    /** What 16 bytes cost at the rate that a text says, or 0 if it says none. */
    static long read(final String text) {
        final int suffix = text.indexOf(SUFFIX);
        final long count = Rate.leadingNumber(text);
        return suffix <= 0 || count == 0 ? 0 : cost(count * factor(text.charAt(suffix - 1)));
    }

    /** What a letter behind a number multiplies it with. */
    static long factor(final char letter) {
        return letter == 'm' ? 1 << 20 : letter == 'k' ? 1 << 10 : 1;
    }

    /** The bytes a second at a cost. */
    static long bytes(final long cost) {
        return (cost == 0 ? UNSIGNED_32 - 1 : Long.divideUnsigned(UNSIGNED_32, cost) - 1) << SHIFT;
    }

    private static long cost(final long bytes) {
        return UNSIGNED_32 / Math.max(1, (bytes >>> SHIFT) + 1 & UNSIGNED_32);
    }

    /**
     * Writes a blank, the rate, and the burst if there is one.
     *
     * @return after which time flows at that rate are forgotten unless the rule says so. Unit: s
     */
    static int write(final StringBuilder out, final long cost, final long burst, final String dashes) {
        final long rate = bytes(cost);
        for (final Unit unit : UNITS) {
            final boolean isLast = unit.bytes == 1;
            if (isLast || Long.compareUnsigned(rate, unit.bytes) >= 0 && cost(rate & -unit.bytes) == cost) {
                out.append(' ').append(Long.toUnsignedString(Long.divideUnsigned(rate, unit.bytes))).append(unit.text).append(SUFFIX);
                break;
            }
        }
        if (burst == 0) {
            return EXPIRE;
        }
        final long total = rate * burst;
        for (final Unit unit : UNITS) {
            if (unit.bytes == 1 || Long.compareUnsigned(total, unit.bytes) >= 0) {
                out.append(' ').append(dashes).append("burst ").append(Long.toUnsignedString(Long.divideUnsigned(total, unit.bytes)))
                        .append(unit.text).append('b');
                break;
            }
        }
        return EXPIRE_WITH_BURST;
    }
}
