package io.penstock.dataplane.ipvs;

import java.util.Map;

/**
 * The settings {@code net.ipv4.vs.*} of the kernel that have nothing to set here, and why.
 *
 * <p>Threads: any. Source: ip_vs_ctl.c, {@code vs_vars}; those with {@code lfactor}: Linux 7.
 */
final class UnfollowedSettings {

    private static final String NO_DAEMON = "no daemon hands connections to another machine";
    private static final String TABLES_GROW = "tables have the size that they need";
    private static final String BY_CONTROL = "rates are estimated outside the workers";

    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("backup_only", NO_DAEMON),
            Map.entry("conn_lfactor", TABLES_GROW),
            Map.entry("debug_level", "there are no messages for debugging"),
            Map.entry("est_cpulist", BY_CONTROL),
            Map.entry("est_nice", BY_CONTROL),
            Map.entry("snat_reroute", "a packet's route depends on its destination alone"),
            Map.entry("svc_lfactor", TABLES_GROW),
            Map.entry("sync_persist_mode", NO_DAEMON),
            Map.entry("sync_ports", NO_DAEMON),
            Map.entry("sync_qlen_max", NO_DAEMON),
            Map.entry("sync_refresh_period", NO_DAEMON),
            Map.entry("sync_retries", NO_DAEMON),
            Map.entry("sync_sock_size", NO_DAEMON),
            Map.entry("sync_threshold", NO_DAEMON),
            Map.entry("sync_version", NO_DAEMON));

    private UnfollowedSettings() {
    }

    /** Why a setting, by the last part of its name, is not followed; null if the kernel has none of that name. */
    static String reason(final String shortName) {
        return REASONS.get(shortName);
    }
}
