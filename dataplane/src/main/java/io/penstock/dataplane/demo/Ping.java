package io.penstock.dataplane.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What ping(8) found.
 *
 * @param family    IPv4 or IPv6
 * @param sent      echo requests
 * @param answered  echo replies
 * @param fastestMs of the round trips; 0 without an answer
 * @param averageMs of the round trips; 0 without an answer
 */
record Ping(String family, long sent, long answered, double fastestMs, double averageMs) {

    private static final Pattern COUNTS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");
    private static final Pattern TIMES = Pattern.compile("= ([0-9.]+)/([0-9.]+)/");

    private static final int REQUESTS = 5;

    /** Sends a few requests from a namespace; empty when this machine has no ping. */
    static Optional<Ping> run(final String family, final String netns, final String address) {
        if (!Programs.exist("ping")) {
            return Optional.empty();
        }
        final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", netns));
        command.addAll(List.of("ping", "-n", "-q", "-c", String.valueOf(REQUESTS), "-i", "0.2", "-W", "2", address));
        return Optional.of(parse(family, Programs.attempt(command).output()));
    }

    static Ping parse(final String family, final String output) {
        final Matcher counts = COUNTS.matcher(output);
        if (!counts.find()) {
            throw new DemoException("ping printed no result: " + output.strip());
        }
        final Matcher times = TIMES.matcher(output);
        final boolean timed = times.find();
        return new Ping(family, Long.parseLong(counts.group(1)), Long.parseLong(counts.group(2)),
                timed ? Double.parseDouble(times.group(1)) : 0, timed ? Double.parseDouble(times.group(2)) : 0);
    }

    boolean isComplete() {
        return sent > 0 && answered == sent;
    }
}
