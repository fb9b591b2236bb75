package io.penstock.dataplane.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What can be taken out of rules: tables, chains, rules, and options with their values. Whether what is left may go into force is the judge's
 * to find out.
 *
 * <p>Threads: any.
 */
final class RuleRemovals {

    /** Where an option begins; one that is inverted begins with the mark. */
    private static final Pattern OPTION = Pattern.compile(" (?=! -|(?<!! )-[-a-zA-Z])");

    private RuleRemovals() {
    }

    /** Actions on the rules of a configuration; each may run or not, in this order. */
    static List<Runnable> of(final Map<String, Object> rules) {
        final List<Runnable> actions = new ArrayList<>();
        for (final Map.Entry<String, Object> family : rules.entrySet()) {
            if (family.getValue() instanceof final String text && text.endsWith("\n")) {
                of(text, family, actions);
            }
        }
        return actions;
    }

    private static void of(final String text, final Map.Entry<String, Object> family, final List<Runnable> actions) {
        // A line is a list of its options, so that either can go whatever went before.
        final List<List<String>> lines = new ArrayList<>();
        text.lines().forEach(line -> lines.add(new ArrayList<>(line.startsWith("-A") ? options(line) : List.of(line))));
        final Runnable write = () -> family.setValue(join(lines));
        List<List<String>> table = new ArrayList<>();
        final List<Runnable> inner = new ArrayList<>();
        for (final List<String> line : lines) {
            table.add(line);
            if (line.getFirst().startsWith("COMMIT")) {
                final List<List<String>> whole = table;
                actions.add(() -> {
                    lines.removeIf(other -> whole.stream().anyMatch(one -> one == other));
                    write.run();
                });
                table = new ArrayList<>();
            } else if (!line.getFirst().startsWith("*")) {
                inner.add(() -> {
                    lines.removeIf(other -> other == line);
                    write.run();
                });
                for (final String option : line.subList(1, line.size())) {
                    inner.add(() -> {
                        line.removeIf(other -> other == option);
                        write.run();
                    });
                }
            }
        }
        actions.addAll(inner);
    }

    /** By identity: a text may be there twice. */
    private static List<String> options(final String line) {
        return OPTION.splitAsStream(line).map(String::new).toList();
    }

    private static String join(final List<List<String>> lines) {
        final StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(String.join(" ", line)).append('\n'));
        return text.toString();
    }
}
