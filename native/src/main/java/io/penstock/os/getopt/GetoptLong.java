package io.penstock.os.getopt;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The C library's {@code getopt_long}: long options by any unambiguous beginning, {@code --name=value}, short
 * options in one word, arguments in the same word or the next. Options may be added while it runs.
 *
 * <p>It keeps its own copy of the words, which callers may change (as iptables does).
 *
 * <p>Threads: one.
 *
 * @param <O> the program's long options
 */
public final class GetoptLong<O extends KnownOption<O>> {

    /** No words are left. */
    public static final int END = -1;
    /** A word that is no option. */
    public static final int PLAIN = 1;
    /** An option that is not known, or ambiguous, or with an argument that it does not take. */
    public static final int UNKNOWN = '?';
    /** An option without its argument. */
    public static final int MISSING = ':';
    /** A long option of {@link #found}. */
    public static final int LONG = 2;

    /** In front of a long option. */
    private static final int DASHES = 2;

    private final String[] words;
    private final String shorts;
    private final boolean plainFirst;
    private final List<List<O>> options;
    private int index;
    private int firstPlain;
    private int lastPlain;
    /** The word whose short options are being read; null between words. */
    private String cluster;
    private int clusterAt;
    private String argument;
    private O found;
    private String complaint;

    /**
     * Begins.
     *
     * @param words      the words, without the command's name
     * @param shorts     short options, each with {@code :} or {@code ::} if it takes an argument or may take one
     * @param inOrder    whether a word that is no option is given back where it stands, otherwise all of them come last
     * @param options    long options, list by list; the caller may add lists
     */
    public GetoptLong(final List<String> words, final String shorts, final boolean inOrder,
            final List<List<O>> options) {
        this.words = words.toArray(new String[0]);
        this.shorts = shorts;
        this.plainFirst = inOrder;
        this.options = options;
    }

    /** The argument of what was found, or the plain word, or null. */
    public String argument() {
        return argument;
    }

    /** The long option that was found. */
    public O found() {
        return found;
    }

    /** How many words are behind. */
    public int index() {
        return index;
    }

    /** Goes back by a word, to read it again. */
    public void stepBack() {
        index--;
    }

    /** How many words there are. */
    public int count() {
        return words.length;
    }

    /** A word; the command's name before the first one. */
    public String word(final int at) {
        return words[at];
    }

    /** Changes a word. */
    public void word(final int at, final String text) {
        words[at] = text;
    }

    /** Takes the next word, whatever it is. */
    public String take() {
        return words[index++];
    }

    /** Whether the next word is there and could be an argument: neither an option nor a negation. */
    public boolean hasPlain() {
        return index < words.length && !words[index].startsWith("-") && !words[index].startsWith("!");
    }

    /** Goes on: a short option's letter, {@link #LONG}, {@link #PLAIN}, {@link #UNKNOWN}, {@link #MISSING} or {@link #END}. */
    public int next() {
        argument = null;
        found = null;
        if (cluster == null) {
            if (!plainFirst) {
                skipPlain();
            }
            if (index < words.length && words[index].equals("--")) {
                index++;
                bringForward();
                firstPlain = firstPlain == lastPlain ? index : firstPlain;
                lastPlain = words.length;
                index = words.length;
            }
            if (index == words.length) {
                index = firstPlain == lastPlain ? index : firstPlain;
                return END;
            }
            final String word = words[index];
            if (!isOption(word)) {
                argument = words[index++];
                return PLAIN;
            }
            if (word.startsWith("--")) {
                return longOption(word);
            }
            cluster = word;
            clusterAt = 1;
        }
        return shortOption();
    }

    /** What the C library says about an option that was found {@link #UNKNOWN} or {@link #MISSING}, with its line end. */
    public String complaint(final String command) {
        return command + ": " + complaint + "\n";
    }

    private int complain(final int result, final String text) {
        complaint = text;
        return result;
    }

    private static boolean isOption(final String word) {
        return word.length() > 1 && word.charAt(0) == '-';
    }

    /** Goes on to the next option; what was passed over is behind it when it has been taken. */
    private void skipPlain() {
        if (firstPlain == lastPlain) {
            firstPlain = index;
        } else {
            bringForward();
        }
        while (index < words.length && !isOption(words[index])) {
            index++;
        }
        lastPlain = index;
    }

    /** Brings the options that were taken last before the plain words that were passed over. */
    private void bringForward() {
        if (firstPlain == lastPlain || lastPlain == index) {
            return;
        }
        Collections.rotate(Arrays.asList(words).subList(firstPlain, index), index - lastPlain);
        firstPlain += index - lastPlain;
        lastPlain = index;
    }

    private int shortOption() {
        final String word = cluster;
        final char letter = word.charAt(clusterAt++);
        if (clusterAt == word.length()) {
            cluster = null;
            index++;
        }
        final int at = letter == ':' || letter == ';' ? -1 : shorts.indexOf(letter);
        if (at < 0) {
            return complain(UNKNOWN, "invalid option -- '" + letter + "'");
        }
        if (!shorts.startsWith(":", at + 1)) {
            return letter;
        }
        if (cluster != null) {
            argument = word.substring(clusterAt);
            cluster = null;
            index++;
        } else if (!shorts.startsWith("::", at + 1)) {
            if (index == words.length) {
                return complain(MISSING, "option requires an argument -- '" + letter + "'");
            }
            argument = words[index++];
        }
        return letter;
    }

    private int longOption(final String word) {
        final int equals = word.indexOf('=', DASHES);
        final int end = equals < 0 ? word.length() : equals;
        final O option = byName(word, end);
        index++;
        if (option == null) {
            final String others = candidates(word.substring(DASHES, end));
            return complain(UNKNOWN, others.isEmpty() ? "unrecognized option '" + word + "'"
                    : "option '" + word + "' is ambiguous; possibilities:" + others);
        }
        found = option;
        if (equals >= 0) {
            if (option.argument() == OptionArgument.NONE) {
                return complain(UNKNOWN, "option '--" + option.name() + "' doesn't allow an argument");
            }
            argument = word.substring(equals + 1);
        } else if (option.argument() == OptionArgument.NEEDED) {
            if (index == words.length) {
                return complain(MISSING, "option '--" + option.name() + "' requires an argument");
            }
            argument = words[index++];
        }
        return LONG;
    }

    private String candidates(final String name) {
        final StringBuilder names = new StringBuilder();
        for (final List<O> list : options) {
            for (final O option : list) {
                if (option.name().startsWith(name)) {
                    names.append(" '--").append(option.name()).append('\'');
                }
            }
        }
        return names.toString();
    }

    /**
     * The option whose name, or the only one whose name's beginning, stands in a word behind its dashes. Without iterators: it is asked for
     * each word of long files.
     */
    private O byName(final String word, final int end) {
        final int length = end - DASHES;
        O begun = null;
        boolean ambiguous = false;
        for (int i = 0; i < options.size(); i++) {
            final List<O> list = options.get(i);
            for (int j = 0; j < list.size(); j++) {
                final O option = list.get(j);
                final boolean begins = option.name().regionMatches(0, word, DASHES, length);
                if (begins && option.name().length() == length) {
                    return option;
                }
                if (begins) {
                    ambiguous |= begun != null && !begun.isSameAs(option);
                    begun = begun == null ? option : begun;
                }
            }
        }
        return ambiguous ? null : begun;
    }
}
