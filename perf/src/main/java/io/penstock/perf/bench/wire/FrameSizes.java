package io.penstock.perf.bench.wire;

import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.wire.SizeMix;
import io.penstock.perf.wire.TrafficProfile;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Model.CommandSpec;

/** Frame sizes as options have them: {@code 60}, {@code imix}, {@code imix:60=7,590=4,1514=1}. Threads: main. */
public final class FrameSizes {

    /** Of a frame's check sequence, which RFC 2544 counts and the kernel does not see. */
    public static final int FCS_BYTES = 4;

    static final String IMIX = "imix";
    private static final int MIN_BYTES = 60;

    private FrameSizes() {
    }

    /**
     * Reads a size or a mix.
     *
     * @param option   its name, for refusals
     * @param fcsBytes how many bytes of check sequence the sizes count, 0 or {@link #FCS_BYTES}
     * @param seed     of a mix's order
     */
    public static SizeMix parse(
            final CommandSpec spec, final String option, final String text, final int fcsBytes, final long seed) {
        if (text.equals(IMIX)) {
            return new SizeMix(SizeMix.imix().bytes(), SizeMix.imix().weights(), seed);
        }
        if (!text.startsWith(IMIX + ':')) {
            return SizeMix.of(bytes(spec, option, text, text, fcsBytes));
        }
        final Map<Integer, Integer> weights = new LinkedHashMap<>();
        for (final String part : text.substring(IMIX.length() + 1).split(",", -1)) {
            final int equals = part.indexOf('=');
            if (equals < 0) {
                throw unknown(spec, option, text);
            }
            weights.put(bytes(spec, option, text, part.substring(0, equals), fcsBytes),
                    number(spec, option, text, part.substring(equals + 1)));
        }
        try {
            return new SizeMix(weights.keySet().stream().mapToInt(Integer::intValue).toArray(),
                    weights.values().stream().mapToInt(Integer::intValue).toArray(), seed);
        } catch (final IllegalArgumentException e) {
            throw Options.usage(spec, option + ": " + e.getMessage());
        }
    }

    /** As {@link #parse} reads it. */
    public static String text(final SizeMix sizes, final int fcsBytes) {
        if (sizes.isSingle()) {
            return Integer.toString(sizes.longest() + fcsBytes);
        }
        final SizeMix usual = SizeMix.imix();
        if (Arrays.equals(sizes.bytes(), usual.bytes()) && Arrays.equals(sizes.weights(), usual.weights())) {
            return IMIX;
        }
        return IntStream.range(0, sizes.bytes().length).mapToObj(i -> sizes.bytes()[i] + fcsBytes + "=" + sizes.weights()[i])
                .collect(Collectors.joining(",", IMIX + ':', ""));
    }

    private static int bytes(
            final CommandSpec spec, final String option, final String whole, final String text, final int fcsBytes) {
        final int value = number(spec, option, whole, text);
        Options.check(spec, option, value, MIN_BYTES + fcsBytes, TrafficProfile.MAX_FRAME_BYTES + fcsBytes);
        return value - fcsBytes;
    }

    private static int number(final CommandSpec spec, final String option, final String whole, final String text) {
        try {
            return Integer.parseInt(text);
        } catch (final NumberFormatException e) {
            throw unknown(spec, option, whole);
        }
    }

    private static RuntimeException unknown(final CommandSpec spec, final String option, final String text) {
        return Options.usage(spec, option + " has no size '" + text
                + "'; give a number of bytes, imix, or imix:BYTES=WEIGHT,... such as imix:64=7,594=4");
    }
}
