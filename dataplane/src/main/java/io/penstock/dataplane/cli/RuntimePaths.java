package io.penstock.dataplane.cli;

import io.penstock.os.netns.NetNs;
import java.nio.file.Path;

/**
 * Where a data plane and those who talk to it meet: {@code /run/penstock/NETNS.sock} and {@code NETNS.counters}, NETNS being
 * the inode number of the calling thread's network namespace, or what {@code --socket} or PENSTOCK_SOCKET say and the counters
 * beside it.
 */
public final class RuntimePaths {

    /** The folder unless overridden. */
    public static final Path FOLDER = Path.of("/run/penstock");

    private static final String SOCKET_SUFFIX = ".sock";
    private static final String COUNTERS_SUFFIX = ".counters";

    private RuntimePaths() {
    }

    /** The control socket; {@code option} is {@code --socket} or null. */
    public static Path socket(final Path option) {
        if (option != null) {
            return option;
        }
        final String environment = System.getenv("PENSTOCK_SOCKET");
        return environment == null || environment.isEmpty()
                ? FOLDER.resolve(NetNs.inode() + SOCKET_SUFFIX)
                : Path.of(environment);
    }

    /** The counter file, beside the socket: {@code x.sock} has {@code x.counters}, {@code x} has {@code x.counters} too. */
    public static Path counters(final Path option) {
        final Path socket = socket(option);
        final String name = String.valueOf(socket.getFileName());
        final String stem =
                name.endsWith(SOCKET_SUFFIX) ? name.substring(0, name.length() - SOCKET_SUFFIX.length()) : name;
        return socket.resolveSibling(stem + COUNTERS_SUFFIX);
    }
}
