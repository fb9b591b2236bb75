package io.penstock.perf.bench.peer;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.demo.Programs;
import io.penstock.perf.bench.measure.BenchException;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Somebody who does what Penstock does, or a part of it, and can be measured beside it.
 *
 * @param name     in listings
 * @param programs what must be there
 * @param packages Debian's packages that bring them; none for one that Debian does not have
 * @param asked    gives a command that tells the version; which one, may depend on what is installed meanwhile
 * @param version  its place in what that prints: the groups
 * @param use      what it is for, for people
 * @param commands by which it is measured
 */
record Peer(
        String name, List<String> programs, List<String> packages, Supplier<List<String>> asked, Pattern version, String use, String commands) {

    /** Whether Debian has it at all. */
    boolean isPackaged() {
        return !packages.isEmpty();
    }

    /** Its version, or null when it is not here, or is another build than is needed. */
    String findVersion() {
        if (!isPackaged() || !programs.stream().allMatch(Programs::exist)) {
            return null;
        }
        try {
            return versionIn(Programs.attempt(asked.get()).output());
        } catch (final DemoException e) {
            // It is there, and cannot be run.
            return null;
        }
    }

    /** Its version; refuses a machine without it. */
    String require() {
        final String found = findVersion();
        if (found == null) {
            throw new BenchException(ExitCode.USAGE, "the peer " + name + " is not installed; run 'apt install "
                    + String.join(" ", packages) + "', or 'bench peers --install'");
        }
        return found;
    }

    /** The version in what the command printed, or null. */
    String versionIn(final String printed) {
        final Matcher matcher = version.matcher(printed);
        return !matcher.find() ? null : IntStream.rangeClosed(1, matcher.groupCount()).mapToObj(matcher::group).collect(Collectors.joining(", "));
    }
}
