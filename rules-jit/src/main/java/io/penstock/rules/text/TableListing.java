package io.penstock.rules.text;

/** {@code -L} and {@code -S}. */
final class TableListing {

    private static final int FLUSH_AT = 1 << 16;

    private final Tool tool;
    private final RulePrinter printer;
    private final TableEdit edit;
    private final StringBuilder text = new StringBuilder();

    TableListing(final Tool tool, final RulePrinter printer, final TableEdit edit) {
        this.tool = tool;
        this.printer = printer;
        this.edit = edit;
    }

    /** Lists; false if there is no such chain. */
    boolean list(final CommandLine line, final CommandKind command) {
        final boolean isFound = command == CommandKind.LIST ? table(line) : rules(line);
        flush();
        return isFound || edit.hasNone();
    }

    private void flush() {
        tool.out(text);
        text.setLength(0);
    }

    private boolean table(final CommandLine line) {
        final ListFormat format = new ListFormat(line.options.contains(GeneralOption.NUMERIC), line.isVerbose(),
                !line.options.contains(GeneralOption.EXPANDED), line.options.contains(GeneralOption.LINE_NUMBERS));
        boolean isFound = false;
        for (final EditChain chain : edit.chains()) {
            if (line.chain != null && !line.chain.equals(chain.name())) {
                continue;
            }
            text.append(isFound ? "\n" : "");
            if (line.number == 0) {
                printer.header(text, format, chain.name(), chain.policy(), chain.end().packets(), chain.end().bytes(),
                        chain.isBuiltIn() ? 0 : edit.references(chain.name()));
            }
            for (int i = 0; i < chain.size(); i++) {
                if (line.number == 0 || line.number == i + 1) {
                    final EditRule rule = chain.at(i);
                    printer.row(text, format, i + 1, rule.rule(), rule.packets(), rule.bytes());
                    tool.remarks(rule.rule());
                    if (text.length() > FLUSH_AT) {
                        flush();
                    }
                }
            }
            isFound = true;
        }
        return isFound;
    }

    private boolean rules(final CommandLine line) {
        final boolean counters = line.isVerbose();
        for (final EditChain chain : edit.chains()) {
            if (line.number == 0 && (line.chain == null || line.chain.equals(chain.name()))) {
                if (chain.isBuiltIn()) {
                    text.append("-P ").append(chain.name()).append(' ').append(chain.policy().name());
                    if (counters) {
                        text.append(" -c ").append(Long.toUnsignedString(chain.end().packets())).append(' ')
                                .append(Long.toUnsignedString(chain.end().bytes()));
                    }
                    text.append('\n');
                } else {
                    text.append("-N ").append(chain.name()).append('\n');
                }
            }
        }
        boolean isFound = false;
        for (final EditChain chain : edit.chains()) {
            if (line.chain == null || line.chain.equals(chain.name())) {
                isFound = true;
                rules(line.number, chain, counters);
            }
        }
        return isFound;
    }

    private void rules(final int number, final EditChain chain, final boolean counters) {
        for (int i = 0; i < chain.size(); i++) {
            if (number == 0 || number == i + 1) {
                final EditRule rule = chain.at(i);
                printer.save(text, chain.name(), rule.rule(), counters ? RulePrinter.Counters.OPTION : RulePrinter.Counters.NONE,
                        rule.packets(), rule.bytes());
                tool.remarks(rule.rule());
                if (text.length() > FLUSH_AT) {
                    flush();
                }
            }
        }
    }
}
