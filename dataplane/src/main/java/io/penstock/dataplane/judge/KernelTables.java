package io.penstock.dataplane.judge;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads IP sets and iptables rules into the calling thread's namespace, and after them the two rules by which packets to this
 * host are seen and end.
 *
 * <p>Those two are the last of LOCAL_IN but for source NAT and confirmation: in table security, appended to the user's.
 *
 * <p>Source: iptables-restore(8), ipset(8). Threads: one.
 */
final class KernelTables {

    /** What the kernel's INPUT does in the end. */
    private static final String CATCH = "*security\n-A INPUT -j NFLOG --nflog-group " + HostLog.GROUP
            + " --nflog-threshold 1\n-A INPUT -j DROP\nCOMMIT\n";

    private KernelTables() {
    }

    /** Sets first: rules name them. */
    static void load(final Configuration configuration) {
        if (configuration.sets() != null) {
            feed(List.of("ipset", "restore"), read(configuration.sets()));
        }
        load("iptables-legacy-restore", configuration.rules4());
        load("ip6tables-legacy-restore", configuration.rules6());
    }

    private static void load(final String program, final Path rules) {
        if (rules != null) {
            feed(List.of(program, "-w"), read(rules));
        }
        feed(List.of(program, "-w", "--noflush"), CATCH);
    }

    /** Runs a program that has to succeed, with a text to read. */
    static void feed(final List<String> command, final String input) {
        try {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            final List<String> output = new ArrayList<>();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (final IOException e) {
                output.add("it did not read all: " + e.getMessage());
            }
            output.addFirst(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
            if (process.waitFor() != 0) {
                throw new JudgeException(ExitCode.CONFIGURATION_REFUSED, "the kernel's side refuses the configuration: '"
                        + String.join(" ", command) + "': " + String.join("; ", output), null);
            }
        } catch (final IOException e) {
            throw new JudgeException("cannot run '" + command.getFirst() + "': " + e.getMessage()
                    + "; install iproute2, iptables and ipset", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JudgeException("interrupted", e);
        }
    }

    private static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            throw new JudgeException(ExitCode.CONFIGURATION_REFUSED, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
