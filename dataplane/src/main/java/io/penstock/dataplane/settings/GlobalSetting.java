package io.penstock.dataplane.settings;

import io.penstock.dataplane.hot.pipeline.IpSettings;
import java.util.function.ObjLongConsumer;

/**
 * The settings of a network namespace that are numbers and no device's.
 *
 * <p>Source: Documentation/networking/ip-sysctl.rst.
 */
enum GlobalSetting {
    IP_DEFAULT_TTL("net.ipv4.ip_default_ttl", 1, 255, false, (s, v) -> s.defaultTtl = (int) v),
    FWMARK_REFLECT4("net.ipv4.fwmark_reflect", 0, 1, false, (s, v) -> s.fwmarkReflect4 = v != 0),
    ICMP_RATELIMIT("net.ipv4.icmp_ratelimit", 0, Max.MS, false, (s, v) -> s.limits.ratelimitMs = (int) v),
    ICMP_RATEMASK("net.ipv4.icmp_ratemask", 0, Integer.MAX_VALUE, false, (s, v) -> s.limits.ratemask = (int) v),
    ICMP_MSGS_PER_SEC("net.ipv4.icmp_msgs_per_sec", 0, Max.COUNT, false, (s, v) -> s.limits.messagesPerSecond = (int) v),
    ICMP_MSGS_BURST("net.ipv4.icmp_msgs_burst", 0, Max.COUNT, false, (s, v) -> s.limits.messagesBurst = (int) v),
    ICMP_ERRORS_USE_INBOUND("net.ipv4.icmp_errors_use_inbound_ifaddr", 0, 1, false,
            (s, v) -> s.icmpErrorsUseInboundAddress = v != 0),
    HASH_POLICY4("net.ipv4.fib_multipath_hash_policy", 0, 3, false, (s, v) -> s.multipathHashPolicy4 = (int) v),
    HASH_FIELDS4("net.ipv4.fib_multipath_hash_fields", 1, Max.HASH_FIELDS, false, (s, v) -> s.multipathHashFields4 = (int) v),
    ERROR_COST("net.ipv4.route.error_cost", 0, Max.COUNT, true, (s, v) -> s.limits.errorCostMs = (int) v),
    ERROR_BURST("net.ipv4.route.error_burst", 0, Max.COUNT, true, (s, v) -> s.limits.errorBurstMs = (int) v),
    REDIRECT_LOAD("net.ipv4.route.redirect_load", 0, Max.COUNT, true, (s, v) -> s.limits.redirectLoadMs = (int) v),
    REDIRECT_NUMBER("net.ipv4.route.redirect_number", 0, Max.COUNT, false, (s, v) -> s.limits.redirectNumber = (int) v),
    REDIRECT_SILENCE("net.ipv4.route.redirect_silence", 0, Max.COUNT, true,
            (s, v) -> s.limits.redirectSilenceMs = (int) v),
    FRAGMENT_TIME("net.ipv4.ipfrag_time", 0, Max.COUNT, false, (s, v) -> s.fragments.ipfragTime = (int) v),
    FRAGMENT_HIGH("net.ipv4.ipfrag_high_thresh", 0, Integer.MAX_VALUE, false, (s, v) -> s.fragments.ipfragHighThresh = v),
    FRAGMENT_DISTANCE("net.ipv4.ipfrag_max_dist", 0, Integer.MAX_VALUE, false, (s, v) -> s.fragments.ipfragMaxDist = (int) v),
    FWMARK_REFLECT6("net.ipv6.fwmark_reflect", 0, 1, false, (s, v) -> s.fwmarkReflect6 = v != 0),
    ICMP6_RATELIMIT("net.ipv6.icmp.ratelimit", 0, Max.MS, false, (s, v) -> s.limits.ratelimit6Ms = (int) v),
    ICMP6_ANYCAST("net.ipv6.icmp.error_anycast_as_unicast", 0, 1, false, (s, v) -> s.icmp6ErrorAnycastAsUnicast = v != 0),
    AUTO_FLOWLABELS("net.ipv6.auto_flowlabels", 0, 3, false, (s, v) -> s.autoFlowlabels = (int) v),
    HOP_LIMIT6("net.ipv6.conf.default.hop_limit", 1, 255, false, (s, v) -> s.hopLimit6 = (int) v),
    MAX_HBH_NUMBER("net.ipv6.max_hbh_opts_number", Integer.MIN_VALUE, Integer.MAX_VALUE, false,
            (s, v) -> s.maxHopByHopOptions = (int) v),
    MAX_HBH_LENGTH("net.ipv6.max_hbh_length", 0, Integer.MAX_VALUE, false,
            (s, v) -> s.maxHopByHopBytes = (int) v),
    HASH_POLICY6("net.ipv6.fib_multipath_hash_policy", 0, 3, false, (s, v) -> s.multipathHashPolicy6 = (int) v),
    HASH_FIELDS6("net.ipv6.fib_multipath_hash_fields", 1, Max.HASH_FIELDS, false, (s, v) -> s.multipathHashFields6 = (int) v);

    private static final GlobalSetting[] VALUES = values();
    private static final long MS_PER_S = 1000;

    private final String sysctl;
    private final int min;
    private final int max;
    private final boolean inTicks;
    private final ObjLongConsumer<IpSettings> place;

    GlobalSetting(final String sysctl, final int min, final int max, final boolean inTicks,
            final ObjLongConsumer<IpSettings> place) {
        this.sysctl = sysctl;
        this.min = min;
        this.max = max;
        this.inTicks = inTicks;
        this.place = place;
    }

    /** Its name. */
    String sysctl() {
        return sysctl;
    }

    /** The least value. */
    int min() {
        return min;
    }

    /** The greatest value. */
    int max() {
        return max;
    }

    /**
     * Puts a value in force that the kernel shows in its own unit, which for some is the tick, of which it makes as many a
     * second as it was built for.
     */
    void write(final IpSettings to, final long value, final long ticksPerSecond) {
        place.accept(to, inTicks ? value * MS_PER_S / ticksPerSecond : value);
    }

    /** All of them, not to be changed. */
    static GlobalSetting[] all() {
        return VALUES;
    }

    /** What values are bounded by. */
    private static final class Max {
        /** A day, in ms. */
        private static final int MS = 86_400_000;
        private static final int COUNT = 1_000_000_000;
        /** The bits of FIB_MULTIPATH_HASH_FIELD_ALL_MASK. */
        private static final int HASH_FIELDS = 0xFFF;
    }
}
