package io.penstock.dataplane.judge.random;

/** What random set-ups call things. */
final class Names {

    private Names() {
    }

    static String port(final int index) {
        return "p" + index;
    }

    static String device(final int index) {
        return "d" + index;
    }
}
