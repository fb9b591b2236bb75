package io.penstock.rules.text;

import io.penstock.rules.api.Match;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.Target;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.AddressTest;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.Selector;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A line of options as it was understood: which command, and the rule with all its sources and destinations. */
final class CommandLine {

    /** The commands; empty when the line is not for this family. */
    final Set<CommandKind> commands = EnumSet.noneOf(CommandKind.class);
    /** The general options that were given. */
    final Set<GeneralOption> options = EnumSet.noneOf(GeneralOption.class);
    /** The table. */
    String table;
    /** The chain, or null. */
    String chain;
    /** A rule's number, or 0. */
    int number;
    /** {@code -E}: the new name. */
    String newName;
    /** {@code -P}: the policy. */
    String policy;
    /** What {@code -j} or {@code -g} names, or nothing. */
    String jump = "";
    /** Whether it was {@code -g}. */
    boolean isGoto;
    /** How often {@code -v} stood there. */
    int verbose;
    /** {@code -w}: seconds to wait for the lock; 0 or less without a limit. */
    int waitSeconds;
    /** Packets to set. */
    long packets;
    /** Bytes to set. */
    long bytes;
    /** Addresses and protocols apart, the selector. */
    Selector selector = Selector.ANY;
    /** Where from, one after the other. */
    List<AddressTest> sources = List.of();
    /** Where to. */
    List<AddressTest> destinations = List.of();
    /** The matches. */
    List<Match> matches = List.of();
    /** The target, or null if none or a chain or a standard verdict. */
    Target target;
    /** The words that ask for the matches, one for each, and behind them the one that names what {@link #jump} is; -1 for none. */
    int[] partWords = {};
    /** Whether {@link #jump} is a standard verdict. */
    boolean isVerdict;

    /** The name of the chain. */
    String chain() {
        return chain;
    }

    /** Whether to say what is done. */
    boolean isVerbose() {
        return options.contains(GeneralOption.VERBOSE);
    }

    /** Whether it asks for that one command. */
    boolean is(final CommandKind command) {
        return commands.size() == 1 && commands.contains(command);
    }

    /** Whether one of its commands takes a rule. */
    boolean hasRule() {
        for (final CommandKind command : commands) {
            if (command.hasRule()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a general option may stand beside one of its commands. */
    boolean allows(final GeneralOption option) {
        for (final CommandKind command : commands) {
            if (command.allows(option)) {
                return true;
            }
        }
        return false;
    }

    /** How many rules it stands for. */
    long ruleCount() {
        return (long) sources.size() * destinations.size();
    }

    /**
     * The rules that it stands for: one for each pair of source and destination.
     *
     * @param chains  which chains there are
     * @param warning takes what is to be said about it, with its line end
     * @throws ParameterProblem if what it jumps to is not there
     */
    List<Rule> rules(final Predicate<String> chains, final Consumer<String> warning) {
        final Action action = action(chains, warning);
        final List<Rule> rules = new ArrayList<>(sources.size() * destinations.size());
        for (final AddressTest source : sources) {
            for (final AddressTest destination : destinations) {
                rules.add(new Rule(new Selector(source, destination, selector.in(), selector.out(), selector.protocol(),
                        selector.protocolInverted(), selector.fragment()), matches, action));
            }
        }
        return rules;
    }

    private Action action(final Predicate<String> chains, final Consumer<String> warning) {
        if (isVerdict && !chains.test(jump)) {
            return Action.Verdict.valueOf(jump);
        }
        if ((target != null || isVerdict) && chains.test(jump)) {
            warning.accept("Warning: using chain " + jump + ", not extension\n");
            return new Action.Jump(jump, isGoto);
        }
        if (target != null) {
            return new Action.Extension(target);
        }
        if (jump.isEmpty()) {
            return Action.Nothing.NOTHING;
        }
        if (chains.test(jump)) {
            return new Action.Jump(jump, isGoto);
        }
        if (isGoto) {
            throw ParameterProblem.parameter("goto '%s' is not a chain", jump);
        }
        throw ParameterProblem.parameter("Couldn't load target `%s':No such file or directory\n", jump);
    }
}
