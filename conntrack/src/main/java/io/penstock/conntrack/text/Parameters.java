package io.penstock.conntrack.text;

import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.getopt.ToolExit;

/** Lists of words behind {@code -u}, {@code -e} and {@code -o}: any beginning of a word stands for the first that begins so. */
final class Parameters {

    /** Output as XML. */
    static final int XML = 1;
    /** Output with the family. */
    static final int EXTENDED = 1 << 1;
    /** Output with the time of day. */
    static final int TIMESTAMP = 1 << 2;
    /** Output with ids. */
    static final int ID = 1 << 3;
    /** Output with the times at which connections began and ended. */
    static final int KERNEL_TIMESTAMP = 1 << 4;
    /** Output with labels. */
    static final int LABELS = 1 << 5;
    /** Output as commands. */
    static final int SAVE = 1 << 6;

    /** New connections. */
    static final int NEW = 1;
    /** Changes. */
    static final int UPDATES = 1 << 1;
    /** Ends. */
    static final int DESTROY = 1 << 2;
    /** All of these. */
    static final int ALL = NEW | UPDATES | DESTROY;

    /** What a status list begins a word with to ask for the opposite. */
    private static final String UNREPLIED = "UNREPLIED";

    private Parameters() {
    }

    /** One kind of list. */
    enum Kind {
        STATUS(new String[] {"ASSURED", "SEEN_REPLY", "UNSET", "FIXED_TIMEOUT", "EXPECTED", "OFFLOAD", "HW_OFFLOAD"},
                ConnStatus.ASSURED, ConnStatus.SEEN_REPLY, 0, ConnStatus.FIXED_TIMEOUT, ConnStatus.EXPECTED, ConnStatus.OFFLOAD,
                ConnStatus.HW_OFFLOAD),
        EVENT(new String[] {"ALL", "NEW", "UPDATES", "DESTROY"}, ALL, NEW, UPDATES, Parameters.DESTROY),
        OUTPUT(new String[] {"xml", "extended", "timestamp", "id", "ktimestamp", "labels", "userspace", "save"}, XML, EXTENDED, TIMESTAMP,
                ID, KERNEL_TIMESTAMP, LABELS, 0, SAVE);

        private final String[] words;
        private final int[] bits;

        Kind(final String[] words, final int... bits) {
            this.words = words;
            this.bits = bits;
        }
    }

    /** The bits of a list. */
    static int parse(final Console console, final Kind kind, final String list) {
        int bits = 0;
        String left = list;
        for (int comma = left.indexOf(','); comma >= 0; comma = left.indexOf(',')) {
            bits |= word(console, kind, left.substring(0, comma), left);
            left = left.substring(comma + 1);
        }
        return bits | word(console, kind, left, left);
    }

    /** The bits of a status list, and those of its words that are turned into their opposite. */
    static void parseStatus(final Console console, final String list, final Template template) {
        String left = list;
        while (true) {
            final int comma = left.indexOf(',');
            if (comma == 0) {
                throw bad(console, left);
            }
            final boolean isNegated = left.startsWith("!");
            left = isNegated ? left.substring(1) : left;
            final int end = left.indexOf(',');
            if (!isNegated && left.startsWith(UNREPLIED)) {
                template.statusMask |= ConnStatus.SEEN_REPLY;
            } else {
                final int bits = word(console, Kind.STATUS, end < 0 ? left : left.substring(0, end), left);
                template.statusMask |= isNegated ? bits : 0;
                template.status |= isNegated ? 0 : bits;
            }
            if (end < 0) {
                return;
            }
            left = left.substring(end + 1);
        }
    }

    private static int word(final Console console, final Kind kind, final String word, final String whole) {
        if (word.isEmpty()) {
            throw bad(console, whole);
        }
        if (CText.isBeginning(word, "SRC_NAT")) {
            console.warn("WARNING: ignoring SRC_NAT, use --src-nat instead\n");
            return 0;
        }
        if (CText.isBeginning(word, "DST_NAT")) {
            console.warn("WARNING: ignoring DST_NAT, use --dst-nat instead\n");
            return 0;
        }
        for (int i = 0; i < kind.words.length; i++) {
            if (CText.isBeginning(word, kind.words[i])) {
                return kind.bits[i];
            }
        }
        throw bad(console, whole);
    }

    private static ToolExit bad(final Console console, final String text) {
        return console.wrong("Bad parameter `" + text + "'");
    }
}
