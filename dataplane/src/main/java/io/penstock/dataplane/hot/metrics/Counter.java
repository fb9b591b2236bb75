package io.penstock.dataplane.hot.metrics;

/** A counter or gauge: 64 bits at a fixed offset of a block, described for people and for generated tables. */
public sealed interface Counter permits WorkerCounter, PortCounter {

    /** The position among its kind, which is also its place in the file. */
    int id();

    /** Its name in {@code stat --json} and in the documentation. */
    String metric();

    /** What it counts in. */
    Unit unit();

    /** What it means. */
    String sentence();

    /** Bytes from the start of the block. */
    long offset();

    /** What a counter counts in. */
    enum Unit {
        /** Packets, each once. */
        PACKETS,
        /** Bytes of frames, from the Ethernet header on, without preamble and checksum. */
        BYTES,
        /** Nanoseconds of the monotonic clock. */
        NANOSECONDS,
        /** Things that happened. */
        EVENTS,
        /** UMEM frames. */
        FRAMES,
        /** An ordinal number. */
        NUMBER
    }
}
