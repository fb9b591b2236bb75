package io.penstock.rules.match;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.text.CNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/** What the texts of matches on headers have in common. Control threads. */
final class HeaderText {

    /** The largest port. */
    static final int MAX_PORT = 0xFFFF;

    /** An option whose ports are read by {@link #ports}, and whose parser says that it may stand once. */
    static final OptionSpec SOURCE_PORT = OptionSpec.of("source-port", OptionType.STRING).inverted().repeated();
    /** The same for the destination. */
    static final OptionSpec DESTINATION_PORT = OptionSpec.of("destination-port", OptionType.STRING).inverted().repeated();

    private HeaderText() {
    }

    /** A port by number or name. */
    static int port(final Names names, final String text, final String protocol) {
        final CNumber number = CNumber.whole(text, 0, CNumber.UNSIGNED_16);
        final int port = number == null ? names.port(text, protocol) : (int) number.value();
        if (port < 0) {
            throw ParameterProblem.parameter("invalid port/service `%s' specified", text);
        }
        return port;
    }

    /** The least and the largest port of {@code port}, {@code from:to}, {@code from:} or {@code :to}. */
    static int[] ports(final Names names, final String text, final String protocol) {
        final int colon = text.indexOf(':');
        if (colon < 0) {
            final int port = port(names, text, protocol);
            return new int[] {port, port};
        }
        final String from = text.substring(0, colon);
        final String to = text.substring(colon + 1);
        final int low = from.isEmpty() ? 0 : port(names, from, protocol);
        final int high = to.isEmpty() ? MAX_PORT : port(names, to, protocol);
        if (low > high) {
            throw ParameterProblem.parameter("invalid portrange (min > max)");
        }
        return new int[] {low, high};
    }

    /** The parts of a list with commas; empty ones do not count. */
    static List<String> parts(final String text) {
        final List<String> parts = new ArrayList<>();
        final StringTokenizer tokens = new StringTokenizer(text, ",");
        while (tokens.hasMoreTokens()) {
            parts.add(tokens.nextToken());
        }
        return parts;
    }

    /** Tells the ports that are right; false if there are none. */
    static boolean tell(final int low, final int high, final boolean inverted, final PortSink sink) {
        if (low > high || isAnyPort(low, high)) {
            return (low > high) == inverted;
        }
        if (!inverted) {
            sink.ports(low, high);
            return true;
        }
        if (low > 0) {
            sink.ports(0, low - 1);
        }
        if (high < MAX_PORT) {
            sink.ports(high + 1, MAX_PORT);
        }
        return true;
    }

    /** Whether the word behind an option's argument is missing: then an option or {@code !} stands there, or nothing. */
    static boolean isMissing(final String word) {
        return word == null || word.startsWith("-") || word.startsWith("!");
    }

    /** An option as it was saved, with {@code !} before it when it is inverted. */
    static StringBuilder option(final StringBuilder out, final boolean inverted, final String name) {
        return out.append(inverted ? " ! --" : " --").append(name);
    }

    /** An option with a number or a range of numbers. */
    static void range(final StringBuilder out, final boolean inverted, final String name, final long low, final long high) {
        option(out, inverted, name).append(' ').append(low);
        if (low != high) {
            out.append(':').append(high);
        }
    }

    /** A number or range in a listing: {@code name:5} or {@code names:5:7}. */
    static void listRange(final StringBuilder out, final boolean inverted, final String name, final long low, final long high) {
        out.append(name).append(low == high ? ":" : "s:").append(inverted ? "!" : "").append(low);
        if (low != high) {
            out.append(':').append(high);
        }
    }

    /** Ports in a listing, by name where they have one; nothing for all of them. */
    static void listPorts(
            final StringBuilder out, final boolean inverted, final String name, final int low, final int high,
            final String protocol, final ListScope scope) {
        if (isAnyPort(low, high) && !inverted) {
            return;
        }
        out.append(' ').append(name).append(low == high ? ":" : "s:").append(inverted ? "!" : "");
        listPort(out, low, protocol, scope);
        if (low != high) {
            listPort(out.append(':'), high, protocol, scope);
        }
    }

    /** Whether a range holds all ports. */
    static boolean isAnyPort(final int low, final int high) {
        return low == 0 && high == MAX_PORT;
    }

    /** Whether a range holds all numbers of 32 bits. */
    static boolean isAny32(final long low, final long high) {
        return low == 0 && high == CNumber.UNSIGNED_32;
    }

    private static void listPort(final StringBuilder out, final int port, final String protocol, final ListScope scope) {
        final String service = scope.isNumeric() ? null : scope.names().service(port, protocol);
        if (service == null) {
            out.append(port);
        } else {
            out.append(service);
        }
    }

    /** Is told ports. */
    @FunctionalInterface
    interface PortSink {

        void ports(int first, int last);
    }
}
