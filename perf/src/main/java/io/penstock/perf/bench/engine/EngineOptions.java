package io.penstock.perf.bench.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to measure.
 *
 * @param inputs           captures by port; none for the built-in packets
 * @param maxWarmSeconds   how long to warm up at the most
 * @param seconds          how long to measure
 * @param burst            packets taken from a port in one go, 1 to {@link #MAX_BURST}
 * @param hooks            functions at FORWARD that accept everything
 * @param hookJars         jars with hook modules
 * @param flows            of the built-in packets
 * @param frameBytes       of the built-in packets
 * @param ipv6             whether the built-in packets are IPv6
 * @param cpu              the worker's, or -1 for the configuration's first, or else the last one
 * @param partialChecksums whether to look for transport checksums that are only begun
 * @param routes           what the built-in packets go by
 * @param rules            what they go through
 * @param injections       what is made worse on purpose
 */
record EngineOptions(
        Map<String, Path> inputs, double maxWarmSeconds, double seconds, int burst, int hooks, List<Path> hookJars, int flows,
        int frameBytes, boolean ipv6, int cpu, boolean partialChecksums, RouteOptions routes,
        RuleOptions rules, List<Injection> injections) {

    /** The largest burst: four batches. What a card delivers beyond a batch is handled batch by batch. */
    static final int MAX_BURST = 256;
}
