package io.penstock.rules.text;

import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.model.Rule;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One rule line through the parser and the printers, without any table.
 *
 * @param status  the exit status
 * @param rules   what came out
 * @param error   what was said
 * @param saved   by rule, as {@code -S} writes it
 * @param listed  by rule, as {@code -L} lists it
 * @param numeric by rule, as {@code -L -n -v} lists it
 */
public record RuleText(int status, List<Rule> rules, String error, List<String> saved, List<String> listed, List<String> numeric) {

    /**
     * Parses {@code iptables WORDS...}.
     *
     * @param chains user's chains that there are
     */
    public static RuleText of(final Extensions extensions, final Names names, final IpFamily family, final Set<String> chains,
            final List<String> words) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.ISO_8859_1);
        final Tool tool = new Tool(family.tool(), family, extensions, names, stream, stream);
        int status = 0;
        List<Rule> rules = List.of();
        final List<String> saved = new ArrayList<>();
        final List<String> listed = new ArrayList<>();
        final List<String> numeric = new ArrayList<>();
        try {
            final CommandLine line = new RuleLineParser(tool, words, "filter", false, Set.of()).parse();
            rules = line.rules(chains::contains, tool::err);
            final RulePrinter printer = new RulePrinter(family, names);
            for (final Rule rule : rules) {
                final StringBuilder save = new StringBuilder();
                printer.save(save, line.chain(), rule, RulePrinter.Counters.NONE, 0, 0);
                saved.add(save.toString());
                final StringBuilder list = new StringBuilder();
                printer.row(list, new ListFormat(false, false, true, false), 1, rule, 0, 0);
                listed.add(list.toString());
                final StringBuilder row = new StringBuilder();
                printer.row(row, new ListFormat(true, true, true, false), 1, rule, 0, 0);
                numeric.add(row.toString());
            }
        } catch (final ToolExit exit) {
            status = exit.status();
        } catch (final ParameterProblem problem) {
            status = tool.report(problem);
        }
        tool.flush();
        return new RuleText(status, rules, bytes.toString(StandardCharsets.ISO_8859_1), saved, listed, numeric);
    }
}
