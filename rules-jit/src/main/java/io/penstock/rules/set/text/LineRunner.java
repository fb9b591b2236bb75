package io.penstock.rules.set.text;

import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetProblem;
import java.io.IOException;
import java.io.InputStream;

/** Does what lines say. */
final class LineRunner {

    /** Exit status of a file that cannot be opened. */
    private static final int UNREADABLE = 255;
    private static final String PROMPT = Session.TOOL + "> ";

    private final Session session;
    private final LineReader reader;
    private final AddBatch batch;
    private final LineFile typed;
    private final Words words = new Words();

    LineRunner(final Session session) {
        this.session = session;
        this.reader = new LineReader(session);
        this.batch = new AddBatch(session);
        this.typed = new LineFile(session.in);
    }

    /** Does what one line says, and says how that went; gives the exit status. */
    int run(final Words line) throws IOException {
        session.said.forget();
        session.report.line(session.line);
        final CommandWord command = read(line);
        if (command == CommandWord.RESTORE) {
            return restore();
        }
        final boolean isDone = command == null || execute(command);
        if (!isDone || session.report.kind() != Report.Kind.NONE) {
            session.complain();
        }
        return 0;
    }

    /** The command that a line asks for; null if there is nothing more to do. */
    private CommandWord read(final Words line) throws IOException {
        if (!reader.generalOptions(line)) {
            return null;
        }
        final CommandWord command = line.count() == 0 ? null : CommandWord.of(line.get(0));
        if (command == null) {
            none(line);
            return null;
        }
        if (session.line != 0
                && (command == CommandWord.RESTORE || command == CommandWord.VERSION || command == CommandWord.HELP)) {
            session.complain(Session.PARAMETER, "Command `" + command.word() + "' is invalid in restore mode.");
            return null;
        }
        if (session.isInteractive && command == CommandWord.RESTORE) {
            session.print("Restore command is not supported in interactive mode\n");
            return null;
        }
        line.remove(0);
        if (!reader.arguments(command, line)) {
            return null;
        }
        switch (command) {
            case QUIT -> throw new ToolExit(0);
            case VERSION -> session.print(Session.TITLE + ", protocol version: 7\n");
            case HELP -> help(reader.argument());
            case RESTORE -> {
                return line.count() == 0 || session.complain(Session.PARAMETER, "Unknown argument " + line.get(0)) ? command : null;
            }
            default -> {
                return reader.read(command, line) ? command : null;
            }
        }
        if (!session.isInteractive) {
            throw new ToolExit(0);
        }
        return null;
    }

    private void none(final Words line) throws IOException {
        if (session.isInteractive) {
            session.print("No command specified\n");
        } else if (line.count() > 0 && line.get(0).equals("-")) {
            talk();
        } else {
            session.complain(Session.PARAMETER,
                    line.count() == 0 ? "No command specified." : "No command specified: unknown argument " + line.get(0));
        }
    }

    private void help(final String name) {
        session.print(HelpText.general());
        if (!session.isInteractive && session.isQuiet) {
            return;
        }
        final TypeWords type = name == null ? null : TypeWords.of(name);
        if (name == null) {
            session.print(HelpText.types());
        } else if (type == null) {
            session.complain(Session.PARAMETER, "Unknown settype: `" + name + "'");
        } else {
            session.print(HelpText.of(type));
        }
    }

    /** Does what somebody types. */
    private void talk() throws IOException {
        session.isInteractive = true;
        session.print(PROMPT);
        while (typed.next()) {
            words.clear();
            if (typed.isEmpty()) {
                session.print(PROMPT);
            } else {
                final String problem = typed.split(words);
                if (problem == null) {
                    run(words);
                } else {
                    session.complain(Session.PARAMETER, problem);
                }
            }
            session.print(PROMPT);
        }
        throw new ToolExit(0);
    }

    private int restore() throws IOException {
        if (session.file == null) {
            return restore(typed);
        }
        final InputStream in;
        try {
            in = session.files.read(session.file);
        } catch (final IOException missing) {
            return UNREADABLE;
        }
        session.isFileRead = true;
        try (in) {
            return restore(new LineFile(in));
        }
    }

    private int restore(final LineFile lines) throws IOException {
        while (lines.next()) {
            session.line++;
            if (lines.isEmpty()) {
                continue;
            }
            if (lines.isCommit()) {
                commit();
                continue;
            }
            words.clear();
            final String problem = lines.split(words);
            if (problem != null) {
                session.complain(Session.PARAMETER, problem);
            }
            run(words);
        }
        commit();
        session.isWhole = true;
        return 0;
    }

    private void commit() {
        if (!batch.send()) {
            session.complain();
        }
    }

    private boolean execute(final CommandWord command) {
        final Said said = session.said;
        final boolean isElement = command == CommandWord.ADD || command == CommandWord.DELETE;
        final boolean waits = isElement && session.line != 0 && said.has(Value.SETNAME);
        if (!(waits && batch.takes(command, said.set)) && !batch.send()) {
            return false;
        }
        if ((isElement || command == CommandWord.TEST) && !said.has(Value.SETNAME)) {
            return session.report.error("Invalid " + command.word() + " command: missing setname");
        }
        if (waits) {
            return batch.put(command);
        }
        if (!isElement && command != CommandWord.TEST) {
            reader.forgetSet();
        }
        try {
            return act(command, said);
        } catch (final SetProblem problem) {
            if (command == CommandWord.DESTROY && problem.code() == SetProblem.Code.ENOENT && session.isExistFine) {
                return true;
            }
            session.report.error(ProblemText.of(command, problem.code()));
            if (!problem.users().isEmpty()) {
                session.report.explain("set=" + problem.set() + " in use by: " + problem.users());
            }
            return false;
        }
    }

    private boolean act(final CommandWord command, final Said said) throws SetProblem {
        switch (command) {
            case CREATE -> session.store.create(said.spec(), session.isExistFine);
            case ADD -> session.store.add(said.set, said.element, session.isExistFine);
            case DELETE -> session.store.delete(said.set, said.element, session.isExistFine);
            case TEST -> {
                return test(session.store.test(said.set, said.element), said.element);
            }
            case RENAME -> session.store.rename(said.set, said.other);
            case SWAP -> session.store.swap(said.set, said.other);
            case DESTROY -> destroy(said.set);
            case FLUSH -> flush(said.set);
            default -> {
                if (session.format == null) {
                    session.format = command == CommandWord.LIST ? ListFormat.PLAIN : ListFormat.SAVE;
                }
                new Listing(session, command).list(said.set);
            }
        }
        return true;
    }

    private void destroy(final String set) throws SetProblem {
        if (set == null) {
            session.store.destroyAll();
        } else {
            session.store.destroy(set);
        }
    }

    private void flush(final String set) throws SetProblem {
        if (set == null) {
            session.store.flushAll();
        } else {
            session.store.flush(set);
        }
    }

    /** An element that is not there is a failure, of which nothing is told when all is to be quiet. */
    private boolean test(final boolean isThere, final SetElement element) {
        final Said said = session.said;
        if (session.isQuiet) {
            return isThere || session.report.error("Internal protocol error");
        }
        final StringBuilder text = new StringBuilder();
        new ElementText(session.names, false, TypeWords.of(said.type), said.family).print(text, asTyped(element));
        text.append(said.has(Value.NAMEREF) ? " after " + element.nameref : "");
        session.report.begin(text);
        session.report.add(isThere ? Report.Kind.WARNING : Report.Kind.NOTICE,
                " is " + (isThere ? "" : "NOT ") + "in set " + said.set + ".");
        return isThere;
    }

    /** Tests do not tell that a device is a bridge's port, and take {@code before} for {@code after}. */
    private static SetElement asTyped(final SetElement element) {
        element.physdev = false;
        return element;
    }
}
