package io.penstock.perf.bench.profile;

import java.util.List;

/**
 * A method that time is booked to, and what the JIT compiler has made of it.
 *
 * @param name            class and method, for people
 * @param share           of the samples
 * @param tier            of the code that it mostly ran as, 0 where it was interpreted, -1 where it is not known
 * @param slowShare       of the samples, those in which it was interpreted or in code of a lower tier
 * @param bytes           of bytecode, or -1
 * @param codeBytes       of its own machine code, or -1 where it has none or that is not known
 * @param roots           methods that it was compiled with, the most sampled first; itself where it was called
 * @param refusals        for calls of it that were not inlined: who calls, and why
 * @param deoptimizations of threads in it, or of code that was compiled for it
 * @param compilations    by the optimizing compiler
 */
record HotMethod(
        String name, double share, int tier, double slowShare, int bytes, long codeBytes, List<String> roots, List<Call> refusals,
        int deoptimizations, int compilations) {

    /**
     * A call that stayed a call.
     *
     * @param from  who calls
     * @param share of the samples below it
     * @param why   the compiler's words, or null where it was compiled before it was watched
     */
    record Call(String from, double share, String why) {

        /** For people. */
        String text() {
            return from + ": " + (why == null ? "not known" : why);
        }
    }
}
