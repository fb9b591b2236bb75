package io.penstock.conntrack.text;

import java.io.IOException;

/** What the commands of one run share: all lines of a file are one run. Not for several threads. */
final class Run {

    private final Console console;
    private final ConntrackFiles files;
    private LabelMap labels;
    /** What {@code -o} has said, in all lines. */
    int output;
    /** The protocol that was named last, in all lines; null before. */
    Protocol protocol;

    Run(final Console console, final ConntrackFiles files) {
        this.console = console;
        this.files = files;
    }

    Console console() {
        return console;
    }

    ConntrackFiles files() {
        return files;
    }

    /** Names of labels, or null. */
    LabelMap labels() {
        return labels;
    }

    /** Reads the names of labels unless it has. */
    void readLabels() {
        if (labels != null) {
            return;
        }
        try {
            final LabelMap read = LabelMap.read(files, ConntrackFiles.LABELS);
            if (!read.isEmpty()) {
                labels = read;
                return;
            }
            console.warn("nfct_labelmap_new: Success\n");
        } catch (final IOException e) {
            console.warn("nfct_labelmap_new: " + e.getMessage() + "\n");
        }
    }

    /** The bit of a label. */
    int label(final String name) {
        final int bit = labels == null ? -1 : labels.bit(name);
        if (bit < 0) {
            throw console.wrong("unknown label '" + name + "'");
        }
        return bit;
    }
}
