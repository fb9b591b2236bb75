package io.penstock.dataplane.doctor;

/**
 * One line of the examination.
 *
 * @param level how bad it is
 * @param topic one word
 * @param what  what was found, {@code name=value}
 * @param mend  the command, or the act, that mends it; empty when nothing is amiss
 */
public record Finding(Level level, String topic, String what, String mend) {

    /** How bad a finding is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** Penstock runs, with less speed, fewer features or a risk. */
        WARN,
        /** Penstock does not run. */
        FAIL
    }

    static Finding ok(final String topic, final String what) {
        return new Finding(Level.OK, topic, what, "");
    }

    static Finding warn(final String topic, final String what, final String mend) {
        return new Finding(Level.WARN, topic, what, mend);
    }

    static Finding fail(final String topic, final String what, final String mend) {
        return new Finding(Level.FAIL, topic, what, mend);
    }
}
