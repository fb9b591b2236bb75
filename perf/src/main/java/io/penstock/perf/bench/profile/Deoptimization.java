package io.penstock.perf.bench.profile;

/**
 * A thread left compiled code for the interpreter, because what the compiler had not expected came to pass.
 *
 * @param compilation the code's
 * @param key         {@link Frame#key} of the method where it was
 * @param line        there, or -1
 * @param reason      the JVM's word
 * @param action      what the JVM did about it
 */
record Deoptimization(long compilation, String key, int line, String reason, String action) {
}
