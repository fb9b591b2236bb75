package io.penstock.os.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace that a test makes and that is gone when it ends, with {@code lo} up. */
public final class TestNetNs implements AutoCloseable {

    private static final AtomicInteger NEXT = new AtomicInteger();

    private final String name;

    private TestNetNs(final String name) {
        this.name = name;
    }

    /** Makes a namespace whose name starts with {@code pt-}, the process id, and the given word. */
    public static TestNetNs create(final String word) {
        final String name = "pt-" + ProcessHandle.current().pid() + '-' + word + NEXT.incrementAndGet();
        Shell.sh("ip netns add %s", name);
        Shell.sh("ip -n %s link set lo up", name);
        return new TestNetNs(name);
    }

    /** Its name in {@code ip netns}. */
    public String name() {
        return name;
    }

    /** Runs {@code ip -n NAME ...}. */
    public String ip(final String arguments, final Object... values) {
        return Shell.sh("ip -n " + name + ' ' + (values.length == 0 ? arguments : arguments.formatted(values)));
    }

    /** Runs a command inside. */
    public String exec(final String command, final Object... values) {
        return Shell.sh("ip netns exec " + name + ' ' + (values.length == 0 ? command : command.formatted(values)));
    }

    /** Links this namespace's device {@code mine} with the other's {@code theirs} by a veth pair, both up. */
    public void veth(final String mine, final TestNetNs other, final String theirs) {
        ip("link add %s type veth peer name %s netns %s", mine, theirs, other.name);
        ip("link set %s up", mine);
        other.ip("link set %s up", theirs);
    }

    @Override
    public void close() {
        Shell.attempt(List.of("ip", "netns", "del", name));
    }
}
