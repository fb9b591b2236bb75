package io.penstock.dataplane.doctor;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Examines the machine and the calling thread's network namespace. Threads: any. */
public final class Doctor {

    private Doctor() {
    }

    /** What was found, in the order in which to mend it. */
    public static List<Finding> examine() {
        final String path = System.getenv().getOrDefault("PATH", "");
        final List<Path> folders = Stream.concat(
                        Stream.of(path.split(File.pathSeparator)).filter(p -> !p.isEmpty()), Stream.of("/usr/sbin", "/sbin"))
                .map(Path::of)
                .toList();
        return examine(new Machine(Path.of("/"), folders, new KernelProbes()));
    }

    static List<Finding> examine(final Machine machine) {
        final List<Finding> findings = new ArrayList<>();
        SystemChecks.examine(machine, findings);
        ResourceChecks.examine(machine, findings);
        NetworkChecks.examine(machine, findings);
        return List.copyOf(findings);
    }
}
