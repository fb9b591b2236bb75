package io.penstock.dataplane.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's forwarding switches of a device, in the calling thread's network namespace. */
final class ForwardingSysctls {

    private ForwardingSysctls() {
    }

    static boolean ipv4(final String device) {
        return isOn("/proc/sys/net/ipv4/conf/" + device + "/forwarding");
    }

    static boolean ipv6(final String device) {
        // The device's own "forwarding" makes it a router's, and does not make the kernel forward.
        return isOn("/proc/sys/net/ipv6/conf/all/forwarding")
                || isOn("/proc/sys/net/ipv6/conf/" + device + "/force_forwarding");
    }

    private static boolean isOn(final String path) {
        try {
            return Files.readString(Path.of(path)).startsWith("1");
        } catch (final IOException e) {
            // The device has just gone, or the family is switched off: nothing is forwarded.
            return false;
        }
    }
}
