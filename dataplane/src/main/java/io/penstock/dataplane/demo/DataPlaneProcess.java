package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.RuntimePaths;
import io.penstock.os.netns.NetNs;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A data plane in a namespace, started, asked and stopped by its own commands.
 *
 * <p>Its files in /run/penstock end with it: the namespace is the demonstration's own, and nobody will start another there.
 *
 * <p>Threads: one, and {@link #close} from any.
 */
final class DataPlaneProcess implements AutoCloseable {

    private final String netns;
    private final List<String> enter;
    private final List<String> penstock;
    private final WatchedProcess process;
    private boolean closed;

    /**
     * Nothing yet.
     *
     * @param netns    the namespace that it will run in
     * @param penstock the command line that stands for {@code penstock}
     */
    DataPlaneProcess(final String netns, final List<String> penstock) {
        this(netns, penstock, _ -> { });
    }

    /** The same with somebody who hears at once what it prints. */
    DataPlaneProcess(final String netns, final List<String> penstock, final Consumer<String> listener) {
        this.process = new WatchedProcess("the data plane", "ready"::equals, listener);
        this.netns = netns;
        this.enter = List.of("ip", "netns", "exec", netns);
        this.penstock = penstock;
    }

    /** Starts it and returns when it forwards. */
    void start(final List<String> options) {
        process.start(command("run", options));
    }

    /** True while it runs. */
    boolean isAlive() {
        return process.isAlive();
    }

    /** The last lines that it printed. */
    String printed() {
        return process.printed();
    }

    /** What {@code stat --json} says. */
    Counts stat() {
        return Counts.parse(Programs.run(command("stat", List.of("--json"))));
    }

    /** What another of its commands prints, which has to succeed. */
    String run(final String name, final String... arguments) {
        return Programs.run(command(name, List.of(arguments)));
    }

    @Override
    public synchronized void close() {
        process.close();
        if (!closed) {
            closed = true;
            removeFiles();
        }
    }

    /** Before the namespace goes, and with it the right to its number. */
    private void removeFiles() {
        try {
            final long inode = NetNs.within(netns, NetNs::inode);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(RuntimePaths.FOLDER, inode + ".*")) {
                for (final Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (final Exception e) {
            // The namespace or the folder was never made: then there is no file either.
        }
    }

    private List<String> command(final String name, final List<String> options) {
        final List<String> command = new ArrayList<>(enter);
        command.addAll(penstock);
        command.add(name);
        command.addAll(options);
        return command;
    }
}
