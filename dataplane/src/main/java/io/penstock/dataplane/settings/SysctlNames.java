package io.penstock.dataplane.settings;

import io.penstock.conntrack.model.ConnSysctl;
import io.penstock.conntrack.model.ConnSysctls;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The sysctls that Penstock follows, under the kernel's names: what a configuration may say where no kernel supplies the
 * network, and of connection tracking, which is Penstock's own, everywhere. Whatever else it says is refused by name.
 */
public final class SysctlNames {

    static final String CONF4 = "net.ipv4.conf.";
    static final String CONF6 = "net.ipv6.conf.";
    static final String ALL = "all";
    static final String DEFAULT = "default";
    static final String IP_FORWARD = "net.ipv4.ip_forward";

    private static final int MAX_DIGITS = 10;

    private SysctlNames() {
    }

    /**
     * {@link IllegalArgumentException} with a sentence for the user unless the setting can be followed.
     *
     * @param nearest finds the word most like the first among others
     */
    public static void check(final String name, final String value, final Collection<String> ports,
            final BiFunction<String, Collection<String>, String> nearest) {
        if (name.startsWith(ConnSysctls.PREFIX)) {
            checkTracking(name, value, nearest);
            return;
        }
        if (!name.startsWith("net.ipv4.") && !name.startsWith("net.ipv6.")) {
            throw new IllegalArgumentException(
                    '\'' + name + "'=" + value + ": this version has no sysctl of that name; remove it");
        }
        for (final GlobalSetting setting : GlobalSetting.all()) {
            if (setting.sysctl().equals(name)) {
                number(name, value, setting.min(), setting.max());
                return;
            }
        }
        if (name.equals(IP_FORWARD)) {
            number(name, value, 0, 1);
        } else if (name.equals(RateMask6.NAME)) {
            RateMask6.parse(value, new long[4]);
        } else if (name.startsWith(CONF4) && conf4(name) != null) {
            checkDevice(name, CONF4, ports);
            number(name, value, 0, conf4(name).max());
        } else if (name.startsWith(CONF6) && conf6(name) != null) {
            checkDevice(name, CONF6, ports);
            number(name, value, conf6(name).min(), conf6(name).max());
        } else {
            throw new IllegalArgumentException('\'' + name + "' is not followed by this version: the nearest that is, is '"
                    + nearest.apply(name, like(name)) + "'; remove it");
        }
    }

    private static void checkTracking(
            final String name, final String value, final BiFunction<String, Collection<String>, String> nearest) {
        final ConnSysctl sysctl = ConnSysctls.of(name);
        if (sysctl == null) {
            throw new IllegalArgumentException('\'' + name + "' is not followed by this version: the nearest that is, is '"
                    + nearest.apply(name, ConnSysctls.all().stream().map(ConnSysctl::name).toList()) + "'; remove it");
        }
        if (sysctl.access() == ConnSysctl.Access.READ_ONLY) {
            throw new IllegalArgumentException('\'' + name + "' can only be read; remove it");
        }
        number(name, value, sysctl.min(), sysctl.max());
    }

    /** The device, {@code all} or {@code default} of a name that starts with a prefix. */
    static String device(final String name, final String prefix) {
        final int dot = name.lastIndexOf('.');
        return dot < prefix.length() ? "" : name.substring(prefix.length(), dot);
    }

    /** The setting of a device that a name means, or null. */
    static Conf4 conf4(final String name) {
        for (final Conf4 conf : Conf4.all()) {
            if (name.endsWith('.' + conf.sysctl())) {
                return conf;
            }
        }
        return null;
    }

    /** The setting of a device that a name means, or null. */
    static Conf6 conf6(final String name) {
        for (final Conf6 conf : Conf6.all()) {
            if (name.endsWith('.' + conf.sysctl())) {
                return conf;
            }
        }
        return null;
    }

    static long number(final String name, final String value, final long min, final long max) {
        final String digits = value.startsWith("-") ? value.substring(1) : value;
        if (!digits.isEmpty() && digits.length() <= MAX_DIGITS && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            final long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw new IllegalArgumentException('\'' + name + "' must be a whole number from " + min + " to " + max + ", not '" + value
                + '\'');
    }

    private static void checkDevice(final String name, final String prefix, final Collection<String> ports) {
        final String device = device(name, prefix);
        if (!device.equals(ALL) && !device.equals(DEFAULT) && !ports.contains(device)) {
            final List<String> known = new ArrayList<>(ports);
            known.add(ALL);
            known.add(DEFAULT);
            throw new IllegalArgumentException('\'' + name + "': there is no port '" + device + "'; name one of "
                    + String.join(", ", known));
        }
    }

    /** All names, with the device of the given one where there is one. */
    private static List<String> like(final String name) {
        final List<String> known = new ArrayList<>(List.of(IP_FORWARD, RateMask6.NAME));
        for (final GlobalSetting setting : GlobalSetting.all()) {
            known.add(setting.sysctl());
        }
        final String device4 = name.startsWith(CONF4) ? device(name, CONF4) : ALL;
        for (final Conf4 conf : Conf4.all()) {
            known.add(CONF4 + device4 + '.' + conf.sysctl());
        }
        final String device6 = name.startsWith(CONF6) ? device(name, CONF6) : ALL;
        for (final Conf6 conf : Conf6.all()) {
            known.add(CONF6 + device6 + '.' + conf.sysctl());
        }
        return known;
    }
}
