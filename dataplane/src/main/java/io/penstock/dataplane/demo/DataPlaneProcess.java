package io.penstock.dataplane.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * A data plane in a namespace, started, asked and stopped by its own commands.
 *
 * <p>Threads: one, and {@link #close} from any.
 */
final class DataPlaneProcess implements AutoCloseable {

    private final List<String> enter;
    private final List<String> penstock;
    private final WatchedProcess process = new WatchedProcess("the data plane", "ready"::equals);

    /**
     * Nothing yet.
     *
     * @param netns    the namespace that it will run in
     * @param penstock the command line that stands for {@code penstock}
     */
    DataPlaneProcess(final String netns, final List<String> penstock) {
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

    @Override
    public void close() {
        process.close();
    }

    private List<String> command(final String name, final List<String> options) {
        final List<String> command = new ArrayList<>(enter);
        command.addAll(penstock);
        command.add(name);
        command.addAll(options);
        return command;
    }
}
