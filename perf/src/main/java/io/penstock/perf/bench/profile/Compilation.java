package io.penstock.perf.bench.profile;

/**
 * A method was compiled.
 *
 * @param id        the JVM's number for it
 * @param key       {@link Frame#key}
 * @param tier      1 to 4
 * @param isOsr     for a loop that was running, rather than for the next call
 * @param codeBytes of machine code
 */
record Compilation(long id, String key, int tier, boolean isOsr, long codeBytes) {

    /** The optimizing compiler's. */
    static final int TOP_TIER = 4;
}
