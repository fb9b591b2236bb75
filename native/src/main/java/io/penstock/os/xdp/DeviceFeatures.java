package io.penstock.os.xdp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Offloads of a device, by the kernel's names, as {@code ethtool -k} prints them and {@code ethtool -K} switches them.
 *
 * <p>Source: {@code struct ethtool_gfeatures}, {@code struct ethtool_sfeatures}, {@code struct ethtool_gstrings} of
 * linux/ethtool.h. Threads: any, for devices of its network namespace.
 */
final class DeviceFeatures {

    /** Whether a feature is in force. */
    enum State {
        OFF,
        ON,
        /** It is on, and cannot be switched off. */
        FIXED
    }

    private static final int ETHTOOL_GSTRINGS = 0x1B;
    private static final int ETHTOOL_GFEATURES = 0x3A;
    private static final int ETHTOOL_SFEATURES = 0x3B;
    private static final int ETH_SS_FEATURES = 4;
    private static final int NAME_BYTES = 32;
    private static final int STRINGS_HEADER_BYTES = 12;
    private static final int HEADER_BYTES = 8;

    /** Words of a block of ETHTOOL_GFEATURES: available, requested, active, never changed. */
    private static final int GET_WORDS = 4;
    private static final int AVAILABLE = 0;
    private static final int ACTIVE = 2;
    private static final int NEVER_CHANGED = 3;

    /** Words of a block of ETHTOOL_SFEATURES: valid, requested. */
    private static final int SET_WORDS = 2;

    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;

    private DeviceFeatures() {
    }

    /** A feature's state; off where the kernel does not know it, or there is no such device. */
    static State state(final String device, final String feature) {
        try (Arena arena = Arena.ofConfined()) {
            final int blocks = blocks(arena, device);
            final int bit = bit(arena, device, feature, blocks);
            if (bit < 0) {
                return State.OFF;
            }
            final MemorySegment get = request(arena, blocks, GET_WORDS);
            if (!DeviceChannels.ethtool(arena, device, ETHTOOL_GFEATURES, get) || !isSet(get, bit, ACTIVE)) {
                return State.OFF;
            }
            return isSet(get, bit, AVAILABLE) && !isSet(get, bit, NEVER_CHANGED) ? State.ON : State.FIXED;
        }
    }

    /** Switches a feature; false where the device is not as was asked for after it. */
    static boolean set(final String device, final String feature, final boolean on) {
        try (Arena arena = Arena.ofConfined()) {
            final int blocks = blocks(arena, device);
            final int bit = bit(arena, device, feature, blocks);
            if (bit < 0) {
                return false;
            }
            final MemorySegment set = request(arena, blocks, SET_WORDS);
            final long block = HEADER_BYTES + (long) (bit / Integer.SIZE) * SET_WORDS * Integer.BYTES;
            set.set(I, block, 1 << bit);
            set.set(I, block + Integer.BYTES, on ? 1 << bit : 0);
            return DeviceChannels.ethtool(arena, device, ETHTOOL_SFEATURES, set) && (state(device, feature) != State.OFF) == on;
        }
    }

    /** How many blocks of 32 features the kernel has. */
    private static int blocks(final Arena arena, final String device) {
        final MemorySegment get = request(arena, 0, GET_WORDS);
        return DeviceChannels.ethtool(arena, device, ETHTOOL_GFEATURES, get) ? get.get(I, Integer.BYTES) : 0;
    }

    private static int bit(final Arena arena, final String device, final String feature, final int blocks) {
        final MemorySegment names = arena.allocate(STRINGS_HEADER_BYTES + (long) blocks * Integer.SIZE * NAME_BYTES, Integer.BYTES);
        names.set(I, Integer.BYTES, ETH_SS_FEATURES);
        if (blocks == 0 || !DeviceChannels.ethtool(arena, device, ETHTOOL_GSTRINGS, names)) {
            return -1;
        }
        final int count = names.get(I, 2 * Integer.BYTES);
        for (int i = 0; i < count; i++) {
            if (names.getString(STRINGS_HEADER_BYTES + (long) i * NAME_BYTES).equals(feature)) {
                return i;
            }
        }
        return -1;
    }

    private static MemorySegment request(final Arena arena, final int blocks, final int words) {
        final MemorySegment request = arena.allocate(HEADER_BYTES + (long) blocks * words * Integer.BYTES, Integer.BYTES);
        request.set(I, Integer.BYTES, blocks);
        return request;
    }

    private static boolean isSet(final MemorySegment get, final int bit, final int word) {
        final long at = HEADER_BYTES + ((long) (bit / Integer.SIZE) * GET_WORDS + word) * Integer.BYTES;
        return (get.get(I, at) & 1 << bit) != 0;
    }
}
