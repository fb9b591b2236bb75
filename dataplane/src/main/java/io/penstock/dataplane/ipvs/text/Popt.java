package io.penstock.dataplane.ipvs.text;

import io.penstock.os.getopt.OptionArgument;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Reads a command line as the popt library does: long options by their whole name, {@code --name=value}, short options in one word,
 * arguments in the same word (after {@code =} too) or the next; an argument that may be left out is what does not begin with a dash;
 * words that are no options are kept for later, and so is all that follows {@code --}.
 *
 * <p>Source: popt(3), version 1.19. Differs: {@code !#:+} within an argument is not another argument.
 *
 * <p>Threads: one.
 */
final class Popt {

    /** What came of a step. */
    enum Step {
        /** An option: {@link #found()}. */
        OPTION(null),
        /** No words are left. */
        END(null),
        /** An option without its argument. */
        MISSING("missing argument"),
        /** A word that begins with a dash and is no option. */
        UNKNOWN("unknown option"),
        /** An option with an argument that it does not take. */
        UNWANTED("option does not take an argument");

        private final String reason;

        Step(final String reason) {
            this.reason = reason;
        }

        /** The library's words for it, or null. */
        String reason() {
            return reason;
        }
    }

    private final List<String> words;
    private final Queue<String> plain = new ArrayDeque<>();
    private int next;
    /** What follows in a word of short options; null when there is none. */
    private String rest;
    private boolean isAllPlain;
    private Word found;
    private String argument;

    Popt(final List<String> words) {
        this.words = words;
    }

    /** The option of the last step. */
    Word found() {
        return found;
    }

    /** Its argument, or null. */
    String argument() {
        return argument;
    }

    /** The word that was taken last. */
    String lastWord() {
        return words.get(next - 1);
    }

    /** The next word that is no option, or null. */
    String plainWord() {
        return plain.poll();
    }

    /** Goes on to the next option. */
    Step next() {
        String inWord = null;
        found = null;
        while (rest == null) {
            if (next == words.size()) {
                return Step.END;
            }
            final String word = words.get(next++);
            if (isAllPlain || !word.startsWith("-") || word.length() == 1) {
                plain.add(word);
            } else if (word.equals("--")) {
                isAllPlain = true;
            } else if (word.startsWith("--")) {
                final int equals = word.indexOf('=');
                inWord = equals < 0 ? null : word.substring(equals + 1);
                found = Word.of(word.substring(2, equals < 0 ? word.length() : equals));
                if (found == null) {
                    return Step.UNKNOWN;
                }
                return take(inWord);
            } else {
                rest = word.substring(1);
            }
        }
        found = rest.isEmpty() ? null : Word.of(rest.charAt(0));
        if (found == null) {
            rest = null;
            return Step.UNKNOWN;
        }
        rest = rest.length() == 1 ? null : rest.substring(1);
        if (rest == null || found.argument() == OptionArgument.NONE && !rest.startsWith("=")) {
            return take(null);
        }
        inWord = rest.substring(rest.startsWith("=") ? 1 : 0);
        rest = null;
        return take(inWord);
    }

    private Step take(final String inWord) {
        argument = null;
        if (found.argument() == OptionArgument.NONE) {
            return inWord == null ? Step.OPTION : Step.UNWANTED;
        }
        if (inWord != null) {
            argument = inWord;
        } else if (next == words.size()) {
            return found.argument() == OptionArgument.OPTIONAL ? Step.OPTION : Step.MISSING;
        } else if (found.argument() == OptionArgument.NEEDED || !words.get(next).startsWith("-")) {
            argument = words.get(next++);
        }
        return Step.OPTION;
    }
}
