package io.penstock.rules.text;

import static io.penstock.rules.api.ParameterProblem.parameter;

import java.util.function.Predicate;

/** Names of chains and targets: what they may be. */
final class ChainNames {

    private ChainNames() {
    }

    /** Checks a new chain's name. */
    static void check(final String name, final Predicate<String> isTarget) {
        if (name.length() >= Extensions.NAME_BYTES) {
            throw parameter("chain name `%s' too long (must be under %d chars)", name, Extensions.NAME_BYTES);
        }
        if (name.startsWith("-") || name.startsWith("!")) {
            throw parameter("chain name not allowed to start with `%c'", name.charAt(0));
        }
        if (isTarget.test(name)) {
            throw parameter("chain name may not clash with target name");
        }
        if (hasBlank(name)) {
            throw parameter("Invalid chain name `%s'", name);
        }
    }

    /** Checks what {@code -j} or {@code -g} names. */
    static String target(final String name) {
        if (name.isEmpty()) {
            throw parameter("Invalid target name (too short)");
        }
        if (name.length() >= Extensions.NAME_BYTES) {
            throw parameter("Invalid target name `%s' (%d chars max)", name, Extensions.NAME_BYTES - 1);
        }
        if (hasBlank(name)) {
            throw parameter("Invalid target name `%s'", name);
        }
        return name;
    }

    private static boolean hasBlank(final String name) {
        for (int i = 0; i < name.length(); i++) {
            if (CNumber.isBlank(name.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
