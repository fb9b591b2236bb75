package io.penstock.rules.hot.set;

import io.penstock.rules.hot.SetScratch;

/**
 * How a set's keys lie in their words: the table that the types of hashes differ in.
 *
 * <pre>
 *            IPv4                                             IPv6
 *   key0     address 32 | port 16 | protocol 8 | length 6     address, first half
 *            or address 32 | mark 32
 *            or address 32 | bridge's port 1 | - | length 6
 *   key1     second address 32 | its length 6, or MAC         address, second half
 *            or device's name, first half
 *   key2     device's name, second half                       port 16 | protocol 8 | length 8 | second length 8 | bridge's port 1
 *                                                             or mark, or MAC
 *   key3, 4                                                   second address, or device's name
 * </pre>
 *
 * <p>From the lowest bit. {@code hash:mac} has the MAC address in key0. Words behind the last one that a type needs are not looked at.
 *
 * <p>Threads: any; immutable.
 */
public final class KeyLayout {

    /** {@link #of}: an address stands first. */
    public static final int ADDRESS = 1;
    /** It is a network. */
    public static final int NET = 1 << 1;
    /** There is a port with a protocol. */
    public static final int PORT = 1 << 2;
    /** There is a second address. */
    public static final int SECOND = 1 << 3;
    /** It is a network. */
    public static final int SECOND_NET = 1 << 4;
    /** There is a MAC address. */
    public static final int MAC = 1 << 5;
    /** There is a mark. */
    public static final int MARK = 1 << 6;
    /** There is a device. */
    public static final int DEVICE = 1 << 7;

    private static final int PORT4 = 32;
    private static final int PROTOCOL4 = 48;
    private static final int MARK4 = 32;
    private static final int BRIDGE4 = 32;
    private static final int LENGTH4 = 56;
    private static final int SECOND_LENGTH4 = 32;
    private static final int PROTOCOL6 = 16;
    private static final int LENGTH6 = 24;
    private static final int SECOND_LENGTH6 = 32;
    private static final int BRIDGE6 = 40;
    private static final long LENGTH_MASK4 = 0x3F;
    private static final long LENGTH_MASK6 = 0xFF;
    private static final long PORT_BITS = 0xFFFF;
    private static final int PROTOCOL_BITS = 0xFF;
    /** What in key0 of IPv4 is neither address nor length. */
    private static final long REST4 = ~(Prefix.LOW32 | LENGTH_MASK4 << LENGTH4);

    private final int parts;
    private final boolean six;
    private final int words;

    private KeyLayout(final int parts, final boolean six) {
        this.parts = parts;
        this.six = six;
        this.words = six ? words6(parts) : words4(parts);
    }

    /** The layout for these parts, of IPv6 addresses or others. */
    public static KeyLayout of(final int parts, final boolean six) {
        return new KeyLayout(parts, six && (parts & ADDRESS) != 0);
    }

    private static int words4(final int parts) {
        if ((parts & DEVICE) != 0) {
            return 3;
        }
        return (parts & SECOND) != 0 || (parts & (MAC | ADDRESS)) == (MAC | ADDRESS) ? 2 : 1;
    }

    private static int words6(final int parts) {
        if ((parts & (SECOND | DEVICE)) != 0) {
            return 5;
        }
        return parts == ADDRESS ? 2 : 3;
    }

    /** How many words a key has. */
    public int words() {
        return words;
    }

    /** Whether a key has 32 bits at most. */
    public boolean isNarrow() {
        return !six && parts == ADDRESS;
    }

    /** Whether addresses are IPv6's. */
    public boolean isSix() {
        return six;
    }

    /** Whether there are these parts. */
    public boolean has(final int wanted) {
        return (parts & wanted) == wanted;
    }

    /** The length that a whole address has. */
    public int host() {
        return six ? Prefix.HOST6 : Prefix.HOST4;
    }

    /** Begins a key: the first address; all else is zero. */
    public void begin(final SetScratch key, final long high, final long low) {
        if (six) {
            key.key0 = high;
            key.key1 = low;
        } else {
            key.key0 = low & Prefix.LOW32;
            key.key1 = 0;
        }
        key.key2 = 0;
        key.key3 = 0;
        key.key4 = 0;
    }

    /** Puts in protocol times 65,536 plus port. */
    void putPort(final SetScratch key, final int protocolAndPort) {
        final long port = protocolAndPort & PORT_BITS;
        final long protocol = protocolAndPort >>> SetPorts.PROTOCOL_SHIFT & PROTOCOL_BITS;
        if (six) {
            key.key2 |= port | protocol << PROTOCOL6;
        } else {
            key.key0 |= port << PORT4 | protocol << PROTOCOL4;
        }
    }

    /** Puts in protocol and port. */
    public void putPort(final SetScratch key, final int protocol, final int port) {
        putPort(key, protocol << SetPorts.PROTOCOL_SHIFT | port & SetPorts.PORT_MASK);
    }

    /** Puts in the second address. */
    public void putSecond(final SetScratch key, final long high, final long low) {
        if (six) {
            key.key3 = high;
            key.key4 = low;
        } else {
            key.key1 = low & Prefix.LOW32;
        }
    }

    /** Puts in a MAC address, as the number that its bytes are. */
    public void putMac(final SetScratch key, final long mac) {
        if (six) {
            key.key2 = mac;
        } else if ((parts & ADDRESS) != 0) {
            key.key1 = mac;
        } else {
            key.key0 = mac;
        }
    }

    /** Puts in a mark. */
    public void putMark(final SetScratch key, final long mark) {
        if (six) {
            key.key2 = mark & Prefix.LOW32;
        } else {
            key.key0 |= mark << MARK4;
        }
    }

    /** Puts in a device's name, as two words, and whether it is a bridge's port. */
    public void putDevice(final SetScratch key, final long name, final long nameRest, final boolean bridge) {
        if (six) {
            key.key2 |= bridge ? 1L << BRIDGE6 : 0;
            key.key3 = name;
            key.key4 = nameRest;
        } else {
            key.key0 |= bridge ? 1L << BRIDGE4 : 0;
            key.key1 = name;
            key.key2 = nameRest;
        }
    }

    /** Puts in the first address anew, cut off to a length, and that length. */
    public void putNet(final SetScratch key, final long high, final long low, final int length) {
        if (six) {
            key.key0 = high & Prefix.high6(length);
            key.key1 = low & Prefix.low6(length);
            key.key2 = key.key2 & ~(LENGTH_MASK6 << LENGTH6) | (long) length << LENGTH6;
        } else {
            key.key0 = key.key0 & REST4 | low & Prefix.mask4(length) | (long) length << LENGTH4;
        }
    }

    /** Puts in the second address anew, cut off to a length, and that length. */
    public void putSecondNet(final SetScratch key, final long high, final long low, final int length) {
        if (six) {
            key.key3 = high & Prefix.high6(length);
            key.key4 = low & Prefix.low6(length);
            key.key2 = key.key2 & ~(LENGTH_MASK6 << SECOND_LENGTH6) | (long) length << SECOND_LENGTH6;
        } else {
            key.key1 = low & Prefix.mask4(length) | (long) length << SECOND_LENGTH4;
        }
    }

    /** The first address: first half; 0 of IPv4. */
    public long high(final SetScratch key) {
        return six ? key.key0 : 0;
    }

    /** The first address: second half, or all of it. */
    public long low(final SetScratch key) {
        return six ? key.key1 : key.key0 & Prefix.LOW32;
    }

    /** The second address: first half; 0 of IPv4. */
    public long secondHigh(final SetScratch key) {
        return six ? key.key3 : 0;
    }

    /** The second address: second half, or all of it. */
    public long secondLow(final SetScratch key) {
        return six ? key.key4 : key.key1 & Prefix.LOW32;
    }

    /** The first network's length. */
    public int length(final SetScratch key) {
        return (int) (six ? key.key2 >>> LENGTH6 & LENGTH_MASK6 : key.key0 >>> LENGTH4 & LENGTH_MASK4);
    }

    /** The second network's length. */
    public int secondLength(final SetScratch key) {
        return (int) (six ? key.key2 >>> SECOND_LENGTH6 & LENGTH_MASK6 : key.key1 >>> SECOND_LENGTH4 & LENGTH_MASK4);
    }

    /** The port. */
    public int port(final SetScratch key) {
        return (int) ((six ? key.key2 : key.key0 >>> PORT4) & PORT_BITS);
    }

    /** The protocol. */
    public int protocol(final SetScratch key) {
        return (int) (six ? key.key2 >>> PROTOCOL6 : key.key0 >>> PROTOCOL4) & PROTOCOL_BITS;
    }

    /** The MAC address. */
    public long mac(final SetScratch key) {
        return six ? key.key2 : (parts & ADDRESS) != 0 ? key.key1 : key.key0;
    }

    /** The mark. */
    public long mark(final SetScratch key) {
        return six ? key.key2 : key.key0 >>> MARK4;
    }

    /** The device's name: first half. */
    public long device(final SetScratch key) {
        return six ? key.key3 : key.key1;
    }

    /** The device's name: second half. */
    public long deviceRest(final SetScratch key) {
        return six ? key.key4 : key.key2;
    }

    /** Whether the device is a bridge's port. */
    public boolean isBridge(final SetScratch key) {
        return ((six ? key.key2 >>> BRIDGE6 : key.key0 >>> BRIDGE4) & 1) != 0;
    }
}
