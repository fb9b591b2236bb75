package io.penstock.perf.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.demo.Programs;
import io.penstock.perf.bench.measure.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackageInstallerTest {

    @TempDir
    private Path folder;
    private final List<String> commands = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private boolean forbidden;

    @Test
    void shouldRefuseWhenItIsNotRoot() {
        final PackageInstaller installer = new PackageInstaller(policy(), command -> new Programs.Result(0, ""), false, true);
        assertEquals("packages are installed by root: user=" + System.getProperty("user.name") + "; run 'sudo apt install a b'",
                assertThrows(BenchException.class, () -> installer.install(List.of("a", "b"), told::add)).getMessage());
    }

    @Test
    void shouldRefuseWhenThereIsNoApt() {
        final PackageInstaller installer = new PackageInstaller(policy(), command -> new Programs.Result(0, ""), true, false);
        assertEquals("this machine has no apt-get; install what brings a on Debian by its own package manager",
                assertThrows(BenchException.class, () -> installer.install(List.of("a"), told::add)).getMessage());
    }

    @Test
    void shouldInstallWhileServicesAreForbiddenToStart() {
        installer(0, "").install(List.of("a", "b"), told::add);
        assertEquals(List.of("apt-get -q update",
                "env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends a b"), commands);
        assertEquals(List.of("updating the lists of packages", "installing a b"), told);
        assertTrue(forbidden);
        assertFalse(Files.exists(policy()));
    }

    @Test
    void shouldLeaveAPolicyThatIsThere() throws IOException {
        Files.writeString(policy(), "mine");
        installer(0, "").install(List.of("a"), told::add);
        assertEquals("mine", Files.readString(policy()));
    }

    @Test
    void shouldSayWhatAptComplainsOfAndPutThePolicyBack() {
        final String printed = "Reading package lists...\nErr:1 http://deb.debian.org/debian bookworm InRelease\nE: Unable to locate package a\n";
        final BenchException failure = assertThrows(BenchException.class, () -> installer(100, printed).install(List.of("a"), told::add));
        assertEquals("the lists of packages cannot be updated: 'apt-get -q update' exit=100: Err:1 http://deb.debian.org/debian bookworm "
                + "InRelease; E: Unable to locate package a; see whether the network and the sources in /etc/apt are right", failure.getMessage());
        assertFalse(Files.exists(policy()));
    }

    private PackageInstaller installer(final int exit, final String printed) {
        return new PackageInstaller(policy(), command -> {
            commands.add(String.join(" ", command));
            forbidden = Files.isExecutable(policy());
            return new Programs.Result(exit, printed);
        }, true, true);
    }

    private Path policy() {
        return folder.resolve("policy-rc.d");
    }
}
