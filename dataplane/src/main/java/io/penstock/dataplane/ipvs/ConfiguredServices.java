package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.hot.ipvs.ServiceSettings;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.os.netlink.IpAddress;
import java.util.Map;

/** The settings of virtual services that a configuration says: they are Penstock's own, also where a kernel supplies the others. Threads: control. */
public final class ConfiguredServices {

    /** How the names of settings that the kernel does not have begin. */
    private static final String OWN = "penstock.";

    private ConfiguredServices() {
    }

    /** Whether a name, with dots, is one of these settings, or would be one. */
    public static boolean isMeant(final String name) {
        return (name + '.').startsWith(VirtualServerSettings.PREFIX) || name.startsWith(OWN);
    }

    /** {@link IllegalArgumentException} with a sentence for the user unless the setting takes the value. */
    public static void check(final String name, final String value) {
        try {
            if (name.equals(ServiceRegistry.SOURCES)) {
                for (final String word : value.isBlank() ? new String[0] : value.strip().split("[, ]+")) {
                    IpAddress.parse(word);
                }
            } else {
                new VirtualServerSettings(new ServiceSettings(), new SchedulerSettings()).set(name, value);
            }
        } catch (final ServiceProblem e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Puts those that a configuration says in force, and passes over the others.
     *
     * @throws IllegalArgumentException for one that is not followed
     */
    public static void apply(final Map<String, String> sysctl, final ServiceStore services) {
        sysctl.forEach((name, value) -> {
            if (isMeant(name)) {
                try {
                    services.setSetting(name, value);
                } catch (final ServiceProblem e) {
                    throw new IllegalArgumentException(e.getMessage(), e);
                }
            }
        });
    }
}
