package io.penstock.dataplane.hot.pipeline;

import io.penstock.conntrack.hot.frag.FragmentSettings;
import io.penstock.dataplane.hot.icmp.LimitSettings;

/**
 * The settings of a network namespace that are not a port's, under the kernel's names and with its defaults (Linux 6.18).
 * Plain fields: the control thread writes them, workers read them where a packet needs them, off the straight way. A change
 * applies from some packet on.
 *
 * <p>Source: Documentation/networking/ip-sysctl.rst.
 */
public final class IpSettings {

    private static final int DEFAULT_HOP_LIMIT = 64;

    /** What {@link #multipathHashFields4} and {@link #multipathHashFields6} choose from. */
    static final int HASH_SOURCE = 1;
    static final int HASH_DESTINATION = 1 << 1;
    static final int HASH_PROTOCOL = 1 << 2;
    static final int HASH_FLOW_LABEL = 1 << 3;
    static final int HASH_SOURCE_PORT = 1 << 4;
    static final int HASH_DESTINATION_PORT = 1 << 5;

    private static final int DEFAULT_HASH_FIELDS = HASH_SOURCE | HASH_DESTINATION | HASH_PROTOCOL;

    /** How many errors are sent. */
    public final LimitSettings limits = new LimitSettings();

    /** How long fragments wait, and how many, where packets are put together of them. */
    public final FragmentSettings fragments = new FragmentSettings();

    /** {@code net.ipv4.ip_default_ttl}. */
    public int defaultTtl = DEFAULT_HOP_LIMIT;
    /** {@code net.ipv4.fwmark_reflect}: an error has the mark of the packet that it is about. */
    public boolean fwmarkReflect4;
    /** {@code net.ipv6.fwmark_reflect}. */
    public boolean fwmarkReflect6;
    /** {@code net.ipv4.icmp_errors_use_inbound_ifaddr}. */
    public boolean icmpErrorsUseInboundAddress;
    /** {@code net.ipv6.icmp.error_anycast_as_unicast}. */
    public boolean icmp6ErrorAnycastAsUnicast;
    /** {@code net.ipv6.auto_flowlabels}: other than 0, this host's packets have labels, ICMPv6 errors among them. */
    public int autoFlowlabels = 1;
    /** {@code net.ipv6.conf.all.hop_limit}: of what this host sends. */
    public int hopLimit6 = DEFAULT_HOP_LIMIT;
    /** {@code net.ipv6.max_hbh_opts_number}. Unit: hop-by-hop options; negative when unknown ones are refused at once. */
    public int maxHopByHopOptions = 8;
    /** {@code net.ipv6.max_hbh_length}. Unit: bytes. */
    public int maxHopByHopBytes = Integer.MAX_VALUE;

    /** {@code net.ipv4.fib_multipath_hash_policy}: 0 and 2 addresses, 1 ports too, 3 chosen fields. */
    public int multipathHashPolicy4;
    /** {@code net.ipv6.fib_multipath_hash_policy}. */
    public int multipathHashPolicy6;
    /** {@code net.ipv4.fib_multipath_hash_fields}, for policy 3; the fields of an inner packet say nothing here. */
    public int multipathHashFields4 = DEFAULT_HASH_FIELDS;
    /** {@code net.ipv6.fib_multipath_hash_fields}, for policy 3; the fields of an inner packet say nothing here. */
    public int multipathHashFields6 = DEFAULT_HASH_FIELDS;

    /** What else the choice among next hops depends on: it need not be secret, but is the same for all workers. */
    public long multipathSeed = 0x9E37_79B9_7F4A_7C15L;

    /** What makes the identifications of packets that the data plane makes hard to tell: random, but for captures. */
    public int identificationKey;

    /** What the wall clock, in ns since 1970, is ahead of {@code Batch.nowNs}: for the time in IPv4 options. */
    public long wallClockOffsetNs;
}
