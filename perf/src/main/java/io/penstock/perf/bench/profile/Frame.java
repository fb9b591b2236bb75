package io.penstock.perf.bench.profile;

/**
 * A method on a stack.
 *
 * @param type       its class's whole name, of a hidden class without its number
 * @param name       its name
 * @param descriptor of its parameters and result
 * @param kind       how it runs there
 * @param bci        where in its bytecode
 */
record Frame(String type, String name, String descriptor, Kind kind, int bci) {

    /** How a method runs. */
    enum Kind { INTERPRETED, COMPILED, INLINED, NATIVE }

    /** What follows in the names of hidden classes differs from run to run. */
    private static final String[] NUMBERS = {".0x", "/0x", "+0x"};

    /** Of a class's name in either form, without a hidden class's number. */
    static String plain(final String type) {
        final String dotted = type.replace('/', '.');
        for (final String number : NUMBERS) {
            final int at = dotted.indexOf(number.replace('/', '.'));
            if (at >= 0) {
                return dotted.substring(0, at);
            }
        }
        return dotted;
    }

    /** What tells methods apart. */
    String key() {
        return type + '.' + name + descriptor;
    }

    /** Whether it does what its caller meant and nothing else: the JDK's and Agrona's loads and stores, and ours. */
    boolean isPrimitive() {
        return !type.startsWith("io.penstock.") || type.equals("io.penstock.os.hot.memory.Memory");
    }
}
