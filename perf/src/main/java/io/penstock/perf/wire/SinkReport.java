package io.penstock.perf.wire;

import java.util.Map;
import java.util.Set;

/**
 * What a sink has seen since it was loaded or reset.
 *
 * @param frames      the generators' frames
 * @param bytes       their bytes, without the frame check sequence
 * @param sizes       of them, how many had each size of the profile that the sink checks; empty when it checks none
 * @param late        frames that came after a later one of their flow: reordered or duplicated
 * @param altered     frames that differ from what a router makes of what was sent, when the sink checks that
 * @param alterations in which ways
 * @param passed      frames of others, left to the kernel; of a capture, those without a stamp
 * @param bytesPassed their bytes
 * @param latency     of frames with a timestamp
 */
public record SinkReport(
        long frames, long bytes, Map<Integer, Long> sizes, long late, long altered, Set<Alteration> alterations, long passed,
        long bytesPassed, LatencyHistogram latency) {
}
