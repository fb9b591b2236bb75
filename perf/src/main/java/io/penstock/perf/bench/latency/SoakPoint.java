package io.penstock.perf.bench.latency;

import io.penstock.dataplane.cli.Json;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * How it stands at a moment, and how it went since the point before.
 *
 * @param atSeconds     from the beginning
 * @param mpps          received
 * @param nsPerPacket   that the worker was at it
 * @param p50Us         from when packets were due, as the next ones
 * @param lost          since the point before
 * @param rssKib        of the process
 * @param heapKib       in use after the last collection
 * @param mappedKib     address space
 * @param nativeKib     what the JVM has outside of its heap, or -1 where it does not track that (-XX:NativeMemoryTracking=summary)
 * @param gcCount       since the beginning
 */
record SoakPoint(
        double atSeconds, double mpps, double nsPerPacket, double p50Us, double p99Us, double p9999Us, double maxUs, long lost, long rssKib,
        long heapKib, long mappedKib, long nativeKib, long gcCount, long connections) {

    /** What is looked at for drift. */
    enum Measure {
        MPPS("mpps", "rate", "Mpps", SoakPoint::mpps),
        NS_PER_PACKET("ns_per_packet", "work", "ns a packet", SoakPoint::nsPerPacket),
        P50("p50_us", "latency, 50 %", "us", SoakPoint::p50Us),
        P99("p99_us", "latency, 99 %", "us", SoakPoint::p99Us),
        P9999("p99_99_us", "latency, 99.99 %", "us", SoakPoint::p9999Us),
        RSS("rss_kib", "resident", "KiB", SoakPoint::rssKib),
        HEAP("heap_kib", "heap after GC", "KiB", SoakPoint::heapKib),
        MAPPED("mapped_kib", "mapped", "KiB", SoakPoint::mappedKib),
        NATIVE("native_kib", "JVM's native", "KiB", SoakPoint::nativeKib),
        CONNECTIONS("connections", "connections", "", SoakPoint::connections);

        private final String key;
        private final String title;
        private final String unit;
        private final ToDoubleFunction<SoakPoint> value;

        Measure(final String key, final String title, final String unit, final ToDoubleFunction<SoakPoint> value) {
            this.key = key;
            this.title = title;
            this.unit = unit;
            this.value = value;
        }

        /** Its name in results. */
        String key() {
            return key;
        }

        /** For people. */
        String title() {
            return title;
        }

        String unit() {
            return unit;
        }

        double of(final SoakPoint point) {
            return value.applyAsDouble(point);
        }
    }

    /** An object. */
    void write(final Json json) {
        json.object().field("at_s", atSeconds).field("mpps", mpps).field("ns_per_packet", nsPerPacket).field("p50_us", p50Us)
                .field("p99_us", p99Us).field("p99_99_us", p9999Us).field("max_us", maxUs).field("lost", lost).field("rss_kib", rssKib)
                .field("heap_kib", heapKib).field("mapped_kib", mappedKib);
        if (nativeKib >= 0) {
            json.field("native_kib", nativeKib);
        }
        json.field("gc_count", gcCount).field("connections", connections).end();
    }

    /** For the screen while it goes on. */
    String text() {
        return String.format(Locale.ROOT, "%8.0f s  %8.3f Mpps  %6.1f ns a packet  p50 %.1f  p99 %.1f  p99.99 %.1f us  lost %,d  rss %,d KiB  "
                + "heap %,d KiB  gc %d  connections %,d", atSeconds, mpps, nsPerPacket, p50Us, p99Us, p9999Us, lost, rssKib, heapKib, gcCount,
                connections);
    }
}
