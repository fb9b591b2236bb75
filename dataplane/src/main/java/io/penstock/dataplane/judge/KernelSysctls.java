package io.penstock.dataplane.judge;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.PortConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sysctls of a comparison, under the kernel's names, with devices in the places of ports.
 *
 * <p>Limits of ICMP are off unless the configuration sets them: they would hide differences. Rates that only the machine as a
 * whole can be told ({@code net.ipv4.route.*}) stay as they are, and {@link Comparison} knows of them.
 *
 * <p>Source: Documentation/networking/ip-sysctl.
 */
final class KernelSysctls {

    /** What a comparison starts from, both sides of it: no ICMP type is limited. */
    static final Map<String, String> DEFAULTS = defaults();

    private static final Path ROOT = Path.of("/proc/sys");

    private KernelSysctls() {
    }

    private static Map<String, String> defaults() {
        final Map<String, String> values = new LinkedHashMap<>();
        values.put("net.ipv4.icmp_ratelimit", "0");
        values.put("net.ipv4.icmp_ratemask", "0");
        values.put("net.ipv6.icmp.ratelimit", "0");
        // No type that is ever sent: the limit of all together leaves the others alone.
        values.put("net.ipv6.icmp.ratemask", "0");
        return values;
    }

    /** Names and values in the order in which they are written. */
    static Map<String, String> of(final Configuration configuration) {
        final Map<String, String> values = new LinkedHashMap<>();
        configuration.sysctl().forEach((name, value) -> values.put(deviceName(configuration, name), value));
        return values;
    }

    /** The file of a sysctl. Dots separate words; a device's own dots are written as slashes, as in sysctl(8). */
    static Path path(final String name) {
        final StringBuilder text = new StringBuilder(name);
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            text.setCharAt(i, c == '.' ? '/' : c == '/' ? '.' : c);
        }
        return ROOT.resolve(text.toString());
    }

    private static String deviceName(final Configuration configuration, final String name) {
        for (final PortConfig port : configuration.ports()) {
            final String part = "." + port.name() + ".";
            final int at = name.indexOf(part);
            if (at >= 0) {
                return name.substring(0, at) + '.' + port.device().replace('.', '/') + '.'
                        + name.substring(at + part.length());
            }
        }
        return name;
    }
}
