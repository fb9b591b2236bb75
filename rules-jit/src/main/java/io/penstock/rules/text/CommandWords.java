package io.penstock.rules.text;

import static io.penstock.rules.api.ParameterProblem.other;
import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.os.getopt.GetoptLong;
import java.util.EnumSet;
import java.util.Set;

/** The commands among a line's options, with the words behind them, and what may stand beside what. */
final class CommandWords {

    private static final int DECIMAL = 10;

    private final GetoptLong<LongOption> words;
    private final CommandLine line;

    CommandWords(final GetoptLong<LongOption> words, final CommandLine line) {
        this.words = words;
        this.line = line;
    }

    /** Takes a command. */
    void command(final char letter, final boolean invert) {
        switch (letter) {
            case 'A' -> chainOf(CommandKind.APPEND, invert);
            case 'C' -> chainOf(CommandKind.CHECK, invert);
            case 'N' -> chainOf(CommandKind.NEW_CHAIN, invert);
            case 'D' -> {
                chainOf(CommandKind.DELETE, invert);
                numberOf(CommandKind.DELETE_NUMBER);
            }
            case 'R' -> {
                chainOf(CommandKind.REPLACE, invert);
                line.number = ruleNumber("-R requires a rule number");
            }
            case 'I' -> {
                chainOf(CommandKind.INSERT, invert);
                line.number = words.hasPlain() ? number(words.take()) : 1;
            }
            case 'L' -> list(CommandKind.LIST, invert);
            case 'S' -> list(CommandKind.LIST_RULES, invert);
            case 'F' -> maybeChainOf(CommandKind.FLUSH, invert, EnumSet.noneOf(CommandKind.class));
            case 'X' -> maybeChainOf(CommandKind.DELETE_CHAIN, invert, EnumSet.noneOf(CommandKind.class));
            case 'Z' -> {
                maybeChainOf(CommandKind.ZERO, invert, EnumSet.of(CommandKind.LIST, CommandKind.LIST_RULES));
                numberOf(CommandKind.ZERO_NUMBER);
            }
            case 'E' -> {
                chainOf(CommandKind.RENAME_CHAIN, invert);
                line.newName = word("-E requires old-chain-name and new-chain-name");
            }
            case 'P' -> {
                chainOf(CommandKind.SET_POLICY, invert);
                line.policy = word("-P requires a chain and a policy");
            }
            default -> throw other("no such command: option=-%c", letter);
        }
    }

    private void add(final CommandKind command, final boolean invert, final Set<CommandKind> allowed) {
        if (invert) {
            throw parameter("unexpected '!' flag");
        }
        CommandKind conflict = null;
        for (final CommandKind there : line.commands) {
            conflict = allowed.contains(there) ? conflict : there;
        }
        if (conflict != null) {
            throw parameter("Cannot use -%c with -%c", command.letter(), conflict.letter());
        }
        line.commands.add(command);
    }

    private void chainOf(final CommandKind command, final boolean invert) {
        add(command, invert, EnumSet.noneOf(CommandKind.class));
        line.chain = words.argument();
    }

    private void maybeChainOf(final CommandKind command, final boolean invert, final Set<CommandKind> allowed) {
        add(command, invert, allowed);
        if (words.argument() != null) {
            line.chain = words.argument();
        } else if (words.hasPlain()) {
            line.chain = words.take();
        }
    }

    private void list(final CommandKind command, final boolean invert) {
        maybeChainOf(command, invert, EnumSet.of(CommandKind.ZERO, CommandKind.ZERO_NUMBER));
        if (words.hasPlain()) {
            line.number = number(words.take());
        }
    }

    /** With a number behind it, the command becomes another one, and whatever stood beside it is forgotten. */
    private void numberOf(final CommandKind numbered) {
        if (words.hasPlain()) {
            line.number = number(words.take());
            line.commands.clear();
            line.commands.add(numbered);
        }
    }

    private String word(final String missing) {
        if (!words.hasPlain()) {
            throw parameter("%s", missing);
        }
        return words.take();
    }

    private int ruleNumber(final String missing) {
        return number(word(missing));
    }

    private static int number(final String text) {
        final CNumber number = CNumber.whole(text, 1, Integer.MAX_VALUE);
        if (number == null) {
            throw parameter("Invalid rule number `%s'", text);
        }
        return (int) number.value();
    }

    /** Takes the counters behind {@code -c}: two words, or one with a comma. */
    void counters() {
        final String packets = words.argument();
        final int comma = packets.indexOf(',', 1);
        final String bytes = comma >= 0 ? packets.substring(comma + 1) : words.hasPlain() ? words.take() : null;
        if (bytes == null) {
            throw parameter("-c requires packet and byte counter");
        }
        line.packets = counter(packets, "-c packet counter not numeric");
        line.bytes = counter(bytes, "-c byte counter not numeric");
    }

    private static long counter(final String text, final String problem) {
        final CNumber number = CNumber.read(text, 0, DECIMAL);
        if (number.end() == 0) {
            throw parameter("%s", problem);
        }
        return number.value();
    }

    /** Checks what stands beside what. */
    void check() {
        if (line.is(CommandKind.REPLACE) && (line.sources.size() != 1 || line.destinations.size() != 1)) {
            throw parameter("Replacement rule does not specify a unique address");
        }
        for (final GeneralOption option : line.options) {
            if (!line.allows(option)) {
                throw parameter("Illegal option `-%c' with this command", option.letter());
            }
        }
        if (line.chain != null && line.chain.length() >= Extensions.NAME_BYTES) {
            throw parameter("chain name `%s' too long (must be under %d chars)", line.chain, Extensions.NAME_BYTES);
        }
        final CommandKind command = line.commands.iterator().next();
        if (line.commands.size() == 1 && (command.hasRule() || command == CommandKind.DELETE_NUMBER)) {
            checkDevices();
        }
    }

    private void checkDevices() {
        final boolean isIncoming = line.chain.equals("PREROUTING") || line.chain.equals("INPUT");
        final boolean isOutgoing = line.chain.equals("POSTROUTING") || line.chain.equals("OUTPUT");
        if (isIncoming && line.options.contains(GeneralOption.OUT)) {
            throw parameter("Can't use -o with %s\n", line.chain);
        }
        if (isOutgoing && line.options.contains(GeneralOption.IN)) {
            throw parameter("Can't use -i with %s\n", line.chain);
        }
    }
}
