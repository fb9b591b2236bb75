package io.penstock.conntrack.text;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The C library's {@code getopt_long}: long options by any unambiguous beginning, {@code --name=value}, short options in one word,
 * arguments in the same word or the next; words that are no options come last. Options may be added while it runs.
 *
 * <p>It keeps its own copy of the words.
 */
final class Getopt {

    /** No words are left. */
    static final int END = -1;
    /** An option that is not known, or ambiguous, or with an argument that it does not take. */
    static final int UNKNOWN = '?';
    /** An option without its argument. */
    static final int MISSING = ':';

    private final String command;
    private final String[] words;
    private final String shorts;
    private final List<LongOption> options;
    private int index;
    private int firstPlain;
    private int lastPlain;
    private String rest = "";
    private String argument;

    /**
     * Begins.
     *
     * @param command the command's name, which stands before the words
     * @param words   the words
     * @param shorts  short options, each with {@code :} or {@code ::} if it takes an argument or may take one
     * @param options long options; the caller may add some
     */
    Getopt(final String command, final List<String> words, final String shorts, final List<LongOption> options) {
        this.command = command;
        this.words = words.toArray(new String[0]);
        this.shorts = shorts;
        this.options = options;
    }

    /** The argument of what was found, or null. */
    String argument() {
        return argument;
    }

    /** The word before the next one. */
    String last() {
        return index == 0 ? command : words[index - 1];
    }

    /** Takes the next word as an argument, if the option has none yet and the word is neither an option nor a negation; else null. */
    String takePlain() {
        final boolean isThere = argument == null && index < words.length && !words[index].startsWith("-") && !words[index].startsWith("!");
        return isThere ? words[index++] : null;
    }

    /** Goes on: an option's code, {@link #UNKNOWN}, {@link #MISSING} or {@link #END}. */
    int next() {
        argument = null;
        if (rest.isEmpty()) {
            skipPlain();
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
            if (word.startsWith("--")) {
                return longOption(word.substring(2));
            }
            rest = word.substring(1);
        }
        return shortOption();
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
        final char letter = rest.charAt(0);
        rest = rest.substring(1);
        if (rest.isEmpty()) {
            index++;
        }
        final int at = letter == ':' || letter == ';' ? -1 : shorts.indexOf(letter);
        if (at < 0) {
            return UNKNOWN;
        }
        if (!shorts.startsWith(":", at + 1)) {
            return letter;
        }
        if (!rest.isEmpty()) {
            argument = rest;
            rest = "";
            index++;
        } else if (!shorts.startsWith("::", at + 1)) {
            if (index == words.length) {
                return MISSING;
            }
            argument = words[index++];
        }
        return letter;
    }

    private int longOption(final String text) {
        final int equals = text.indexOf('=');
        final LongOption option = byName(equals < 0 ? text : text.substring(0, equals));
        index++;
        if (option == null) {
            return UNKNOWN;
        }
        if (equals >= 0) {
            if (option.argument() == LongOption.Argument.NONE) {
                return UNKNOWN;
            }
            argument = text.substring(equals + 1);
        } else if (option.argument() == LongOption.Argument.NEEDED) {
            if (index == words.length) {
                return MISSING;
            }
            argument = words[index++];
        }
        return option.code();
    }

    private LongOption byName(final String name) {
        LongOption begun = null;
        boolean isAmbiguous = false;
        for (final LongOption option : options) {
            if (option.name().equals(name)) {
                return option;
            }
            if (option.name().startsWith(name)) {
                isAmbiguous |= begun != null && (begun.argument() != option.argument() || begun.code() != option.code());
                begun = begun == null ? option : begun;
            }
        }
        return isAmbiguous ? null : begun;
    }
}
