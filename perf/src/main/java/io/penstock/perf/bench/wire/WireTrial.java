package io.penstock.perf.bench.wire;

import io.penstock.perf.wire.LatencyHistogram;

/**
 * A number of frames that were sent to a device, and what became of all of them.
 *
 * @param device      its name
 * @param askedPps    the rate that the generator was held to, or 0 for as fast as it goes
 * @param sent        frames
 * @param seconds     from the start to the last frame that was sent
 * @param received    at the sink
 * @param late        of these, after a later frame of their flow
 * @param sinkDrops   frames that the device had sent and the sink's ring had no room for
 * @param unaccounted that the device lost track of
 * @param switches    how often the device's worker was taken off its CPU
 * @param generatorSwitches how often the generator was: what was due meanwhile was sent in a burst
 * @param stealTicks  of 10 ms that a hypervisor took from the two CPUs
 * @param mismatch    why what arrived cannot be what was sent, or null
 * @param latency     one way, of paced frames from when they were due
 */
public record WireTrial(
        String device, double askedPps, long sent, double seconds, long received, long late, long sinkDrops, long unaccounted,
        long switches, long generatorSwitches, long stealTicks, String mismatch, LatencyHistogram latency) {

    /** Frames that did not arrive. */
    public long lost() {
        return sent - received;
    }

    /** What was really sent, in frames a second. */
    public double offeredPps() {
        return sent / seconds;
    }

    /** What arrived, in frames a second of the time in which they were sent. */
    public double receivedPps() {
        return received / seconds;
    }

    /** Whether somebody took time from the two CPUs meanwhile. */
    public boolean disturbed() {
        return switches > 0 || generatorSwitches > 0 || stealTicks > 0;
    }
}
