package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnectionException;
import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.os.getopt.ToolExit;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.Locale;

/**
 * {@code conntrack}.
 *
 * <p>Differs from conntrack-tools 1.4.7, where later versions do too: {@code -U} without addresses works, a status does not replace the
 * mark that is sought, {@code --id} takes its argument from the next word, an expectation's ports leave its protocol alone, and lines of
 * a file do not share marks and labels. {@code -j} with an address does not change what {@code -s} says. A connection that is gone when
 * it is to be deleted is passed over. A state that SCTP does not have is refused, where 1.4.7 crashes.
 *
 * <p>Threads: any; a command's own streams and input are its thread's.
 */
public final class ConntrackCommand {

    private final ConnectionStore store;
    private final ConntrackFiles files;
    private final Clock clock;
    private final Ending ending;

    /**
     * A command over a store.
     *
     * @param files  files of whoever gave the command
     * @param clock  what listings tell times by
     * @param ending how a command that tells events learns that it is to end
     */
    public ConntrackCommand(final ConnectionStore store, final ConntrackFiles files, final Clock clock, final Ending ending) {
        this.store = store;
        this.files = files;
        this.clock = clock;
        this.ending = ending;
    }

    /** The end of a command that goes on until somebody ends it. */
    @FunctionalInterface
    public interface Ending {

        /** Waits for it. */
        void await() throws InterruptedException;
    }

    /**
     * Runs it.
     *
     * @param words its arguments; a character is a byte
     * @param in    standard input
     * @param out   standard output; writes ISO 8859-1
     * @param err   standard error; writes ISO 8859-1
     * @return its exit status
     */
    public int run(final List<String> words, final InputStream in, final PrintStream out, final PrintStream err) {
        final Run run = new Run(new Console(out, err), files);
        try {
            if (words.size() > 1 && (words.getFirst().equals("-R") || words.getFirst().equals("--load-file"))) {
                for (final Command command : LoadFile.read(run, words.get(1), in)) {
                    execute(run, command);
                }
                return 0;
            }
            final Command command = new CommandParser(run, words).parse();
            return conclude(run.console(), command, execute(run, command));
        } catch (final ToolExit exit) {
            return exit.status();
        }
    }

    /** Says how many, and that there were none is a failure unless they were only to be listed or added. */
    private static int conclude(final Console console, final Command command, final int count) {
        final CommandKind kind = command.kind();
        if (kind.summary() == null || kind == CommandKind.EVENT) {
            return 0;
        }
        console.flush();
        console.warn(Console.TITLE + ": " + String.format(Locale.ROOT, kind.summary(), count));
        return count == 0 && kind != CommandKind.LIST && kind != CommandKind.EXPECT_LIST && kind != CommandKind.ADD ? Console.FAILED : 0;
    }

    private int execute(final Run run, final Command command) {
        try {
            return act(run, command);
        } catch (final ConnectionException refusal) {
            throw Refusals.failure(run.console(), command.kind(), refusal);
        }
    }

    private int act(final Run run, final Command command) throws ConnectionException {
        final ConnectionCommands connections = new ConnectionCommands(run, store, clock);
        final ExpectationCommands expectations = new ExpectationCommands(run, store, clock);
        switch (command.kind()) {
            case LIST -> {
                return connections.list(command);
            }
            case CREATE, ADD -> {
                return connections.create(command);
            }
            case UPDATE -> {
                return connections.update(command);
            }
            case DELETE -> {
                return connections.delete(command);
            }
            case GET -> {
                return connections.get(command);
            }
            case EXPECT_LIST -> {
                return expectations.list(command);
            }
            case FLUSH -> connections.flush();
            case COUNT -> connections.count();
            case STATISTICS -> connections.statistics();
            case EVENT -> new EventCommands(run, store, clock, ending).connections(command);
            case EXPECT_CREATE -> expectations.create(command);
            case EXPECT_DELETE -> expectations.delete(command);
            case EXPECT_GET -> expectations.get(command);
            case EXPECT_FLUSH -> expectations.flush();
            case EXPECT_COUNT -> expectations.count(command);
            case EXPECT_STATISTICS -> expectations.statistics();
            case EXPECT_EVENT -> new EventCommands(run, store, clock, ending).expectations();
            case VERSION -> run.console().print(Console.TITLE + "\n");
            default -> help(run, command);
        }
        return 0;
    }

    private void help(final Run run, final Command command) {
        run.console().print(HelpText.usage());
        if (command.has(GeneralOption.PROTOCOL)) {
            final String name = run.protocol == Protocol.UNKNOWN ? new ProtocolNames(files).name(command.protocolNumber()) : null;
            run.console().print(HelpText.protocol(run.protocol, name == null ? run.protocol.text() : name));
        }
    }
}
