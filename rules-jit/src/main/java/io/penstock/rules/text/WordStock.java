package io.penstock.rules.text;

/**
 * The words that were met lately: one object for each, since thousands of lines are made of a few words, and what a file leaves to the collector
 * makes workers wait.
 */
final class WordStock {

    private static final int PLACES = 1 << 10;
    private static final int FACTOR = 31;
    /** A longer word is hardly met twice. */
    private static final int LONGEST = 40;

    private final String[] places = new String[PLACES];

    /** A word's text. */
    String word(final StringBuilder text) {
        if (text.length() > LONGEST) {
            return text.toString();
        }
        int hash = 0;
        for (int i = 0; i < text.length(); i++) {
            hash = FACTOR * hash + text.charAt(i);
        }
        final int place = (hash ^ hash >>> Short.SIZE) & PLACES - 1;
        final String there = places[place];
        if (there != null && there.contentEquals(text)) {
            return there;
        }
        places[place] = text.toString();
        return places[place];
    }
}
