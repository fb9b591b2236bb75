package io.penstock.os.xdp;

/** What the redirect program did with a frame; the order is that of the counters in the map. */
public enum RedirectProgramCounter {

    REDIRECTED("xdp_redirected",
            "Frames handed to the socket of their queue; the socket's own statistics tell how many did not fit."),
    PASSED_NON_IP("xdp_passed_non_ip", "Frames that are neither IPv4 nor IPv6 (ARP, tagged, others), left to the kernel."),
    PASSED_NOT_OUR_MAC("xdp_passed_not_our_mac", "Frames to another device's address, left to the kernel."),
    PASSED_GROUP("xdp_passed_group", "Frames or packets to a multicast or broadcast address, left to the kernel."),
    PASSED_LINK_LOCAL("xdp_passed_link_local", "Packets to an IPv6 link-local address, left to the kernel."),
    PASSED_LOCAL("xdp_passed_local", "Packets to one of the host's own addresses, left to the kernel."),
    PASSED_NO_SOCKET("xdp_passed_no_socket", "Frames on a queue that no socket serves, left to the kernel."),
    DROPPED_NO_SOCKET("xdp_dropped_no_socket", "Frames on a queue that no socket serves, dropped as on-death: drop says.");

    private final String metric;
    private final String sentence;

    RedirectProgramCounter(final String metric, final String sentence) {
        this.metric = metric;
        this.sentence = sentence;
    }

    /** Its metric's name; the unit is frames. */
    public String metric() {
        return metric;
    }

    /** What it counts. */
    public String sentence() {
        return sentence;
    }
}
