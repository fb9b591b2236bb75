package io.penstock.perf.bench.profile;

/**
 * The compiler did not inline a call.
 *
 * @param compilation in which
 * @param caller      {@link Frame#key}
 * @param callee      the method's name
 * @param bci         of the call in the caller's bytecode
 * @param why         the compiler's words
 */
record Refusal(long compilation, String caller, String callee, int bci, String why) {

    /** The callee has code of its own, and much of it: a call costs little beside it. */
    static final String OF_ITS_OWN = "already compiled into a big method";

    /** Whether these words of the compiler are about size or depth, not about who is called. */
    static boolean isForSize(final String why) {
        return !why.equals(OF_ITS_OWN) && (why.contains("too big") || why.contains("too large") || why.contains("size >")
                || why.contains("NodeCount") || why.contains("too deep") || why.contains("recursi") || why.contains("huge"));
    }
}
