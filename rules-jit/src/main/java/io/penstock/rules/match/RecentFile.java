package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.Kind;
import io.penstock.rules.hot.match.RecentTable;
import io.penstock.rules.text.AddressText;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A list of {@code -m recent} as a text: what /proc/net/xt_recent/NAME says, and what can be written to it. Addresses stand in the order
 * in which they were last seen; the kernel's order is that of a hash. Control thread.
 */
public final class RecentFile {

    private static final int IPV4 = 4;
    private static final int IPV6 = 6;
    private static final int IPV4_BYTES = 4;
    /** What the kernel looks at of a write: the longest address with its sign, and one byte more. */
    private static final int MAX_WRITE = 41;
    private static final int GROUP_DIGITS = 4;

    private final RecentTable table;

    /** The text of a list. */
    public RecentFile(final RecentTable table) {
        this.table = table;
    }

    /** Writes a line for each address. */
    public void read(final StringBuilder out) {
        final long[] words = new long[RecentTable.WORDS];
        final List<Place> places = new ArrayList<>();
        for (int i = 0; i < table.used(); i++) {
            if (table.copy(i, words)) {
                places.add(new Place(words[RecentTable.PLACE], i));
            }
        }
        places.sort(Comparator.comparingLong(Place::seen));
        for (final Place place : places) {
            // An address may have as many times as there are words: they are copied again, not kept.
            if (table.copy(place.index(), words)) {
                line(out, words);
            }
        }
    }

    /** Where an address is, and when it was put to the end. */
    private record Place(long seen, int index) {
    }

    private static void line(final StringBuilder out, final long[] words) {
        final long next = words[RecentTable.NEXT];
        out.append("src=");
        if (words[RecentTable.VERSION] == IPV4) {
            out.append(AddressText.ipv4((int) (words[RecentTable.HIGH] >>> Integer.SIZE)));
        } else {
            groups(out, words[RecentTable.HIGH], words[RecentTable.LOW]);
        }
        out.append(" ttl: ").append(words[RecentTable.HOPS])
                .append(" last_seen: ").append(Jiffies.at(words[RecentTable.COUNT + (int) next]))
                .append(" oldest_pkt: ").append(next);
        String comma = " ";
        for (int i = RecentTable.COUNT + 1; i <= RecentTable.COUNT + (int) words[RecentTable.COUNT]; i++) {
            out.append(comma).append(Jiffies.at(words[i]));
            comma = ", ";
        }
        out.append('\n');
    }

    /** Writes an IPv6 address with all its digits. */
    static void groups(final StringBuilder out, final long high, final long low) {
        final String digits = String.format("%016x%016x", high, low);
        for (int i = 0; i < digits.length(); i += GROUP_DIGITS) {
            out.append(i == 0 ? "" : ":").append(digits, i, i + GROUP_DIGITS);
        }
    }

    /**
     * Does what a write to the file does: {@code +ADDRESS} puts an address into the list or adds a time, {@code -ADDRESS} takes it out,
     * {@code /} forgets all.
     *
     * @param nowNs the workers' clock
     * @return the kernel's errno, or {@link Kind#FINE}
     */
    public int write(final String text, final long nowNs) {
        if (text.isEmpty()) {
            return Kind.FINE;
        }
        final char sign = text.charAt(0);
        if (sign == '/') {
            table.flush();
            return Kind.FINE;
        }
        final String address = firstLine(text.substring(1, Math.min(text.length(), MAX_WRITE)));
        final boolean isV6 = address.indexOf(':') >= 0;
        final byte[] bytes = isV6 ? AddressText.ipv6(address) : ipv4(address);
        if (sign != '+' && sign != '-' || bytes == null) {
            return Errno.EINVAL;
        }
        final ByteBuffer key = ByteBuffer.allocate(2 * Long.BYTES).put(bytes);
        change(sign == '+', key.getLong(0), key.getLong(Long.BYTES), isV6 ? IPV6 : IPV4, nowNs);
        return Kind.FINE;
    }

    private void change(final boolean adds, final long high, final long low, final int version, final long nowNs) {
        final long entry = table.find(high, low, version);
        final long life = entry == 0 ? 0 : table.life(entry, high, low, version);
        if (!adds) {
            if (life != 0) {
                table.remove(entry, life);
            }
        } else if (life == 0) {
            table.add(high, low, version, 0, nowNs);
        } else {
            table.update(entry, life, nowNs);
        }
    }

    private static String firstLine(final String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != 0) {
            end++;
        }
        return text.substring(0, end);
    }

    /** Four decimal numbers, with leading zeros if need be; null if it is none. */
    private static byte[] ipv4(final String text) {
        final String[] parts = text.split("\\.", -1);
        final byte[] bytes = new byte[IPV4_BYTES];
        for (int i = 0; i < IPV4_BYTES; i++) {
            if (parts.length != IPV4_BYTES || !parts[i].matches("0*[0-9]{1,3}") || Integer.parseInt(parts[i]) > 0xFF) {
                return null;
            }
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return bytes;
    }
}
