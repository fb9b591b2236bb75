package io.penstock.dataplane.doctor;

import io.penstock.dataplane.doctor.Probes.DeviceFacts;
import io.penstock.os.xdp.VlanTags;
import java.util.ArrayList;
import java.util.List;

/** The devices and sysctls of the network namespace that the doctor is called in. */
final class NetworkChecks {

    /**
     * Bytes: the largest MTU with which drivers attach XDP natively without multi-buffer support: a page of 4096 less 256 of
     * headroom, 320 of the kernel's own at the end, and the Ethernet header.
     */
    private static final int MAX_NATIVE_MTU = 4096 - 256 - 320 - 14;

    private NetworkChecks() {
    }

    static void examine(final Machine machine, final List<Finding> findings) {
        findings.add(forwarding(machine, "ipv4", "net.ipv4.ip_forward"));
        findings.add(forwarding(machine, "ipv6", "net.ipv6.conf.all.forwarding"));
        reversePath(machine, findings);
        machine.probes().dropping().ifPresent(d -> findings.add(Finding.warn("on-death", d.what(), d.mend())));
        final List<DeviceFacts> devices = machine.probes().devices().stream().filter(d -> !d.name().equals("lo")).toList();
        if (devices.isEmpty()) {
            findings.add(Finding.warn("devices", "this network namespace has no device but lo: there is nothing to forward "
                    + "between", "call doctor in the namespace that has them: ip netns exec NAME penstock doctor"));
        }
        devices.forEach(device -> findings.add(device(device)));
    }

    private static Finding forwarding(final Machine machine, final String family, final String sysctl) {
        final String value = machine.read("/proc/sys/" + sysctl.replace('.', '/'));
        if (value.isEmpty()) {
            return Finding.warn(family, sysctl + " does not exist: the kernel has no " + family,
                    "nothing, unless the kernel is to carry on when Penstock stops");
        }
        return "0".equals(value)
                ? Finding.warn(family, sysctl + "=0: the kernel would not forward when Penstock stops",
                        "sysctl -w " + sysctl + "=1")
                : Finding.ok(family, sysctl + '=' + value);
    }

    private static void reversePath(final Machine machine, final List<Finding> findings) {
        final String value = machine.read("/proc/sys/net/ipv4/conf/all/rp_filter");
        if ("1".equals(value)) {
            findings.add(Finding.warn("rp_filter", "net.ipv4.conf.all.rp_filter=1: the kernel would drop what comes in on one "
                    + "port and leaves by another when Penstock stops", "sysctl -w net.ipv4.conf.all.rp_filter=2"));
        } else if (!value.isEmpty()) {
            findings.add(Finding.ok("rp_filter", "net.ipv4.conf.all.rp_filter=" + value));
        }
    }

    private static Finding device(final DeviceFacts device) {
        final String what = device.name() + ": driver=" + device.driver() + " queues="
                + (device.queues() == 0 ? "unknown" : device.queues()) + " mtu=" + device.mtu() + " lro="
                + (device.lro() ? "on" : "off")
                + " gro=" + (device.gro() ? "on" : "off") + " state=" + (device.up() ? "up" : "down");
        final List<String> amiss = new ArrayList<>();
        final List<String> mend = new ArrayList<>();
        if (device.lro()) {
            amiss.add("merged packets cannot be forwarded");
            mend.add("ethtool -K " + device.name() + " lro off");
        }
        if (device.mtu() > MAX_NATIVE_MTU) {
            amiss.add("the MTU is above what native XDP takes, limit=" + MAX_NATIVE_MTU);
            mend.add("ip link set " + device.name() + " mtu 1500");
        }
        if (device.vlan() == VlanTags.Place.DEVICES_BELOW || device.vlan() == VlanTags.Place.DRIVER) {
            amiss.add("VLAN tags may be taken out of frames, which a port then forwards as untagged");
            mend.add(device.vlan().advice());
        }
        final String hints = (device.gro() ? " (with attach: generic switch gro off)" : "")
                + (device.vlan() == VlanTags.Place.OTHER_END ? " (if tagged frames come from it, " + device.vlan().advice() + ')' : "");
        return amiss.isEmpty()
                ? Finding.ok("device", what + hints)
                : Finding.warn("device", what + ": " + String.join(", ", amiss), String.join("; ", mend));
    }
}
