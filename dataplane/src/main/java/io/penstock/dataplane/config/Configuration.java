package io.penstock.dataplane.config;

import io.penstock.dataplane.ipvs.health.HealthRule;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the user asked for, checked: every name resolves, every value is in range, nothing in it is ignored.
 *
 * @param file     where it was read from, or null
 * @param ports    at least one, in the order of the file, then of the options
 * @param workers  the polling threads
 * @param local    who serves this host's own traffic
 * @param onDeath  what happens to traffic while no process serves it
 * @param rules4   iptables-save text, or null
 * @param rules6   ip6tables-save text, or null
 * @param sets     ipset save text, or null
 * @param services ipvsadm -S text, or null
 * @param health   how the servers of services are checked
 * @param log      where the lines of rules go (LOG, TRACE): {@link #SYSLOG}, a file's name, or null for what there is
 * @param sysctl   the kernel's names and values where no kernel supplies them, in the order of the file
 * @param network  addresses, routes and neighbours where no kernel supplies them
 */
public record Configuration(
        Path file,
        List<PortConfig> ports,
        WorkersConfig workers,
        Local local,
        OnDeath onDeath,
        Path rules4,
        Path rules6,
        Path sets,
        Path services,
        List<HealthRule> health,
        String log,
        Map<String, String> sysctl,
        NetworkConfig network) {

    /** {@link #log}: the system's log. */
    public static final String SYSLOG = "syslog";

    /** Who serves the host's own traffic. */
    public enum Local {
        /** Penstock where the ports can, else the kernel. */
        AUTO,
        /** Penstock, or refuse to start: local packets pass LOCAL_IN and LOCAL_OUT. */
        PENSTOCK,
        /** The kernel: such packets are never redirected. */
        KERNEL
    }

    /** What happens to traffic while no process serves it. */
    public enum OnDeath {
        /** The attachments die with the process and the kernel carries on. */
        KERNEL,
        /** Pinned programs drop. */
        DROP
    }

    /** Copies what could change. */
    public Configuration {
        ports = List.copyOf(ports);
        health = List.copyOf(health);
        // In the order of the file: a later one may overrule an earlier one, as sysctl(8) would have it.
        sysctl = Collections.unmodifiableMap(new LinkedHashMap<>(sysctl));
    }

    /** The same with the ports of one network namespace alone. */
    public Configuration in(final String netns) {
        return new Configuration(file, ports.stream().filter(port -> port.netns().equals(netns)).toList(), workers, local, onDeath,
                rules4, rules6, sets, services, health, log, sysctl, network);
    }

    /** The same with other files of rules, and of the sets that they name. */
    public Configuration withRules(final Path ipv4, final Path ipv6, final Path theirSets) {
        return new Configuration(file, ports, workers, local, onDeath, ipv4, ipv6, theirSets, services, health, log, sysctl, network);
    }

    /** The same with another's files of rules, sets and services, and its checks: what a reload puts in force. */
    public Configuration withFiles(final Configuration other) {
        return new Configuration(file, ports, workers, local, onDeath, other.rules4, other.rules6, other.sets, other.services, other.health, log,
                sysctl, network);
    }

    /** The place of a port in {@link #ports}, or -1. */
    public int portIndex(final String name) {
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
