package io.penstock.perf.bench.lab;

import io.penstock.perf.bench.report.Numbers;
import io.penstock.perf.bench.report.Verdict;

/**
 * Whether a budget is met.
 *
 * @param figure what was measured, or null
 * @param remark why it is not measured, or how narrowly it is met or not; may be empty
 */
record Judgement(Budget budget, Figure figure, Kind kind, String remark) {

    /** What can come of it. */
    enum Kind {
        GOAL_MET("goal met", Verdict.MET),
        MET("met", Verdict.MET),
        NOT_MET("not met", Verdict.NOT_MET),
        /** There is no bound. */
        STATED("stated", null),
        NOT_MEASURED("not measured", Verdict.NOT_MEASURED);

        private final String text;
        private final Verdict verdict;

        Kind(final String text, final Verdict verdict) {
            this.text = text;
            this.verdict = verdict;
        }

        String text() {
            return text;
        }

        /** Its sign; null for none. */
        Verdict verdict() {
            return verdict;
        }
    }

    /** A bound as it is written: whole ones in full. */
    static String number(final double value) {
        return Double.isNaN(value) ? "" : value == Math.rint(value) ? Numbers.count((long) value) : Numbers.text(value);
    }
}
