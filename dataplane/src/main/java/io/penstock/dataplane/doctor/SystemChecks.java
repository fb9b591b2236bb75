package io.penstock.dataplane.doctor;

import io.penstock.os.sys.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kernel, the rights, the programs and folders. */
final class SystemChecks {

    /** The first kernel that charges BPF memory to the control group, not to a limit, and has bpf_link for XDP (5.9). */
    private static final int MIN_MAJOR = 5;
    private static final int MIN_MINOR = 11;

    /** The first kernel with TCX, by which the host's own traffic is taken from the kernel's path and given back. */
    private static final int TCX_MAJOR = 6;
    private static final int TCX_MINOR = 6;

    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_NET_RAW = 13;
    private static final int CAP_IPC_LOCK = 14;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_BPF = 39;

    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

    private static final String RUN_AS_ROOT = "run Penstock as root, such as 'sudo penstock run'";

    private SystemChecks() {
    }

    static void examine(final Machine machine, final List<Finding> findings) {
        findings.add(java());
        findings.add(kernel(machine));
        findings.add(xdp(machine));
        findings.add(bpf(machine));
        findings.add(hostTraffic(machine));
        final long capabilities = capabilities(machine);
        findings.add(rights(capabilities));
        findings.add(lockedMemory(machine, capabilities));
        findings.add(runFolder(machine));
        findings.add(machine.hasProgram("ip")
                ? Finding.ok("ip", "the program ip is here")
                : Finding.warn("ip", "the program ip, which configures what Penstock forwards, is not on the PATH",
                        "apt-get install iproute2"));
    }

    private static Finding java() {
        // Compiled for 25, so that an older one never gets here.
        return Finding.ok("java", "version=" + Runtime.version() + " vm='" + System.getProperty("java.vm.name") + '\'');
    }

    private static Finding kernel(final Machine machine) {
        final String release = machine.read("/proc/sys/kernel/osrelease");
        final Matcher version = VERSION.matcher(release);
        if (!version.matches()) {
            return Finding.fail("kernel", "no Linux kernel: release='" + release + '\'', "run on Linux, with /proc mounted");
        }
        return isAtLeast(version, MIN_MAJOR, MIN_MINOR)
                ? Finding.ok("kernel", "release=" + release)
                : Finding.fail("kernel", "release=" + release + " is too old: needed=" + MIN_MAJOR + '.' + MIN_MINOR,
                        "install a newer kernel, such as 'apt-get install -t bookworm-backports linux-image-amd64', and reboot");
    }

    private static boolean isAtLeast(final Matcher version, final int atLeastMajor, final int atLeastMinor) {
        final int major = Integer.parseInt(version.group(1));
        return major > atLeastMajor || major == atLeastMajor && Integer.parseInt(version.group(2)) >= atLeastMinor;
    }

    private static Finding hostTraffic(final Machine machine) {
        final String release = machine.read("/proc/sys/kernel/osrelease");
        final Matcher version = VERSION.matcher(release);
        if (version.matches() && !isAtLeast(version, TCX_MAJOR, TCX_MINOR)) {
            return Finding.warn("local", "release=" + release + " has no TCX: the host's own traffic is left to the kernel: needed="
                    + TCX_MAJOR + '.' + TCX_MINOR, "install a newer kernel, or write local: kernel");
        }
        return Files.exists(machine.at("/dev/net/tun"))
                ? Finding.ok("local", "/dev/net/tun is here: the host's own traffic can pass the data plane")
                : Finding.warn("local", "/dev/net/tun does not exist: the host's own traffic is left to the kernel",
                        "modprobe tun; a container needs '--device /dev/net/tun'");
    }

    private static Finding xdp(final Machine machine) {
        final int errno = machine.probes().xdpSocket();
        return switch (errno) {
            case 0 -> Finding.ok("af_xdp", "AF_XDP sockets can be opened");
            case Errno.EPERM -> Finding.fail("af_xdp", "AF_XDP sockets are not permitted: EPERM", RUN_AS_ROOT);
            case Errno.EAFNOSUPPORT -> Finding.fail("af_xdp", "the kernel has no AF_XDP: EAFNOSUPPORT",
                    "boot a kernel built with CONFIG_XDP_SOCKETS=y");
            default -> Finding.fail("af_xdp", "an AF_XDP socket cannot be opened: " + Errno.name(errno),
                    "see socket(2) for the reason");
        };
    }

    private static Finding bpf(final Machine machine) {
        final int errno = machine.probes().bpfProgram();
        return switch (errno) {
            case 0 -> Finding.ok("bpf", "XDP programs can be loaded");
            case Errno.EPERM -> Finding.fail("bpf", "loading an XDP program is not permitted: EPERM", RUN_AS_ROOT
                    + "; in a container also '--cap-add BPF' and a seccomp profile that lets bpf(2) through");
            case Errno.ENOSYS -> Finding.fail("bpf", "the kernel has no bpf(2): ENOSYS",
                    "boot a kernel built with CONFIG_BPF_SYSCALL=y");
            default -> Finding.fail("bpf", "an XDP program cannot be loaded: " + Errno.name(errno), "see bpf(2) for the reason");
        };
    }

    private static long capabilities(final Machine machine) {
        final String effective = machine.fields("/proc/self/status").getOrDefault("CapEff", "0");
        return effective.isEmpty() ? 0 : Long.parseUnsignedLong(effective, 16);
    }

    private static Finding rights(final long capabilities) {
        final List<String> missing = new ArrayList<>();
        if (!has(capabilities, CAP_NET_ADMIN)) {
            missing.add("CAP_NET_ADMIN");
        }
        if (!has(capabilities, CAP_NET_RAW)) {
            missing.add("CAP_NET_RAW");
        }
        if (!has(capabilities, CAP_BPF) && !has(capabilities, CAP_SYS_ADMIN)) {
            missing.add("CAP_BPF");
        }
        return missing.isEmpty()
                ? Finding.ok("rights", "CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF are in force")
                : Finding.fail("rights", "missing: " + String.join(", ", missing), RUN_AS_ROOT);
    }

    private static Finding lockedMemory(final Machine machine, final long capabilities) {
        if (has(capabilities, CAP_IPC_LOCK)) {
            return Finding.ok("memlock", "CAP_IPC_LOCK is in force: UMEM is not limited");
        }
        final String limit = machine.read("/proc/self/limits")
                .lines()
                .filter(l -> l.startsWith("Max locked memory"))
                .map(l -> l.substring("Max locked memory".length()).strip().split("\\s+")[0])
                .findFirst()
                .orElse("unknown");
        return "unlimited".equals(limit)
                ? Finding.ok("memlock", "limit=unlimited")
                : Finding.warn("memlock", "UMEM counts against the limit of locked memory: limit=" + limit
                        + " bytes, without CAP_IPC_LOCK", "ulimit -l unlimited");
    }

    private static Finding runFolder(final Machine machine) {
        final Path folder = machine.at("/run/penstock");
        final Path parent = machine.at("/run");
        final boolean usable = Files.exists(folder)
                ? Files.isDirectory(folder) && Files.isWritable(folder)
                : Files.isWritable(parent);
        return usable
                ? Finding.ok("run", "/run/penstock can be written")
                : Finding.fail("run", "/run/penstock cannot be written by user=" + System.getProperty("user.name"),
                        "install -d -o " + System.getProperty("user.name") + " /run/penstock");
    }

    private static boolean has(final long capabilities, final int capability) {
        return (capabilities >>> capability & 1) == 1;
    }
}
