package io.penstock.dataplane.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.doctor.Finding.Level;
import io.penstock.os.bpf.KeptAttachments.Abandoned;
import io.penstock.os.bpf.KeptAttachments.Place;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import io.penstock.os.xdp.VlanTags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {

    private static final String ISOLATE = "add 'isolcpus=managed_irq,domain,1-3 nohz_full=1-3 rcu_nocbs=1-3' to the kernel's "
            + "command line and reboot";
    private static final String AS_ROOT = "run Penstock as root, such as 'sudo penstock run'";

    @TempDir
    private Path root;

    private int xdpErrno;
    private int bpfErrno;
    private List<Abandoned> abandoned = List.of();
    private List<Probes.DeviceFacts> devices = List.of(
            new Probes.DeviceFacts("lo", "unknown", 0, 65_536, false, true, true, VlanTags.Place.IN_FRAMES),
            new Probes.DeviceFacts("eth0", "ice", 4, 1500, false, false, true, VlanTags.Place.IN_FRAMES));

    @BeforeEach
    void healthy() throws IOException {
        write("/proc/sys/kernel/osrelease", "6.18.0\n");
        write("/proc/self/status", "Name:\tjava\nCapEff:\t000001ffffffffff\nCpus_allowed_list:\t0-3\n");
        write("/proc/self/limits", "Max locked memory         8388608              8388608              bytes\n");
        write("/proc/self/cgroup", "1:cpu:/\n0::/slice\n");
        write("/proc/meminfo", "HugePages_Total:       2\nHugePages_Free:        1\nHugepagesize:       2048 kB\n");
        write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        write("/sys/devices/system/cpu/isolated", "1-3\n");
        write("/sys/devices/system/cpu/nohz_full", "1-3\n");
        write("/sys/fs/cgroup/slice/cpu.max", "max 100000\n");
        write("/proc/sys/net/ipv4/ip_forward", "1\n");
        write("/proc/sys/net/ipv6/conf/all/forwarding", "1\n");
        write("/proc/sys/net/ipv4/conf/all/rp_filter", "0\n");
        write("/run/penstock/x", "");
        write("/dev/net/tun", "");
        write("/bin/ip", "");
        assertTrue(root.resolve("bin/ip").toFile().setExecutable(true));
    }

    @Test
    void shouldFindNothingAmissWhenTheMachineIsHealthy() {
        final List<Finding> findings = examine();
        assertTrue(findings.stream().allMatch(f -> f.level() == Level.OK && f.mend().isEmpty()), findings.toString());
        assertEquals("eth0: driver=ice queues=4 mtu=1500 lro=off gro=off state=up", only("device").what());
        assertEquals("reserved=2 free=1 pages of 2048 kB, not needed", only("hugetlb").what());
    }

    @Test
    void shouldFailWhenTheKernelIsTooOldOrAbsent() throws IOException {
        write("/proc/sys/kernel/osrelease", "5.10.0-amd64");
        assertFinding(Level.FAIL, "kernel", "release=5.10.0-amd64 is too old: needed=5.11", "install a newer kernel, such as "
                + "'apt-get install -t bookworm-backports linux-image-amd64', and reboot");
        write("/proc/sys/kernel/osrelease", "");
        assertFinding(Level.FAIL, "kernel", "no Linux kernel: release=''", "run on Linux, with /proc mounted");
    }

    @Test
    void shouldWarnWhenTheHostsTrafficIsLeftToTheKernel() throws IOException {
        write("/proc/sys/kernel/osrelease", "6.1.0-amd64");
        assertFinding(Level.WARN, "local", "release=6.1.0-amd64 has no TCX: the host's own traffic is left to the kernel: "
                + "needed=6.6", "install a newer kernel, or write local: kernel");
        write("/proc/sys/kernel/osrelease", "6.6.1");
        Files.delete(root.resolve("dev/net/tun"));
        assertFinding(Level.WARN, "local", "/dev/net/tun does not exist: the host's own traffic is left to the kernel",
                "modprobe tun; a container needs '--device /dev/net/tun'");
    }

    @Test
    void shouldFailWhenRightsAreMissing() throws IOException {
        xdpErrno = Errno.EPERM;
        bpfErrno = Errno.EPERM;
        write("/proc/self/status", "CapEff:\t0000000000001000\nCpus_allowed_list:\t0-3\n");
        assertFinding(Level.FAIL, "af_xdp", "AF_XDP sockets are not permitted: EPERM", AS_ROOT);
        assertFinding(Level.FAIL, "bpf", "loading an XDP program is not permitted: EPERM", AS_ROOT
                + "; in a container also '--cap-add BPF' and a seccomp profile that lets bpf(2) through");
        assertFinding(Level.FAIL, "rights", "missing: CAP_NET_RAW, CAP_BPF", AS_ROOT);
        assertFinding(Level.WARN, "memlock", "UMEM counts against the limit of locked memory: limit=8388608 bytes, without "
                + "CAP_IPC_LOCK", "ulimit -l unlimited");
    }

    @Test
    void shouldFailWhenTheKernelLacksFeatures() {
        xdpErrno = Errno.EAFNOSUPPORT;
        bpfErrno = Errno.ENOSYS;
        assertFinding(Level.FAIL, "af_xdp", "the kernel has no AF_XDP: EAFNOSUPPORT",
                "boot a kernel built with CONFIG_XDP_SOCKETS=y");
        assertFinding(Level.FAIL, "bpf", "the kernel has no bpf(2): ENOSYS", "boot a kernel built with CONFIG_BPF_SYSCALL=y");
        xdpErrno = Errno.ENOMEM;
        assertFinding(Level.FAIL, "af_xdp", "an AF_XDP socket cannot be opened: ENOMEM", "see socket(2) for the reason");
    }

    @Test
    void shouldWarnWhenSpeedSuffers() throws IOException {
        write("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
        write("/sys/devices/system/cpu/isolated", "\n");
        write("/sys/fs/cgroup/slice/cpu.max", "50000 100000\n");
        assertFinding(Level.WARN, "hugepages", "transparent_hugepage=never: large tables are slower",
                "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled");
        assertFinding(Level.WARN, "isolation", "no CPU is isolated: other work interrupts the workers and shows in the "
                + "latency's tail", ISOLATE);
        assertFinding(Level.WARN, "quota", "the control group limits CPU time: cpu.max='50000 100000': a polling worker is "
                + "stopped when it is used up", "echo max > /sys/fs/cgroup/slice/cpu.max");
        write("/proc/self/status", "CapEff:\t000001ffffffffff\nCpus_allowed_list:\t2\n");
        assertFinding(Level.WARN, "cpus", "allowed=2 count=1: a worker that polls and all else share one CPU",
                "give the machine or its cpuset two CPUs or more, and keep idle: adaptive");
    }

    @Test
    void shouldWarnWhenTheKernelWouldNotCarryOn() throws IOException {
        write("/proc/sys/net/ipv4/ip_forward", "0\n");
        Files.delete(root.resolve("proc/sys/net/ipv6/conf/all/forwarding"));
        write("/proc/sys/net/ipv4/conf/all/rp_filter", "1\n");
        assertFinding(Level.WARN, "ipv4", "net.ipv4.ip_forward=0: the kernel would not forward when Penstock stops",
                "sysctl -w net.ipv4.ip_forward=1");
        assertFinding(Level.WARN, "ipv6", "net.ipv6.conf.all.forwarding does not exist: the kernel has no ipv6",
                "nothing, unless the kernel is to carry on when Penstock stops");
        assertFinding(Level.WARN, "rp_filter", "net.ipv4.conf.all.rp_filter=1: the kernel would drop what comes in on one port "
                + "and leaves by another when Penstock stops", "sysctl -w net.ipv4.conf.all.rp_filter=2");
    }

    @Test
    void shouldWarnWhenADeviceIsNotFitForXdp() {
        devices = List.of(new Probes.DeviceFacts("eth1", "ixgbe", 0, 9000, true, true, false, VlanTags.Place.IN_FRAMES));
        assertFinding(Level.WARN, "device", "eth1: driver=ixgbe queues=unknown mtu=9000 lro=on gro=on state=down: merged packets "
                + "cannot be forwarded, the MTU is above what native XDP takes, limit=3506",
                "ethtool -K eth1 lro off; ip link set eth1 mtu 1500");
        devices = List.of();
        assertFinding(Level.WARN, "devices", "this network namespace has no device but lo: there is nothing to forward between",
                "call doctor in the namespace that has them: ip netns exec NAME penstock doctor");
    }

    @Test
    void shouldWarnWhenTagsMayBeTakenOutOfFrames() {
        devices = List.of(new Probes.DeviceFacts("eth1", "hv_netvsc", 4, 1500, false, false, true, VlanTags.Place.DRIVER));
        assertFinding(Level.WARN, "device", "eth1: driver=hv_netvsc queues=4 mtu=1500 lro=off gro=off state=up: VLAN tags may be taken "
                + "out of frames, which a port then forwards as untagged", "keep tagged frames away from it, or use attach: packet");
    }

    @Test
    void shouldWarnWhenPinnedProgramsDropAndNoProcessServes() {
        abandoned = List.of(new Abandoned(Place.INGRESS, 3, "/b/xdp-1-3"), new Abandoned(Place.INGRESS, 4, "/b/xdp-1-4"),
                new Abandoned(Place.EGRESS, 3, "/b/out-1-3"));
        assertFinding(Level.WARN, "on-death", "what comes in by ifindex=3, ifindex=4 and what this host sends by ifindex=3 is "
                + "dropped by pinned programs that no process serves (on-death: drop)",
                "start it again with 'penstock run', or end this with 'rm /b/xdp-1-3 /b/xdp-1-4 /b/out-1-3'");
    }

    @Test
    void shouldNameWhatToInstallWhenToolsAndFoldersAreMissing() throws IOException {
        Files.delete(root.resolve("bin/ip"));
        Files.delete(root.resolve("run/penstock/x"));
        Files.delete(root.resolve("run/penstock"));
        Files.delete(root.resolve("run"));
        assertFinding(Level.WARN, "ip", "the program ip, which configures what Penstock forwards, is not on the PATH",
                "apt-get install iproute2");
        final String user = System.getProperty("user.name");
        assertFinding(Level.FAIL, "run", "/run/penstock cannot be written by user=" + user,
                "install -d -o " + user + " /run/penstock");
    }

    @Test
    @Privileged
    void shouldSeeTheNamespacesOwnDevicesWhenInOne() throws Exception {
        try (TestNetNs here = TestNetNs.create("dr"); TestNetNs there = TestNetNs.create("dr")) {
            here.veth("d0", there, "d1");
            final List<Finding> findings = NetNs.within(here.name(), Doctor::examine);
            final List<String> devices =
                    findings.stream().filter(f -> f.topic().equals("device")).map(Finding::what).toList();
            assertEquals(1, devices.size(), devices.toString());
            assertTrue(devices.getFirst().startsWith("d0: driver=veth queues="), devices.toString());
            assertTrue(devices.getFirst().contains(" mtu=1500 lro=off "), devices.toString());
            assertTrue(devices.getFirst().contains(VlanTags.Place.OTHER_END.advice()), devices.toString());
            assertEquals("", findings.stream().filter(f -> f.topic().equals("device")).findFirst().orElseThrow().mend());
            assertTrue(findings.stream().noneMatch(f -> f.level() == Level.FAIL), findings.toString());
        }
    }

    private void assertFinding(final Level level, final String topic, final String what, final String mend) {
        assertEquals(new Finding(level, topic, what, mend), only(topic));
    }

    private Finding only(final String topic) {
        return examine().stream().filter(f -> f.topic().equals(topic)).reduce((a, b) -> {
            throw new AssertionError(a + " and " + b);
        }).orElseThrow();
    }

    private List<Finding> examine() {
        return Doctor.examine(new Machine(root, List.of(root.resolve("bin")), new Probes() {
            @Override
            public int xdpSocket() {
                return xdpErrno;
            }

            @Override
            public int bpfProgram() {
                return bpfErrno;
            }

            @Override
            public List<DeviceFacts> devices() {
                return devices;
            }

            @Override
            public Optional<DroppingPrograms> dropping() {
                return DroppingPrograms.of(abandoned, List.of());
            }
        }));
    }

    private void write(final String file, final String text) throws IOException {
        final Path path = root.resolve(file.substring(1));
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
