package io.penstock.perf.bench.procedure;

import io.penstock.perf.bench.wire.WirePeer;
import io.penstock.perf.bench.wire.WireSetup;
import io.penstock.perf.bench.wire.WireTracking;
import io.penstock.perf.wire.SizeMix;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What {@code bench rfc2544} was asked for.
 *
 * @param tests         which of them; those that need the throughput have it among them
 * @param sizes         of frames, without the frame check sequence
 * @param peer          what Penstock is compared with
 * @param tracking      what devices keep of flows
 * @param flows         UDP flows that take turns
 * @param seconds       of a trial
 * @param resolution    the part of a rate by which a throughput may be off
 * @param lossPpm       frames of a million that may be lost
 * @param runs          searches for each throughput
 * @param warmUpSeconds of traffic before the first trial, for both devices alike
 * @param config        Penstock's configuration, or null
 */
record Rfc2544Settings(
        Set<Test> tests, List<SizeMix> sizes, WirePeer peer, WireTracking tracking, int flows, double seconds, double resolution,
        double lossPpm, int runs, double warmUpSeconds, Path config) {

    /** The procedures of section 26. */
    enum Test {
        THROUGHPUT, LATENCY, LOSS, BACK_TO_BACK;

        /** Its name in options. */
        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The one of that name, or null. */
        static Test of(final String text) {
            return Arrays.stream(values()).filter(value -> value.text().equals(text)).findFirst().orElse(null);
        }

        /** All names. */
        static List<String> names() {
            return Arrays.stream(values()).map(Test::text).toList();
        }
    }

    /** Both devices. */
    WireSetup setup(final List<String> penstock) {
        return new WireSetup(peer, tracking, config, warmUpSeconds, penstock);
    }
}
