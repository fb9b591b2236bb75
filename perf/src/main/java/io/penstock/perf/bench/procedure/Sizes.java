package io.penstock.perf.bench.procedure;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.bench.wire.FrameSizes;
import io.penstock.perf.wire.SizeMix;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Lists of frame sizes as RFC 2544 counts them, with the frame check sequence. Threads: main. */
final class Sizes {

    /** RFC 2544, section 9.1, for Ethernet; and a mix. */
    static final String ALL = "64,128,256,512,1024,1280,1518,imix";

    /** On the wire around each frame: preamble, start of frame, the gap between frames. */
    private static final int OVERHEAD_BYTES = 20;
    private static final int BITS = 8;

    private Sizes() {
    }

    /** Reads a list. A mix of one's own has commas of its own: {@code 64,imix:64=7,594=4,1518}. */
    static List<SizeMix> parse(final CommandSpec spec, final String text, final long seed) {
        final List<String> parts = new ArrayList<>();
        for (final String part : text.split(",", -1)) {
            if (part.contains("=") && !part.contains(":") && !parts.isEmpty()) {
                parts.add(parts.removeLast() + ',' + part);
            } else {
                parts.add(part);
            }
        }
        return parts.stream().map(part -> FrameSizes.parse(spec, "--sizes", part, FrameSizes.FCS_BYTES, seed)).distinct().toList();
    }

    /** As results and {@link #parse} have it. */
    static String text(final SizeMix sizes) {
        return FrameSizes.text(sizes, FrameSizes.FCS_BYTES);
    }

    /** The field size: a number where it is one. */
    static void write(final Json json, final String size) {
        if (Character.isDigit(size.charAt(0))) {
            json.field("size", Long.parseLong(size));
        } else {
            json.field("size", size);
        }
    }

    /** What so many frames a second take on an Ethernet, in megabits a second. */
    static double lineMbps(final SizeMix sizes, final double pps) {
        return pps * (sizes.meanBytes() + FrameSizes.FCS_BYTES + OVERHEAD_BYTES) * BITS / 1e6;
    }
}
