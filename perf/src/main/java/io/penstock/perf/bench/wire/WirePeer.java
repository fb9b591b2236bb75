package io.penstock.perf.bench.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What Penstock can be compared with over veth. */
public enum WirePeer {
    /** Nothing. */
    NONE,
    /** DPDK's testpmd over af_xdp ports, forwarding by the MAC address. */
    TESTPMD,
    /** The kernel's own forwarding. */
    KERNEL,
    /** Open vSwitch with its DPDK datapath over af_xdp ports. */
    OVS;

    /** Its name in options and results. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of that name, or null. */
    public static WirePeer of(final String text) {
        return Arrays.stream(values()).filter(value -> value.text().equals(text)).findFirst().orElse(null);
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(WirePeer::text).toList();
    }

    /** What it keeps of flows where Penstock keeps this: testpmd looks at Ethernet only. */
    public WireTracking tracking(final WireTracking wanted) {
        return this == TESTPMD ? WireTracking.NONE : wanted;
    }

    /** Refuses a machine without it. */
    void require(final WireTracking tracking) {
        switch (this) {
            case TESTPMD -> TestpmdDevice.require();
            case OVS -> OvsDevice.require();
            case KERNEL -> KernelDevice.require(tracking);
            case NONE -> { }
        }
    }

    /** The device, not started yet, or null. */
    WireDevice device(final String netns, final WireTracking tracking) {
        return switch (this) {
            case NONE -> null;
            case TESTPMD -> new TestpmdDevice(netns);
            case KERNEL -> new KernelDevice(netns, tracking);
            case OVS -> new OvsDevice(netns, tracking);
        };
    }
}
