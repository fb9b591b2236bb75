package io.penstock.dataplane.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A line that a rule has logged.
 *
 * @param packet the number of the packet that it is about, from 1 on
 * @param level  syslog's
 * @param text   the line
 */
record Logged(int packet, int level, String text) {

    /** Lines that are shown of a case: one cause shows in many. */
    private static final int SHOWN = 3;
    /** What the router itself sends comes in by no device, or, being copied, by that which it leaves by. */
    private static final Pattern OWN = Pattern.compile("IN=(\\S*) OUT=\\1 |IN= ");
    /** Of its own packets the identification and the flow label are random. */
    private static final Pattern RANDOM = Pattern.compile("( ID| FLOWLBL)=\\d+");
    /** A copy has room for a link header, in which the kernel has written nothing. */
    private static final Pattern LINK = Pattern.compile("MAC=\\S* |MACSRC=\\S* MACDST=\\S* MACPROTO=\\S* ");
    /** IP options with a timestamp, which both sides write in turn. */
    private static final Pattern TIMES = Pattern.compile("OPT \\([0-9A-F]*44[0-9A-F]*\\)");

    /** What is the same each time. */
    private Logged steady() {
        String line = TIMES.matcher(text).replaceAll("OPT (times)");
        if (OWN.matcher(line).find()) {
            line = RANDOM.matcher(LINK.matcher(line).replaceFirst("MAC=random ")).replaceFirst("$1=random");
        }
        return new Logged(packet, level, line.stripTrailing());
    }

    /** Where one side's lines differ from the other's, a sentence each. */
    static List<String> differences(final List<Logged> kernel, final List<Logged> penstock) {
        final List<String> sentences = new ArrayList<>();
        for (int i = 0; i < Math.max(kernel.size(), penstock.size()) && sentences.size() < SHOWN; i++) {
            final Logged one = i < kernel.size() ? kernel.get(i).steady() : null;
            final Logged other = i < penstock.size() ? penstock.get(i).steady() : null;
            if (one == null || !one.equals(other)) {
                sentences.add("log: kernel: " + one + "  Penstock: " + other);
            }
        }
        return sentences;
    }

    @Override
    public String toString() {
        return "packet=" + packet + " <" + level + '>' + text;
    }
}
