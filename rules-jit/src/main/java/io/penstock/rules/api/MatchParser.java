package io.penstock.rules.api;

/** Reads the options of one match, in the order in which they stand. */
public interface MatchParser {

    /**
     * Takes an option, whose argument was read and found right by its type.
     *
     * @throws ParameterProblem if it cannot be taken
     */
    void option(OptionSpec option, OptionValue value);

    /**
     * Finds what is missing or does not fit, when all options were taken and before those that exclude or require each other are looked at:
     * called once, where the real tool asks the extension itself.
     *
     * @throws ParameterProblem if something is missing
     */
    default void finalCheck() {
    }

    /**
     * The match, when all options were taken and those that exclude or require each other were found right.
     *
     * @throws ParameterProblem if something is missing
     */
    Match finish();
}
