package io.penstock.rules.api;

/** How a rule is to be listed. */
public interface ListScope {

    /** Whose rule it is. */
    IpFamily family();

    /** The rule's protocol, 0 for any. */
    int protocol();

    /** Whether numbers stay numbers ({@code -n}). */
    boolean isNumeric();

    /** What names stand for. */
    Names names();
}
