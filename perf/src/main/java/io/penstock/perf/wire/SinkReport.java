package io.penstock.perf.wire;

/**
 * What a sink has seen since it was loaded or reset.
 *
 * @param frames  the generators' frames
 * @param bytes   their bytes, without the frame check sequence
 * @param late    frames that came after a later one of their flow: reordered or duplicated
 * @param passed  frames of others, left to the kernel
 * @param latency of frames with a timestamp
 */
public record SinkReport(long frames, long bytes, long late, long passed, LatencyHistogram latency) {
}
