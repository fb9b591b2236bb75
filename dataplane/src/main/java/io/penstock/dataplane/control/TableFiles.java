package io.penstock.dataplane.control;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.ipvs.health.HealthRule;
import java.nio.file.Path;
import java.util.List;

/**
 * The files that a namespace's rules and services come from, and how servers are checked.
 *
 * @param sets     ipset save text, or null: read first, since rules name sets
 * @param rules4   iptables-save text, or null
 * @param rules6   ip6tables-save text, or null
 * @param services ipvsadm -S text, or null
 * @param health   rules of checks
 */
public record TableFiles(Path sets, Path rules4, Path rules6, Path services, List<HealthRule> health) {

    /** Copies what could change. */
    public TableFiles {
        health = List.copyOf(health);
    }

    /** Of rules alone. */
    public TableFiles(final Path sets, final Path rules4, final Path rules6) {
        this(sets, rules4, rules6, null, List.of());
    }

    /** What a configuration names. */
    public static TableFiles of(final Configuration configuration) {
        return new TableFiles(configuration.sets(), configuration.rules4(), configuration.rules6(), configuration.services(),
                configuration.health());
    }
}
