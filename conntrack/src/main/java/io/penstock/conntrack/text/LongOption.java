package io.penstock.conntrack.text;

/**
 * A long option.
 *
 * @param name     without the dashes
 * @param argument whether an argument follows
 * @param code     what stands for it: a short option's letter, or a protocol's option
 */
record LongOption(String name, Argument argument, int code) {

    /** Whether an argument follows. */
    enum Argument {
        NONE, NEEDED, OPTIONAL
    }
}
