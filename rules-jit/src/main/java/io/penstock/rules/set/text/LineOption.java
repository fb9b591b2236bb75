package io.penstock.rules.set.text;

/** An option of a set that is made or of an element. */
interface LineOption {

    /** Its word; two dashes before it are let be. */
    String word();

    /** Whether the next word belongs to it. */
    boolean takesArgument();

    /** What it says. */
    Value value();

    /** What help says of it; empty for nothing. */
    String help();

    /**
     * Reads it.
     *
     * @param text its argument; the option as it was typed if it takes none
     * @return false if it is wrong, which has been reported
     */
    boolean read(Session session, String text);
}
