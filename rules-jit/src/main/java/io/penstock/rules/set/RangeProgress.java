package io.penstock.rules.set;

/** How far a command has come with the keys of a range, which it does in parts. Control; one thread at a time. */
final class RangeProgress {

    /** Keys of a part ({@code IPSET_MAX_RANGE}). */
    static final int KEYS = 1 << 14;

    private long address;
    private int port;
    private long second;
    private int keys;
    private boolean isLeft;

    /** A part begins: with these, unless another one has stopped before. */
    void begin(final long firstAddress, final int firstPort, final long firstSecond) {
        if (!isLeft) {
            address = firstAddress;
            port = firstPort;
            second = firstSecond;
        }
        isLeft = false;
        keys = 0;
    }

    /** Before each key: whether the part stops here, and the next one begins with it. */
    boolean stops(final long atAddress, final int atPort, final long atSecond) {
        if (keys < KEYS) {
            keys++;
            return false;
        }
        address = atAddress;
        port = atPort;
        second = atSecond;
        isLeft = true;
        return true;
    }

    /** Whether the last part has stopped before the end. */
    boolean isLeft() {
        return isLeft;
    }

    /** Where a part begins. */
    long address() {
        return address;
    }

    /** Where a part begins. */
    int port() {
        return port;
    }

    /** Where a part begins. */
    long second() {
        return second;
    }
}
