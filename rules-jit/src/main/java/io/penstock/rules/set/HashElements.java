package io.penstock.rules.set;

import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.KeyLayout;
import java.nio.charset.StandardCharsets;

/** Keys as elements are told ({@code hash_*_data_list}), and devices' names as words. */
final class HashElements {

    /** The longest name of a device. */
    private static final int NAME_CHARACTERS = 15;

    private HashElements() {
    }

    /** Tells a key. */
    static void tell(final SetSpec spec, final KeyLayout layout, final SetScratch key, final SetElement element) {
        element.family = spec.family();
        if (layout.has(KeyLayout.ADDRESS)) {
            element.said |= SetElement.IP;
            element.ipHigh = layout.high(key);
            element.ipLow = layout.low(key);
        }
        if (layout.has(KeyLayout.NET)) {
            element.said |= SetElement.CIDR;
            element.cidr = layout.length(key);
        }
        if (layout.has(KeyLayout.PORT)) {
            element.said |= SetElement.PORT | SetElement.PROTO;
            element.port = layout.port(key);
            element.proto = layout.protocol(key);
        }
        if (layout.has(KeyLayout.SECOND)) {
            element.said |= SetElement.IP2;
            element.ip2High = layout.secondHigh(key);
            element.ip2Low = layout.secondLow(key);
        }
        if (layout.has(KeyLayout.SECOND_NET)) {
            element.said |= SetElement.CIDR2;
            element.cidr2 = layout.secondLength(key);
        }
        if (layout.has(KeyLayout.MAC)) {
            element.said |= SetElement.MAC;
            element.mac = layout.mac(key);
        }
        if (layout.has(KeyLayout.MARK)) {
            element.said |= SetElement.MARK;
            element.mark = layout.mark(key);
        }
        if (layout.has(KeyLayout.DEVICE)) {
            element.said |= SetElement.IFACE;
            element.iface = name(layout.device(key), layout.deviceRest(key));
            element.physdev = layout.isBridge(key);
        }
    }

    /** A half of a device's name, in native order: the first byte is the lowest. */
    static long word(final String name, final int half) {
        final byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        long word = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            final int at = half * Long.BYTES + i;
            word |= at < bytes.length && at < NAME_CHARACTERS ? (bytes[at] & 0xFFL) << i * Byte.SIZE : 0;
        }
        return word;
    }

    private static String name(final long first, final long rest) {
        final StringBuilder name = new StringBuilder();
        for (int i = 0; i < 2 * Long.BYTES; i++) {
            final int character = (int) ((i < Long.BYTES ? first : rest) >>> i * Byte.SIZE) & 0xFF;
            if (character == 0) {
                break;
            }
            name.append((char) character);
        }
        return name.toString();
    }
}
