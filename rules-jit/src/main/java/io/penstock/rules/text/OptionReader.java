package io.penstock.rules.text;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads an option's argument by its type: iptables' guided option parser, with its limits and its messages. */
final class OptionReader {

    private static final int DECIMAL = 10;
    private static final int HEXADECIMAL = 16;
    private static final int MOST_VALUES = 2;
    private static final int ETHERNET_BYTES = 6;
    private static final int MOST_SYSLOG = 7;

    private static final Map<String, Integer> SYSLOG = Map.of("alert", 1, "crit", 2, "debug", 7, "emerg", 0, "error", 3, "info", 6,
            "notice", 5, "panic", 0, "warning", 4);
    private static final Map<String, Integer> TYPES_OF_SERVICE = Map.of("minimize-delay", 0x10, "maximize-throughput", 0x08,
            "maximize-reliability", 0x04, "minimize-cost", 0x02, "normal-service", 0x00);

    private final String extension;
    private final ParseScope scope;

    OptionReader(final String extension, final ParseScope scope) {
        this.extension = extension;
        this.scope = scope;
    }

    /** Reads one. */
    OptionValue read(final OptionSpec spec, final String argument, final String more, final boolean inverted) {
        final OptionValue text = OptionValue.ofText(argument, more, inverted);
        return switch (spec.type()) {
            case NONE -> text;
            case UINT8, UINT16, UINT32, UINT64 -> integer(spec, text);
            case UINT8_RANGE, UINT16_RANGE, UINT32_RANGE, UINT64_RANGE -> range(spec, text);
            case DOUBLE -> real(spec, text);
            case STRING -> string(spec, text);
            case TOS_MASK -> typeOfService(spec, text);
            case MARK_MASK -> mark(spec, text);
            case SYSLOG_LEVEL -> syslog(text);
            case HOST -> host(text, argument);
            case HOST_MASK -> hostMask(spec, text);
            case PROTOCOL -> text.withNumber(Protocols.parse(argument, scope.names()));
            case PORT -> text.withNumber(port(argument));
            case PORT_RANGE -> ports(spec, text);
            case PREFIX_LENGTH -> prefix(spec, text, argument, false);
            case PREFIX_MASK -> prefix(spec, text, argument, true);
            case ETHERNET -> ethernet(text);
        };
    }

    private static long most(final OptionType type) {
        return switch (type) {
            case UINT8, UINT8_RANGE -> CNumber.UNSIGNED_8;
            case UINT16, UINT16_RANGE -> CNumber.UNSIGNED_16;
            case UINT32, UINT32_RANGE -> CNumber.UNSIGNED_32;
            default -> CNumber.UNSIGNED_64;
        };
    }

    private OptionValue integer(final OptionSpec spec, final OptionValue text) {
        final long most = spec.max() != 0 ? spec.max() : most(spec.type());
        final CNumber number = CNumber.whole(text.text(), spec.min(), most);
        if (number == null) {
            throw parameter("%s: bad value for option \"--%s\", or out of range (%s-%s).\n", extension, spec.name(),
                    Long.toUnsignedString(spec.min()), Long.toUnsignedString(most));
        }
        return text.withNumber(number.value());
    }

    private OptionValue range(final OptionSpec spec, final OptionValue text) {
        final String argument = text.text();
        final long most = most(spec.type());
        final long[] values = new long[MOST_VALUES];
        int count = 0;
        int from = 0;
        while (true) {
            if (count == MOST_VALUES) {
                throw tooMany(spec);
            }
            int end = from;
            if (from == argument.length() || argument.charAt(from) == ':') {
                values[count] = count == 1 ? most : 0;
            } else {
                final CNumber number = CNumber.within(argument, from, 0, most);
                if (number == null) {
                    throw parameter("%s: bad value for option \"--%s\" near \"%s\", or out of range (0-%s).\n", extension, spec.name(),
                            argument.substring(from), Long.toUnsignedString(most));
                }
                end = number.end();
                if (end < argument.length() && argument.charAt(end) != ':') {
                    throw parameter("%s: Argument to \"--%s\" has unexpected characters near \"%s\".\n", extension, spec.name(),
                            argument.substring(end));
                }
                values[count] = number.value();
            }
            count++;
            if (end == argument.length()) {
                return text.withRange(count, values[0], count == 1 ? values[0] : values[1]);
            }
            from = end + 1;
        }
    }

    private ParameterProblem tooMany(final OptionSpec spec) {
        return parameter("%s: Too many components for option \"--%s\" (max: %d)\n", extension, spec.name(), MOST_VALUES);
    }

    private OptionValue real(final OptionSpec spec, final OptionValue text) {
        final Double value = CReal.parse(text.text());
        if (value == null || spec.min() != spec.max() && (value < spec.min() || value > spec.max())) {
            throw parameter("%s: bad value for option \"--%s\", or out of range (%d-%d).\n", extension, spec.name(),
                    spec.min(), spec.max());
        }
        return text.withReal(value);
    }

    private static OptionValue string(final OptionSpec spec, final OptionValue text) {
        if (spec.min() != 0 && text.text().length() < spec.min()) {
            throw parameter("Argument must have a minimum length of %d characters\n", spec.min());
        }
        if (spec.max() != 0 && text.text().length() > spec.max()) {
            throw parameter("Argument must have a maximum length of %d characters\n", spec.max());
        }
        return text;
    }

    private OptionValue typeOfService(final OptionSpec spec, final OptionValue text) {
        final String argument = text.text();
        final CNumber value = CNumber.within(argument, 0, 0, CNumber.UNSIGNED_8);
        if (value == null) {
            final Integer symbol = TYPES_OF_SERVICE.get(argument.toLowerCase(Locale.ROOT));
            if (symbol == null) {
                throw parameter("Symbolic name \"%s\" is unknown", argument);
            }
            return text.withRange(MOST_VALUES, symbol, spec.max());
        }
        if (value.end() == argument.length()) {
            return text.withRange(MOST_VALUES, value.value(), CNumber.UNSIGNED_8);
        }
        final CNumber mask = argument.charAt(value.end()) != '/' ? null
                : CNumber.whole(argument.substring(value.end() + 1), 0, CNumber.UNSIGNED_8);
        if (mask == null) {
            throw parameter("Illegal value: \"%s\"", argument);
        }
        return text.withRange(MOST_VALUES, value.value(), mask.value());
    }

    private OptionValue mark(final OptionSpec spec, final OptionValue text) {
        final String argument = text.text();
        CNumber value = CNumber.within(argument, 0, 0, CNumber.UNSIGNED_32);
        CNumber mask = value;
        if (value != null && value.end() < argument.length()) {
            if (argument.charAt(value.end()) != '/') {
                throw garbage(spec);
            }
            mask = CNumber.within(argument, value.end() + 1, 0, CNumber.UNSIGNED_32);
            if (mask != null && mask.end() < argument.length()) {
                throw garbage(spec);
            }
        } else if (value != null) {
            mask = new CNumber(CNumber.UNSIGNED_32, value.end(), false);
        }
        if (mask == null) {
            throw parameter("%s: bad integer value for option \"--%s\", or out of range.\n", extension, spec.name());
        }
        return text.withRange(MOST_VALUES, value.value(), mask.value());
    }

    private ParameterProblem garbage(final OptionSpec spec) {
        return parameter("%s: trailing garbage after value for option \"--%s\".\n", extension, spec.name());
    }

    private static OptionValue syslog(final OptionValue text) {
        final CNumber number = CNumber.whole(text.text(), 0, MOST_SYSLOG);
        if (number != null) {
            return text.withNumber(number.value());
        }
        final Integer level = SYSLOG.get(text.text());
        if (level == null) {
            throw parameter("log level \"%s\" unknown\n", text.text());
        }
        return text.withNumber(level);
    }

    private OptionValue host(final OptionValue text, final String name) {
        final IpFamily family = scope.family();
        final byte[] numeric = AddressText.numeric(name, family);
        final List<byte[]> all = numeric != null ? List.of(numeric) : scope.names().host(name, family);
        if (all.isEmpty()) {
            final boolean isOther = AddressText.numeric(name, family == IpFamily.IPV4 ? IpFamily.IPV6 : IpFamily.IPV4) != null;
            throw parameter("getaddrinfo: %s\n", isOther ? "Address family for hostname not supported" : scope.names().whyNoHost());
        }
        for (final byte[] other : all) {
            if (!Arrays.equals(other, all.getFirst())) {
                throw parameter("%s resolves to more than one address\n", name);
            }
        }
        return text.withAddress(all.getFirst(), AddressText.fullMask(family), family.addressBytes() * Byte.SIZE, all);
    }

    private OptionValue hostMask(final OptionSpec spec, final OptionValue text) {
        final int slash = text.text().indexOf('/');
        if (slash < 0) {
            return host(text, text.text());
        }
        final OptionValue host = host(text, text.text().substring(0, slash));
        final OptionValue mask = prefix(spec, text, text.text().substring(slash + 1), true);
        return text.withAddress(host.address(), mask.address(), mask.prefix(), host.all());
    }

    /** A mask that is not ones and then zeroes comes out as ones only, as in the real parser. */
    private OptionValue prefix(final OptionSpec spec, final OptionValue text, final String argument, final boolean asMask) {
        final IpFamily family = scope.family();
        final int bits = family.addressBytes() * Byte.SIZE;
        final CNumber number = CNumber.whole(argument, 0, bits);
        final int length;
        if (number == null) {
            final byte[] mask = AddressText.numeric(argument, family);
            if (mask == null) {
                throw parameter("%s: bad value for option \"--%s\", neither a valid network mask nor valid CIDR (%d-%d).\n", extension,
                        spec.name(), 0, bits);
            }
            length = AddressText.prefix(mask);
        } else {
            length = (int) number.value();
        }
        if (!asMask) {
            return text.withNumber(length);
        }
        final byte[] mask = length < 0 ? AddressText.fullMask(family) : AddressText.mask(length, family.addressBytes());
        return text.withAddress(mask, mask, length, List.of());
    }

    private int port(final String name) {
        final CNumber number = CNumber.read(name, 0, DECIMAL);
        if (number.end() == name.length() && !number.overflow() && (int) number.value() >= 0) {
            return (int) number.value() & (int) CNumber.UNSIGNED_16;
        }
        final int port = scope.names().port(name, null);
        if (port < 0) {
            throw parameter("Port \"%s\" does not resolve to anything.\n", name);
        }
        return port;
    }

    private OptionValue ports(final OptionSpec spec, final OptionValue text) {
        final String[] parts = text.text().split(":", -1);
        final long[] values = {0, CNumber.UNSIGNED_16};
        for (int i = 0; i < parts.length; i++) {
            if (i == MOST_VALUES) {
                throw tooMany(spec);
            }
            if (!parts[i].isEmpty()) {
                values[i] = port(parts[i]);
            }
        }
        return text.withRange(parts.length, values[0], parts.length == 1 ? values[0] : values[1]);
    }

    private static OptionValue ethernet(final OptionValue text) {
        final String argument = text.text();
        final byte[] address = new byte[ETHERNET_BYTES];
        int from = 0;
        for (int i = 0; i < ETHERNET_BYTES; i++) {
            final CNumber number = CNumber.read(argument, from, HEXADECIMAL);
            final boolean ends = i == ETHERNET_BYTES - 1 ? number.end() == argument.length()
                    : number.end() < argument.length() && argument.charAt(number.end()) == ':';
            if (!ends || number.end() - from > 2) {
                throw parameter("Invalid MAC address specified.");
            }
            address[i] = (byte) number.value();
            from = number.end() + 1;
        }
        return text.withAddress(address, null, -1, List.of());
    }
}
