package io.penstock.perf.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A temporary folder that is removed with all that is in it when it is closed, and when the process is told to end before.
 *
 * <p>Threads: one, and the shutdown hook.
 */
public final class ScratchFolder implements AutoCloseable {

    private final Path path;
    private final Thread hook;

    private ScratchFolder(final Path path) {
        this.path = path;
        this.hook = Thread.ofPlatform().name("scratch-clean-up").unstarted(() -> Folders.remove(path));
    }

    /** Makes one whose name begins with {@code penstock-} and this. */
    public static ScratchFolder make(final String name) {
        final Path path;
        try {
            path = Files.createTempDirectory("penstock-" + name + '-');
        } catch (final IOException e) {
            throw new BenchException("no folder for results can be made: " + e.getMessage() + "; free space in "
                    + System.getProperty("java.io.tmpdir"));
        }
        final ScratchFolder folder = new ScratchFolder(path);
        Runtime.getRuntime().addShutdownHook(folder.hook);
        return folder;
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() {
        ShutdownHooks.forget(hook);
        Folders.remove(path);
    }
}
