package io.penstock.perf.bench.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * One measurement of a plan: a child's command line, and what it takes.
 *
 * @param id       names its file, and it in budgets and charts; of letters, digits and hyphens
 * @param title    for people
 * @param command  from {@code bench} on, without {@code --json}
 * @param rounds   how often, each time in processes of its own, with others in between: what differs from process to process is
 *                 in the spread
 * @param seconds  that a round is expected to take on a machine like those that it was tried on. Only the time left is told by it, and
 *                 a child that takes very much longer is ended
 * @param needs    what it cannot be without
 * @param peer     whom it compares with, when that is there; null for nobody
 * @param peerArguments what of the command is about the peer, and left out where it is absent; empty where the whole measurement is
 *                 nothing without it
 */
record Measurement(String id, String title, List<String> command, int rounds, double seconds, List<Need> needs, Need peer,
        List<String> peerArguments) {

    Measurement {
        if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("no name for a file: id=" + id);
        }
        command = List.copyOf(command);
        needs = List.copyOf(needs);
        peerArguments = List.copyOf(peerArguments);
    }

    /** One without peers and needs, once. */
    static Measurement of(final String id, final String title, final double seconds, final String... command) {
        return new Measurement(id, title, List.of(command), 1, seconds, List.of(), null, List.of());
    }

    /** The same so many times. */
    Measurement times(final int n) {
        return new Measurement(id, title, command, n, seconds, needs, peer, peerArguments);
    }

    /** The same where all of this is there. */
    Measurement needing(final Need... more) {
        final List<Need> all = new ArrayList<>(needs);
        all.addAll(List.of(more));
        return new Measurement(id, title, command, rounds, seconds, all, peer, peerArguments);
    }

    /** The same with a peer, if that is there, else alone; or, without arguments, not at all. */
    Measurement beside(final Need who, final String... arguments) {
        return new Measurement(id, title, command, rounds, seconds, needs, who, List.of(arguments));
    }

    /** The same with more options. */
    Measurement with(final String... options) {
        final List<String> all = new ArrayList<>(command);
        all.addAll(List.of(options));
        return new Measurement(id, title, all, rounds, seconds, needs, peer, peerArguments);
    }

    /** Whether it is made, peer or no peer. */
    boolean isAloneToo() {
        return peer == null || !peerArguments.isEmpty();
    }

    /** Its command line on this machine. */
    List<String> command(final boolean withPeer) {
        final List<String> all = new ArrayList<>(command);
        if (withPeer) {
            all.addAll(peerArguments);
        }
        all.add("--json");
        return all;
    }

    /** Whether a user's word is about it. */
    boolean matches(final String word) {
        return id.contains(word) || String.join(" ", command).contains(word);
    }
}
