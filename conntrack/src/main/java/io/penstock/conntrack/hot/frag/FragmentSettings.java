package io.penstock.conntrack.hot.frag;

/**
 * What decides how long fragments wait, and how many: one per namespace.
 *
 * <p>Each field is a sysctl with the kernel's default: {@code net.ipv4.ipfrag_*} and {@code net.netfilter.nf_conntrack_frag6_*}. Times are seconds,
 * thresholds bytes as {@link FragmentMemory} counts them. The low thresholds, {@code ipfrag_low_thresh} and {@code
 * nf_conntrack_frag6_low_thresh}, have no field: in the kernel they only bound what may be written to the high ones.
 *
 * <p>Threads: control threads write, workers read plain; a change is seen by the next batch or the one after.
 *
 * <p>Source: the kernel's Documentation/networking/ip-sysctl.rst and nf_conntrack-sysctl.rst.
 */
public final class FragmentSettings {

    /** From a packet's first fragment to arrive until those that wait are given up. */
    public int ipfragTime = 30;
    /** While more than this waits, no fragment is taken; 0 takes none ever. */
    public long ipfragHighThresh = 4L << 20;
    /**
     * So many fragments of its source between two of a packet, and it starts over: the identification is taken to have come round. 0 for no limit.
     */
    public int ipfragMaxDist = 64;

    /** As {@link #ipfragTime}. */
    public int frag6Timeout = 60;
    /** As {@link #ipfragHighThresh}. */
    public long frag6HighThresh = 4L << 20;

    public FragmentSettings() {
    }
}
