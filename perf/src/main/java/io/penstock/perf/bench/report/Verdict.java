package io.penstock.perf.bench.report;

/** What a cell says about its measurement: always a sign and a word, colour only repeats them. */
public enum Verdict {
    MET("✔", "met"),
    NOT_MET("✘", "not met"),
    /** It could have been measured here and was not, for instance because of {@code --only}. */
    NOT_MEASURED("○", "not measured"),
    /** This machine does not have what the measurement needs. */
    ABSENT("–", "absent");

    private final String sign;
    private final String word;

    Verdict(final String sign, final String word) {
        this.sign = sign;
        this.word = word;
    }

    public String sign() {
        return sign;
    }

    public String word() {
        return word;
    }
}
