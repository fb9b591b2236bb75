package io.penstock.perf.bench.peer;

import java.util.List;

/**
 * What a peer has done with packets from memory.
 *
 * @param mpps          millions of packets a second
 * @param mppsOfCpu     the same of the time that its thread had the CPU
 * @param configuration every command and text that it was configured by
 */
public record PeerRun(double mpps, double mppsOfCpu, List<String> configuration) {
}
