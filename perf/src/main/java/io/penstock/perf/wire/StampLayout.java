package io.penstock.perf.wire;

/**
 * What the generator writes into the first bytes of each frame's UDP payload, and the sink reads.
 *
 * <pre>
 *  0                                                8                                16
 * +--------------------+-----------+---------------+--------------------------------+
 * | magic, high 16 bits| stream, 8 | sequence, 40  | CLOCK_MONOTONIC ns, 0 for none |
 * +--------------------+-----------+---------------+--------------------------------+
 * </pre>
 *
 * <p>Where there is room for it, the payload ends with the low half of the first word and its inverse, by which the end tells that
 * it belongs to the start, and which adds nothing to a checksum:
 * <pre>
 *  0                       4                       8
 * +-----------------------+-----------------------+
 * | sequence, low 32 bits | the same, inverted    |
 * +-----------------------+-----------------------+
 * </pre>
 *
 * <p>The time is when the frame was made or, where frames leave at a rate, when it was due. Both words are in the machine's
 * order: generator and sink share the clock, so they share the machine. Sixteen bytes fit into the smallest IPv4 frame (60
 * bytes). The sequence lasts for six days at 2 million frames a second, and then starts again; a stream's frames are numbered
 * across its flows, which take turns: flow = sequence mod flows. Of a replay the low bits are the flow's number, and those above
 * count all frames.
 */
final class StampLayout {

    static final int WORD = 0;
    static final int TIME = 8;
    static final int BYTES = 16;

    /** Any value that a payload of zeros, text or small numbers does not start with. */
    static final int MAGIC = 0xD7A9;
    static final int MAGIC_SHIFT = 48;
    static final int STREAM_SHIFT = 40;
    static final int STREAM_MASK = 0xFF;

    private StampLayout() {
    }

    /** The first word of a stream, with sequence 0. */
    static long word(final int stream) {
        return (long) MAGIC << MAGIC_SHIFT | (long) stream << STREAM_SHIFT;
    }
}
