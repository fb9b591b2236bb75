/**
 * The engine alone, one worker from memory to memory: with rules, connections and virtual services, beside peers.
 *
 * <pre>
 *  capture or generator --> CaptureMemory --> MemoryPortIo --> lane --> MemoryPortIo --> frames' stack
 *                                             \__________ BenchLoop __________/
 * </pre>
 */
package io.penstock.perf.bench.engine;
