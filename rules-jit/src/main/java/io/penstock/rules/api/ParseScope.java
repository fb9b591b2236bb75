package io.penstock.rules.api;

/** What is known of the rule when one of its options is read. */
public interface ParseScope {

    /** Whose rule it is. */
    IpFamily family();

    /** The protocol that {@code -p} gave so far, 0 for any. */
    int protocol();

    /** Whether {@code -p} was inverted. */
    boolean isProtocolInverted();

    /** What names stand for. */
    Names names();

    /** Says something on the error stream that does not stop the command; with its line end. */
    void warn(String text);

    /** Says something as {@link #warn} does, unless this command has said it. */
    default void warnOnce(final String text) {
        warn(text);
    }
}
