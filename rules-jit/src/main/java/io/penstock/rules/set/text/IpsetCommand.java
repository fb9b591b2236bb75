package io.penstock.rules.set.text;

import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.Names;
import io.penstock.rules.set.SetStore;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.SystemNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code ipset} (source: ipset(8) of version 7.17, and what that version does).
 *
 * <ol>
 * <li>Elements that consecutive lines of a file add to one set, or delete from it, go to the store together, as they go to the kernel: a
 * line that is wrong leaves undone those before it that have not gone yet.
 * <li>What a line of a file says of the output or of {@code -exist} and {@code -quiet} holds for the lines after it.
 * <li>A test, and a warning, end a file that is restored, with success.
 * </ol>
 *
 * <p>Differs from ipset 7.17: an element {@code icmp:} of a bitmap of ports is refused, where ipset crashes; a line that is typed begins
 * with nothing said, where ipset keeps parts of one that was wrong; listings within a file that is restored with {@code -file} go to
 * standard output, where ipset empties that file. Where the store tells who uses a set, a second line says so.
 *
 * <p>Threads: any; a command's own streams are its thread's.
 */
public final class IpsetCommand {

    private final SetStore store;
    private final CommandFiles files;
    private final Names names;
    private int line;
    private boolean isWhole;

    /** The command over a store, with this machine's names of services, protocols and hosts. */
    public IpsetCommand(final SetStore store, final CommandFiles files) {
        this(store, files, SystemNames.withoutNetworks(Path.of("/etc")));
    }

    /**
     * The command over a store.
     *
     * @param files files of whoever gives the command
     */
    public IpsetCommand(final SetStore store, final CommandFiles files, final Names names) {
        this.store = store;
        this.files = files;
        this.names = names;
    }

    /**
     * Runs it.
     *
     * @param words the arguments, without the command's name; a character is a byte
     * @param in    standard input
     * @param out   standard output; writes ISO 8859-1
     * @param err   standard error; writes ISO 8859-1
     * @return the exit status
     */
    public int run(final List<String> words, final InputStream in, final PrintStream out, final PrintStream err) {
        final Session session = new Session(store, names, files, in, out, err);
        try {
            if (words.size() >= Words.MOST) {
                session.complain(Session.PARAMETER, "Line is too long to parse.");
            }
            final Words line = new Words();
            words.forEach(line::add);
            return new LineRunner(session).run(line);
        } catch (final ToolExit exit) {
            return exit.status();
        } catch (final IOException problem) {
            throw new UncheckedIOException(problem);
        } finally {
            line = session.line;
            isWhole = session.isWhole;
            session.close();
        }
    }

    /** The line of the file that the last run came to, from 1; 0 where it restored none. */
    public int line() {
        return line;
    }

    /** Whether the last run restored a file to its end: {@code quit}, a test and a warning end one early, and what waits is not done. */
    public boolean isWhole() {
        return isWhole;
    }
}
