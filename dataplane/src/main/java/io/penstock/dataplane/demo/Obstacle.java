package io.penstock.dataplane.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Why this process cannot make network namespaces and run a data plane in them, and what would let it.
 *
 * <p>Source: capabilities(7), proc_pid_status(5), ip-netns(8).
 *
 * @param what   the reason, as the beginning of a sentence
 * @param remedy the command that works
 */
record Obstacle(String what, String remedy) {

    private static final String DEMO = "./penstock demo";

    private static final Path STATUS = Path.of("/proc/self/status");

    /** Where ip(8) keeps the names of namespaces. */
    private static final Path NAMES = Path.of("/run/netns");

    /** By their numbers in linux/capability.h: addresses and links, AF_XDP sockets, mounts of namespaces. */
    private static final Map<String, Integer> NEEDED = needed();

    private static Map<String, Integer> needed() {
        final Map<String, Integer> needed = new LinkedHashMap<>();
        needed.put("CAP_NET_ADMIN", 12);
        needed.put("CAP_NET_RAW", 13);
        needed.put("CAP_SYS_ADMIN", 21);
        return needed;
    }

    /** What this process lacks; empty when it lacks nothing. */
    static Optional<Obstacle> find() {
        final String status;
        try {
            status = Files.readString(STATUS);
        } catch (final IOException e) {
            return Optional.of(new Obstacle("No " + STATUS, "mount -t proc proc /proc"));
        }
        final boolean writable = Files.isWritable(Files.exists(NAMES) ? NAMES : NAMES.getParent());
        return find(status, writable, Programs.exist("ip"));
    }

    /**
     * The same from what was found.
     *
     * @param status     the text of /proc/self/status
     * @param isWritable whether namespaces can be named
     * @param hasIp      whether the program ip is there
     */
    static Optional<Obstacle> find(final String status, final boolean isWritable, final boolean hasIp) {
        if (!"0".equals(field(status, "Uid", 1))) {
            return Optional.of(new Obstacle("No root", "sudo " + DEMO));
        }
        final long capabilities = Long.parseUnsignedLong(field(status, "CapEff", 0), 16);
        for (final Map.Entry<String, Integer> capability : NEEDED.entrySet()) {
            if ((capabilities >>> capability.getValue() & 1) == 0) {
                return Optional.of(new Obstacle("No " + capability.getKey(), "docker run --privileged ..."));
            }
        }
        if (!isWritable) {
            return Optional.of(new Obstacle("No right to write " + NAMES, "root of the host"));
        }
        return hasIp ? Optional.empty() : Optional.of(new Obstacle("No program ip", "apt install iproute2"));
    }

    /** The command that works for a scenario. */
    String remedy(final String scenario) {
        return remedy.endsWith(DEMO) ? remedy + ' ' + scenario : remedy;
    }

    /** A word of the line with that name, or 0. */
    private static String field(final String status, final String name, final int index) {
        return status.lines()
                .filter(line -> line.startsWith(name + ':'))
                .map(line -> line.substring(name.length() + 1).strip().split("\\s+"))
                .filter(words -> words.length > index)
                .map(words -> words[index])
                .findFirst()
                .orElse("0");
    }
}
