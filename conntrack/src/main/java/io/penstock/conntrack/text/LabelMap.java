package io.penstock.conntrack.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Names of labels: lines of a number and a name, of letters, digits, blanks and dashes. The first line of a number or a name counts.
 *
 * <p>Source: libnetfilter_conntrack's nfct_labelmap_new (behaviour).
 */
final class LabelMap {

    private static final int BITS = 1024;

    private final Map<Integer, String> names = new TreeMap<>();
    private final Map<String, Integer> bits = new HashMap<>();

    /** Reads a file of names. */
    static LabelMap read(final ConntrackFiles files, final String file) throws IOException {
        final LabelMap map = new LabelMap();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(files.read(file), StandardCharsets.ISO_8859_1))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                map.add(line);
            }
        }
        return map;
    }

    private void add(final String line) {
        final CText.Number number = CText.read(line, true);
        if (line.startsWith("#") || number.end() == 0 || number.value() < 0 || number.value() >= BITS) {
            return;
        }
        final String name = line.substring(number.end()).strip();
        final int bit = (int) number.value();
        if (!names.containsKey(bit) && !bits.containsKey(name) && name.matches("[A-Za-z0-9 -]+")) {
            names.put(bit, name);
            bits.put(name, bit);
        }
    }

    /** Whether there is none. */
    boolean isEmpty() {
        return names.isEmpty();
    }

    /** The bit of a name, or -1. */
    int bit(final String name) {
        return bits.getOrDefault(name, -1);
    }

    /** The name of a bit, or null. */
    String name(final int bit) {
        return names.get(bit);
    }
}
