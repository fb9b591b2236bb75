package io.penstock.dataplane.config;

import java.util.function.Function;

/**
 * What the configuration can say and this version cannot do, in one place. It is refused, never ignored: a firewall that
 * skips its rules is worse than one that does not start.
 */
final class Unsupported {

    private Unsupported() {
    }

    /** Refuses what is not supported; {@code where} tells where a key was given. */
    static void check(final Configuration configuration, final Function<String, String> where) {
        absent(configuration.sets(), "sets", "IP sets", where);
        absent(configuration.services(), "services", "virtual services", where);
    }

    private static void absent(
            final Object value, final String key, final String what, final Function<String, String> where) {
        if (value != null) {
            throw refuse(key, key + '=' + value + ": this version has no " + what
                    + " and would pass what they should stop or change; remove it", where);
        }
    }

    private static ConfigurationException refuse(
            final String key, final String sentence, final Function<String, String> where) {
        return new ConfigurationException(where.apply(key), sentence);
    }
}
