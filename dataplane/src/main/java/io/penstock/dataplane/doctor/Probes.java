package io.penstock.dataplane.doctor;

import io.penstock.os.xdp.VlanTags;
import java.util.List;
import java.util.Optional;

/** What can only be learnt by asking the kernel; tests answer in its place. */
interface Probes {

    /** 0 when an AF_XDP socket can be opened, else the errno. */
    int xdpSocket();

    /** 0 when the kernel verifies and holds a trivial XDP program, else the errno. */
    int bpfProgram();

    /** The network devices of the calling thread's namespace. */
    List<DeviceFacts> devices();

    /** The pinned programs of the calling thread's namespace that no process serves; empty without the rights to look. */
    Optional<DroppingPrograms> dropping();

    /**
     * A network device.
     *
     * @param name    its name
     * @param driver  its driver, or {@code unknown}
     * @param queues  receive queues, or 0 when the driver does not tell
     * @param mtu     in bytes
     * @param lro     true when the hardware merges what it receives
     * @param gro     true when the kernel merges what it receives
     * @param up      true when it is up
     * @param vlan    where the VLAN tags of what it receives would be if it were a port
     */
    record DeviceFacts(
            String name, String driver, int queues, int mtu, boolean lro, boolean gro, boolean up, VlanTags.Place vlan) {
    }
}
