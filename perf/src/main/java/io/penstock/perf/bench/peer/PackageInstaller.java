package io.penstock.perf.bench.peer;

import io.penstock.dataplane.demo.Programs;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.ShutdownHooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Installs Debian packages, and starts none of the services that they bring: whoever is measured is started by its measurement.
 *
 * <p>Source: apt-get(8); the policy is invoke-rc.d's, Debian Policy 9.3.3.1. Threads: one, and the shutdown hook that it registers.
 */
final class PackageInstaller {

    private static final String APT = "apt-get";
    private static final Path POLICY = Path.of("/usr/sbin/policy-rc.d");
    /** "Action forbidden by policy." */
    private static final String FORBID = "#!/bin/sh\nexit 101\n";
    /** Of what a failing apt-get prints: the end says why. */
    private static final int TOLD_LINES = 4;

    private final Path policy;
    private final Function<List<String>, Programs.Result> runner;
    private final boolean root;
    private final boolean apt;

    /** That of this machine. */
    PackageInstaller() {
        this(POLICY, Programs::attempt, "root".equals(System.getProperty("user.name")), Programs.exist(APT));
    }

    /**
     * One for tests.
     *
     * @param policy what forbids services to start
     * @param runner runs commands
     * @param root   whether it may
     * @param apt    whether there is apt-get
     */
    PackageInstaller(final Path policy, final Function<List<String>, Programs.Result> runner, final boolean root, final boolean apt) {
        this.policy = policy;
        this.runner = runner;
        this.root = root;
        this.apt = apt;
    }

    /** Installs, and tells what it does. */
    void install(final List<String> packages, final Consumer<String> progress) {
        final String names = String.join(" ", packages);
        if (!root) {
            throw new BenchException("packages are installed by root: user=" + System.getProperty("user.name") + "; run 'sudo apt install "
                    + names + '\'');
        }
        if (!apt) {
            throw new BenchException("this machine has no " + APT + "; install what brings " + names
                    + " on Debian by its own package manager");
        }
        final boolean made = forbidServices();
        final Thread hook = new Thread(this::allowServices, "policy-clean-up");
        try {
            if (made) {
                Runtime.getRuntime().addShutdownHook(hook);
            }
            progress.accept("updating the lists of packages");
            run(List.of(APT, "-q", "update"), "the lists of packages cannot be updated");
            progress.accept("installing " + names);
            final List<String> command = new ArrayList<>(List.of("env", "DEBIAN_FRONTEND=noninteractive", APT, "-q", "-y", "install",
                    "--no-install-recommends"));
            command.addAll(packages);
            run(command, names + " cannot be installed");
        } finally {
            if (made) {
                allowServices();
                ShutdownHooks.forget(hook);
            }
        }
    }

    private void run(final List<String> command, final String failure) {
        final Programs.Result result = runner.apply(command);
        if (result.exit() != 0) {
            throw new BenchException(failure + ": '" + String.join(" ", command) + "' exit=" + result.exit() + ": "
                    + lastLines(result.output()) + "; see whether the network and the sources in /etc/apt are right");
        }
    }

    /** Leaves a policy that is there. */
    private boolean forbidServices() {
        if (Files.exists(policy)) {
            return false;
        }
        try {
            Files.writeString(policy, FORBID);
            Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rwxr-xr-x"));
            return true;
        } catch (final IOException e) {
            throw new BenchException("services cannot be kept from starting: " + e.getMessage() + "; make " + policy + " writable");
        }
    }

    private void allowServices() {
        try {
            Files.deleteIfExists(policy);
        } catch (final IOException e) {
            throw new BenchException("services are still kept from starting: " + e.getMessage() + "; remove " + policy);
        }
    }

    /** Complaints, or else the end of what was printed. */
    static String lastLines(final String printed) {
        final List<String> complaints = printed.lines().filter(line -> line.startsWith("E:") || line.startsWith("Err:")).toList();
        final List<String> lines = complaints.isEmpty() ? printed.lines().filter(line -> !line.isBlank()).toList() : complaints;
        return lines.stream().skip(Math.max(0, lines.size() - TOLD_LINES)).collect(Collectors.joining("; "));
    }
}
