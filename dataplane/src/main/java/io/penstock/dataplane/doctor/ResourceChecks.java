package io.penstock.dataplane.doctor;

import io.penstock.dataplane.config.Literals;
import java.util.List;
import java.util.Map;

/** Memory and CPUs. */
final class ResourceChecks {

    private ResourceChecks() {
    }

    static void examine(final Machine machine, final List<Finding> findings) {
        findings.add(transparentHugePages(machine));
        findings.add(reservedHugePages(machine));
        final int cpus = cpus(machine, findings);
        isolation(machine, cpus, findings);
        quota(machine, findings);
    }

    private static Finding transparentHugePages(final Machine machine) {
        final String file = "/sys/kernel/mm/transparent_hugepage/enabled";
        final String setting = machine.read(file).replaceAll("(?s).*\\[(\\w+)].*", "$1");
        return switch (setting) {
            case "always", "madvise" -> Finding.ok("hugepages", "transparent_hugepage=" + setting);
            case "" -> Finding.warn("hugepages", "the kernel has no transparent huge pages: large tables are slower",
                    "boot a kernel built with CONFIG_TRANSPARENT_HUGEPAGE=y");
            default -> Finding.warn("hugepages", "transparent_hugepage=" + setting + ": large tables are slower",
                    "echo madvise > " + file);
        };
    }

    private static Finding reservedHugePages(final Machine machine) {
        final Map<String, String> memory = machine.fields("/proc/meminfo");
        return Finding.ok("hugetlb", "reserved=" + memory.getOrDefault("HugePages_Total", "0") + " free="
                + memory.getOrDefault("HugePages_Free", "0") + " pages of " + memory.getOrDefault("Hugepagesize", "none")
                + ", not needed");
    }

    private static int cpus(final Machine machine, final List<Finding> findings) {
        final String list = machine.fields("/proc/self/status").getOrDefault("Cpus_allowed_list", "");
        int count;
        try {
            count = Literals.cpus(list).size();
        } catch (final IllegalArgumentException e) {
            findings.add(Finding.warn("cpus", "the CPUs that may be used are not known: Cpus_allowed_list='" + list + '\'',
                    "mount /proc"));
            return 0;
        }
        findings.add(count > 1
                ? Finding.ok("cpus", "allowed=" + list + " count=" + count)
                : Finding.warn("cpus", "allowed=" + list + " count=1: a worker that polls and all else share one CPU",
                        "give the machine or its cpuset two CPUs or more, and keep idle: adaptive"));
        return count;
    }

    private static void isolation(final Machine machine, final int cpus, final List<Finding> findings) {
        final String isolated = machine.read("/sys/devices/system/cpu/isolated");
        final String tickless = machine.read("/sys/devices/system/cpu/nohz_full");
        if (!isolated.isEmpty()) {
            findings.add(Finding.ok("isolation", "isolcpus=" + isolated + " nohz_full="
                    + (tickless.isEmpty() || "(null)".equals(tickless) ? "none" : tickless)));
        } else if (cpus > 1) {
            final String others = cpus == 2 ? "1" : "1-" + (cpus - 1);
            findings.add(Finding.warn("isolation", "no CPU is isolated: other work interrupts the workers and shows in the "
                    + "latency's tail", "add 'isolcpus=managed_irq,domain," + others + " nohz_full=" + others + " rcu_nocbs="
                    + others + "' to the kernel's command line and reboot"));
        }
    }

    private static void quota(final Machine machine, final List<Finding> findings) {
        final String group = machine.read("/proc/self/cgroup")
                .lines()
                .filter(l -> l.startsWith("0::"))
                .map(l -> l.substring(3))
                .findFirst()
                .orElse("/");
        for (final String path : new String[] {"/sys/fs/cgroup" + group + "/cpu.max", "/sys/fs/cgroup/cpu.max"}) {
            final String limit = machine.read(path);
            if (!limit.isEmpty() && !limit.startsWith("max")) {
                findings.add(Finding.warn("quota", "the control group limits CPU time: cpu.max='" + limit
                        + "': a polling worker is stopped when it is used up", "echo max > " + path));
                return;
            }
        }
    }
}
