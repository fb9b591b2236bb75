package io.penstock.dataplane.judge;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.rules.api.IpFamily;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads IP sets and iptables rules into the calling thread's namespace, and behind their tables a chain in which packets to this host
 * are seen and end: one of nftables, so that it is in none of theirs and no rule leads past it.
 *
 * <p>Source: iptables-restore(8), ipset(8), nft(8), conntrack(8); net/netfilter/core.c, nf_hook_entries_grow. Threads: one.
 */
final class KernelTables {

    /**
     * What the kernel's INPUT does in the end, behind all tables and the confirmation of connections, which stands at the last priority as well: of
     * equal ones that comes first which is registered last. And the kernel's own multicast listener reports,
     * which it sends when it likes, end before table raw (-300) can count them.
     */
    private static final String CATCH = "table inet judge {\n"
            + "chain host { type filter hook input priority 2147483647; log group " + HostLog.GROUP + " queue-threshold 1 drop; }\n"
            + "chain own { type filter hook output priority -450; ip6 hoplimit 1 icmpv6 type { 131, 132, 143 } drop; }\n"
            + "}\n";

    private KernelTables() {
    }

    /** Sets first: rules name them. */
    static void load(final Configuration configuration) {
        if (configuration.sets() != null) {
            feed(List.of("ipset", "restore"), read(configuration.sets()));
        }
        feed(List.of("nft", "-f", "-"), CATCH);
        load("iptables-legacy-restore", configuration.rules4());
        load("ip6tables-legacy-restore", configuration.rules6());
    }

    /** What {@code iptables-save -c} says of a family. */
    static String save(final IpFamily family) {
        return quietly(family.tool() + "-legacy-save -c");
    }

    /** What {@code conntrack -L} says of a family. */
    static String connections(final IpFamily family) {
        return quietly("conntrack -L -f " + (family == IpFamily.IPV4 ? "ipv4" : "ipv6"));
    }

    /** What {@code conntrack -S} says. */
    static String statistics() {
        return feed(List.of("conntrack", "-S"), "");
    }

    /** Without what a program has to say besides, as how many there were, or that labels have no names. */
    private static String quietly(final String command) {
        return feed(List.of("sh", "-c", command + " 2>/dev/null"), "");
    }

    private static void load(final String program, final Path rules) {
        if (rules != null) {
            feed(List.of(program, "-w"), read(rules));
        }
    }

    /** Runs a program that has to succeed, with a text to read; what it says. */
    static String feed(final List<String> command, final String input) {
        try {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            final List<String> output = new ArrayList<>();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (final IOException e) {
                output.add("it did not read all: " + e.getMessage());
            }
            final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            output.addFirst(said.strip());
            if (process.waitFor() != 0) {
                throw new JudgeException(ExitCode.CONFIGURATION_REFUSED, "the kernel's side refuses the configuration: '"
                        + String.join(" ", command) + "': " + String.join("; ", output), null);
            }
            return said;
        } catch (final IOException e) {
            throw new JudgeException("cannot run '" + command.getFirst() + "': " + e.getMessage()
                    + "; install iproute2, iptables, nftables, ipset and conntrack", e);
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
