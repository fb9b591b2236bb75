package io.penstock.rules.set.text;

import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetSpec;
import java.util.List;

/**
 * Reads a command from a line's words: options of any command first, then the command, its arguments, its own options.
 *
 * <p>What is wrong is told at once and ends the run; where somebody types the lines it only makes the command null.
 */
final class LineReader {

    /** Bytes of a type's name. */
    private static final int TYPE_BYTES = 31;
    /** What ipset does not look for among values that are not allowed, though the end of a second range should be. */
    private static final long NOT_CHECKED = Value.SETNAME.bit() | Value.FAMILY.bit() | Value.IP2_TO.bit();

    private final Session session;
    private final Said said;
    private String argument;
    private SetSpec known;
    private TypeWords knownWords;

    LineReader(final Session session) {
        this.session = session;
        this.said = session.said;
    }

    /** The first argument of the last command; null if there was none. */
    String argument() {
        return argument;
    }

    /** Forgets of which type the last set was: it may be another one now. */
    void forgetSet() {
        known = null;
    }

    /** Reads the options of any command, and takes them out; false if one is wrong. */
    boolean generalOptions(final Words words) {
        boolean isOption = false;
        for (int i = 0; i < words.count(); i++) {
            isOption |= words.get(i).startsWith("-");
        }
        for (int j = 0; isOption && j < GeneralOption.ALL.size(); j++) {
            final GeneralOption option = GeneralOption.ALL.get(j);
            int i = 0;
            while (i < words.count()) {
                if (!option.is(words.get(i))) {
                    i++;
                    continue;
                }
                words.remove(i);
                if (option.takesArgument() && i == words.count()) {
                    return session.complain(Session.PARAMETER, "Missing mandatory argument to option " + option.letter());
                }
                if (!option.read(session, option.takesArgument() ? words.remove(i) : option.letter())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Takes a command's arguments; false if one is missing. */
    boolean arguments(final CommandWord command, final Words words) {
        argument = null;
        if (command.arguments() > 0 && words.count() == 0) {
            return session.complain(Session.PARAMETER, "Missing mandatory argument to command " + command.word());
        }
        if (command.arguments() != 0 && words.count() > 0) {
            argument = words.remove(0);
        }
        if (command.arguments() > 1 && words.count() == 0) {
            return session.complain(Session.PARAMETER, "Missing second mandatory argument to command " + command.word());
        }
        return true;
    }

    /** Reads what belongs to a command; false if it is wrong. */
    boolean read(final CommandWord command, final Words words) {
        final boolean isRead = switch (command) {
            case CREATE -> set(argument) && create(words.remove(0), words);
            case ADD, DELETE, TEST -> set(argument) && element(command, words.remove(0), words);
            case RENAME, SWAP -> set(argument) && other(words.remove(0));
            case LIST, SAVE -> (session.file == null || session.isFileRead || session.listToFile()) && (argument == null || set(argument));
            default -> argument == null || set(argument);
        };
        return isRead ? words.count() == 0 || session.complain(Session.PARAMETER, "Unknown argument " + words.get(0)) : session.complain();
    }

    private boolean set(final String name) {
        if (!ElementReader.isName(session, name)) {
            return false;
        }
        said.set = name;
        said.say(Value.SETNAME);
        return true;
    }

    private boolean other(final String name) {
        said.other = name;
        return ElementReader.isName(session, name);
    }

    private boolean create(final String name, final Words words) {
        if (name.length() > TYPE_BYTES) {
            return session.report.syntax("typename '" + name + "' is longer than " + TYPE_BYTES + " characters");
        }
        final TypeWords type = TypeWords.of(name);
        if (type == null) {
            return session.report.syntax("typename '" + name + "' is unknown");
        }
        said.type = type.type();
        if (CreateOption.hasFamily(type.type())) {
            said.family(AddressReader.IPV4);
            said.ignore(Value.FAMILY);
        } else if (type.type().isBitmap() && type != TypeWords.BITMAP_PORT) {
            said.family(AddressReader.IPV4);
        }
        // The family first: it is what addresses are read by.
        if (!options(type.createOptions(), words, true) || !options(type.createOptions(), words, false)) {
            return false;
        }
        words.clear();
        mandatory(type.neededToCreate(), type.createOptions());
        return true;
    }

    private boolean element(final CommandWord command, final String text, final Words words) {
        final TypeWords type = type();
        final List<ElementOption> options = type == null ? List.of() : type.elementOptions(command);
        if (type == null || !ElementReader.read(session, type, text) || !options(options, words, false)) {
            return false;
        }
        words.clear();
        mandatory(type.neededValues(), options);
        allowed(command, type, options);
        said.element.family = said.has(Value.IP) || said.has(Value.IP2) ? said.family : 0;
        return true;
    }

    /** The type of the set of the line; null if there is no such set. */
    private TypeWords type() {
        if (known == null || !known.name().equals(said.set)) {
            try {
                known = session.store.spec(said.set);
                knownWords = TypeWords.of(known.type());
            } catch (final SetProblem problem) {
                session.report.error(ProblemText.of(CommandWord.LIST, problem.code()));
                return null;
            }
        }
        said.type = known.type();
        if (known.family() != 0) {
            said.family(known.family());
        }
        return knownWords;
    }

    /**
     * Reads options.
     *
     * @param family whether it is only the family that counts, or only what else there is
     */
    private boolean options(final List<? extends LineOption> options, final Words words, final boolean family) {
        int i = 0;
        while (i < words.count()) {
            final String typed = words.get(i++);
            final LineOption option = find(options, typed);
            if (option == null) {
                return session.complain(Session.PARAMETER, "Unknown argument: `" + typed + "'");
            }
            if (option.takesArgument() && i == words.count()) {
                return session.complain(Session.PARAMETER, "Missing mandatory argument of option `" + option.word() + "'");
            }
            final String text = option.takesArgument() ? words.get(i++) : typed;
            if (family == (option.value() == Value.FAMILY) && !option(option, text)) {
                return false;
            }
        }
        return true;
    }

    private boolean option(final LineOption option, final String text) {
        final boolean isSaid = said.has(option.value()) && !(option.value() == Value.FAMILY && said.isIgnored(Value.FAMILY));
        return isSaid ? session.report.syntax(option.word() + " already specified") : option.read(session, text);
    }

    private static LineOption find(final List<? extends LineOption> options, final String typed) {
        final String word = typed.startsWith("--") ? typed.substring(2) : typed;
        for (int i = 0; i < options.size(); i++) {
            if (options.get(i).word().equals(word)) {
                return options.get(i);
            }
        }
        return null;
    }

    private void mandatory(final long needed, final List<? extends LineOption> options) {
        final long missing = needed & ~(said.values() | (said.has(Value.CIDR) ? Value.IP_TO.bit() : 0));
        if (missing != 0 && options.isEmpty()) {
            session.complain(Session.OTHER,
                    "There are missing mandatory flags but can't check them. It's a bug, please report the problem.");
            return;
        }
        for (final LineOption option : missing == 0 ? List.<LineOption>of() : options) {
            if ((missing & option.value().bit()) != 0) {
                session.complain(Session.PARAMETER, "Mandatory option `" + option.word() + "' is missing");
                return;
            }
        }
    }

    /** Complains of a value that elements cannot have in this command; that of the lowest number. */
    private void allowed(final CommandWord command, final TypeWords type, final List<? extends LineOption> options) {
        final long wrong = said.values() & ~type.allowedValues(command) & ~NOT_CHECKED;
        if (wrong == 0) {
            return;
        }
        final int number = Long.numberOfTrailingZeros(wrong);
        final String what = number == Value.CIDR.number() ? "IP/CIDR range" : number == Value.IP_TO.number() ? "FROM-TO IP range"
                : number == Value.PORT_TO.number() ? "FROM-TO port range" : null;
        if (what == null) {
            session.complain(Session.OTHER, "There are not allowed options (" + number + ") but "
                    + (options.isEmpty() ? "option list is empty." : "can't resolve them.") + " It's a bug, please report the problem.");
            return;
        }
        final String family = said.family == AddressReader.IPV4 ? "inet" : said.family == AddressReader.IPV6 ? "inet6" : "unspec";
        session.complain(Session.OTHER, what + " is not allowed in command " + command.word() + " with set type " + type.word()
                + " and family " + family);
    }
}
