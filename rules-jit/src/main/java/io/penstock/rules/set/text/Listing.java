package io.penstock.rules.set.text;

import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetSpec;
import io.penstock.rules.set.SetStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Lists sets, in one of three ways. */
final class Listing {

    /** Characters that are printed at once. */
    private static final int BLOCK = 8192;
    private static final int XML_PREFIX = "<member><elem>".length();
    private static final int SAVE_PREFIX = "add ".length() + " ".length();

    private final Session session;
    private final CommandWord command;
    private final ListFormat format;
    private final StringBuilder text = new StringBuilder();
    private final List<String> sorted = new ArrayList<>();
    private boolean hasPrinted;

    Listing(final Session session, final CommandWord command) {
        this.session = session;
        this.command = command;
        this.format = session.format;
    }

    /**
     * Lists one, or all.
     *
     * @param set null for all
     */
    void list(final String set) throws SetProblem {
        text.append(format == ListFormat.XML ? "<ipsets>\n" : "");
        if (set != null) {
            set(set);
        } else {
            for (final String name : session.store.names()) {
                one(name);
            }
        }
        text.append(format == ListFormat.XML ? "</ipsets>\n" : "");
        print(1);
    }

    /** One of all: it may be gone meanwhile. */
    private void one(final String name) throws SetProblem {
        try {
            set(name);
        } catch (final SetProblem problem) {
            if (problem.code() != SetProblem.Code.ENOENT) {
                throw problem;
            }
        }
    }

    private void set(final String name) throws SetProblem {
        if (session.isNamesOnly && format != ListFormat.SAVE) {
            // What is known of a set may take long to find out: its elements are counted.
            if (!session.store.exists(name)) {
                throw new SetProblem(SetProblem.Code.ENOENT);
            }
            text.append(format == ListFormat.XML ? "<ipset name=\"" + name + "\"/>\n" : name + "\n");
            return;
        }
        // Text to be restored has no numbers of what there is now.
        final SetStore.Header header = format == ListFormat.SAVE ? null : session.store.header(name);
        final SetSpec spec = header == null ? session.store.spec(name) : header.spec();
        final TypeWords type = TypeWords.of(spec.type());
        head(name, type, spec);
        if (header == null) {
            text.append('\n');
        } else {
            numbers(header);
        }
        // Only a list that is not to be restored is asked for without its elements.
        if (!session.isHeadersOnly || command == CommandWord.SAVE || format == ListFormat.SAVE) {
            members(name, type, spec.family());
        }
        if (format == ListFormat.XML) {
            text.append(session.isHeadersOnly ? "</ipset>\n" : "</members>\n</ipset>\n");
        }
        hasPrinted = true;
    }

    private void head(final String name, final TypeWords type, final SetSpec spec) {
        switch (format) {
            case SAVE -> text.append("create ").append(name).append(' ').append(type.word());
            case PLAIN -> text.append(hasPrinted ? "\n" : "").append("Name: ").append(name).append("\nType: ").append(type.word())
                    .append("\nRevision: ").append(spec.type().revision()).append("\nHeader:");
            default -> text.append("<ipset name=\"").append(name).append("\">\n<type>").append(type.word()).append("</type>\n<revision>")
                    .append(spec.type().revision()).append("</revision>\n<header>");
        }
        for (final CreateOption option : type.createOptions()) {
            final String argument = option.text(spec);
            if (argument != null) {
                option(option, argument);
            }
        }
    }

    private void numbers(final SetStore.Header header) {
        if (format == ListFormat.PLAIN) {
            text.append("\nSize in memory: ").append(header.memory()).append("\nReferences: ").append(header.references())
                    .append("\nNumber of entries: ").append(header.elements()).append(session.isHeadersOnly ? "\n" : "\nMembers:\n");
        } else {
            text.append("\n<memsize>").append(header.memory()).append("</memsize>\n<references>").append(header.references())
                    .append("</references>\n<numentries>").append(header.elements()).append("</numentries>\n")
                    .append(session.isHeadersOnly ? "</header>\n" : "</header>\n<members>\n");
        }
    }

    private void option(final LineOption option, final CharSequence argument) {
        if (format != ListFormat.XML) {
            text.append(' ').append(option.word());
            if (option.takesArgument()) {
                text.append(' ').append(argument);
            }
        } else if (option.takesArgument()) {
            text.append('<').append(option.word()).append('>').append(argument).append("</").append(option.word()).append('>');
        } else {
            text.append('<').append(option.word()).append("/>");
        }
    }

    private void members(final String name, final TypeWords type, final int family) throws SetProblem {
        final ElementText elements = new ElementText(session.names, session.isResolving, type, family);
        if (!session.isSorted || !type.type().isHash()) {
            tell(name, element -> {
                member(name, type, elements, element);
                print(BLOCK);
            });
            return;
        }
        print(1);
        tell(name, element -> {
            member(name, type, elements, element);
            sorted.add(text.toString());
            text.setLength(0);
        });
        final int prefix = switch (format) {
            case SAVE -> SAVE_PREFIX + name.length();
            case XML -> XML_PREFIX;
            default -> 0;
        };
        for (final String line : new SortedLines(prefix, session.isResolving).sort(sorted)) {
            text.append(line);
            print(BLOCK);
        }
        sorted.clear();
    }

    /** Names of hosts may take seconds each, and who tells of a set holds others up: first the elements, then their names. */
    private void tell(final String name, final Consumer<SetElement> each) throws SetProblem {
        if (!session.isResolving) {
            session.store.list(name, each);
            return;
        }
        final List<SetElement> held = new ArrayList<>();
        session.store.list(name, element -> held.add(element.copy()));
        held.forEach(each);
    }

    private void member(final String name, final TypeWords type, final ElementText elements, final SetElement element) {
        switch (format) {
            case SAVE -> text.append("add ").append(name).append(' ');
            case XML -> text.append("<member><elem>");
            default -> {
            }
        }
        elements.print(text, element);
        text.append(format == ListFormat.XML ? "</elem>" : "");
        for (final ElementOption option : type.elementOptions(CommandWord.ADD)) {
            if (option.isIn(element)) {
                member(option, element);
            }
        }
        text.append(format == ListFormat.XML ? "</member>\n" : "\n");
    }

    private void member(final ElementOption option, final SetElement element) {
        if (format == ListFormat.XML && option.takesArgument()) {
            text.append('<').append(option.word()).append('>');
            option.print(text, element);
            text.append("</").append(option.word()).append('>');
        } else if (format == ListFormat.XML) {
            text.append('<').append(option.word()).append("/>");
        } else {
            text.append(' ').append(option.word());
            if (option.takesArgument()) {
                text.append(' ');
                option.print(text, element);
            }
        }
    }

    private void print(final int least) {
        if (text.length() >= least) {
            session.list(text);
            text.setLength(0);
        }
    }
}
