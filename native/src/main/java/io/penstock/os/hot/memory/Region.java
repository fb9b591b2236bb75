package io.penstock.os.hot.memory;

/**
 * Memory that may be touched in checked mode.
 *
 * @param base       the first byte's address
 * @param bytes      how many from there
 * @param chunkShift log2 of the chunks that the region is cut into; 0 where it is whole
 * @param windows    by chunk: first offset in the high, end in the low 32 bits; null where the region is whole
 */
public record Region(long base, long bytes, int chunkShift, long[] windows) {
}
