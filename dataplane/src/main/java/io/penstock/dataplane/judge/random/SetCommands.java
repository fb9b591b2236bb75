package io.penstock.dataplane.judge.random;

import io.penstock.rules.set.SetType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Random commands about sets, as an operator, a script or a careless mind would give them.
 *
 * <p>Rules name the sets that are there first, so these are seldom destroyed or renamed, and then it is refused; others come and go.
 *
 * <p>No set is given an empty name, which the kernel takes: ipset itself loses count of such a one in listings.
 *
 * <p>Source: ipset(8). Threads: one.
 */
final class SetCommands {

    private static final List<String> COMERS = List.of("x0", "x1", "x2");
    private static final int REMEMBERED = 40;
    private static final int MAX_RESTORED = 12;

    private final Dice dice;
    private final SetCreates creates;
    private final SetElements elements;
    private final Map<String, SetPlan> plans = new TreeMap<>();
    private final List<SetPlan> first;
    private final Map<String, List<String>> added = new TreeMap<>();

    /**
     * Commands.
     *
     * @param first the sets that there are
     */
    SetCommands(final Dice dice, final SetCreates creates, final SetElements elements, final List<SetPlan> first) {
        this.dice = dice;
        this.creates = creates;
        this.elements = elements;
        this.first = List.copyOf(first);
        first.forEach(plan -> plans.put(plan.name(), plan));
    }

    /** The next command. */
    SetStep.Command next() {
        return switch (dice.below(60)) {
            case 0 -> named(dice.of("flush", "-F"));
            case 1 -> dice.oneIn(6) ? SetStep.Command.of("flush") : named("flush");
            case 2, 3, 4 -> swap();
            case 5 -> rename();
            case 6, 7 -> create();
            case 8 -> destroy();
            case 9, 10, 11 -> list();
            case 12, 13, 14 -> restore();
            case 15 -> odd();
            case 16, 17, 18, 19, 20, 21, 22, 23 -> element("del", "-D");
            case 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35 -> element("test", "-T");
            default -> element("add", "-A");
        };
    }

    private SetPlan plan() {
        return dice.oneIn(6) ? dice.of(List.copyOf(plans.values())) : dice.of(first);
    }

    private String name() {
        return dice.oneIn(20) ? dice.of("nosuch", "a-name-that-is-longer-than-31-bytes", "x9") : plan().name();
    }

    private SetStep.Command named(final String verb) {
        return SetStep.Command.of(verb, name());
    }

    private SetStep.Command swap() {
        return SetStep.Command.of(dice.of("swap", "-W"), name(), name());
    }

    private SetStep.Command rename() {
        final String from = dice.oneIn(3) ? name() : dice.of(COMERS);
        final String to = dice.oneIn(3) ? name() : dice.of(COMERS);
        final SetPlan plan = plans.get(from);
        if (plan != null && COMERS.contains(from) && !plans.containsKey(to) && COMERS.contains(to)) {
            plans.remove(from);
            plans.put(to, plan.named(to));
        }
        return SetStep.Command.of(dice.of("rename", "-E"), from, to);
    }

    private SetStep.Command create() {
        if (dice.oneIn(3)) {
            return creates.odd("bad" + dice.below(3));
        }
        final SetPlan plan = creates.next(dice.oneIn(6) ? name() : dice.of(COMERS), first);
        plans.putIfAbsent(plan.name(), plan);
        final SetStep.Command command = creates.command(dice.oneIn(3) && plans.containsKey(plan.name()) ? plans.get(plan.name()) : plan);
        return dice.oneIn(4) ? exist(command) : command;
    }

    private SetStep.Command destroy() {
        final String name = dice.oneIn(8) ? name() : dice.of("x0", "x1", "x2", "bad0", "bad1", "bad2");
        if (COMERS.contains(name)) {
            plans.remove(name);
        }
        return dice.oneIn(40) ? SetStep.Command.of("destroy") : SetStep.Command.of(dice.of("destroy", "-X"), name);
    }

    private SetStep.Command list() {
        return switch (dice.below(12)) {
            case 0 -> SetStep.Command.of("list", "-n");
            case 1 -> SetStep.Command.of("list", "-t");
            case 2 -> SetStep.Command.of("list", name(), "-s");
            case 3 -> SetStep.Command.of("save", name(), "-s");
            case 4 -> SetStep.Command.of("list", "-s", "-o", "xml");
            case 5 -> SetStep.Command.of("list", name(), "-o", "save", "-sorted");
            case 6 -> SetStep.Command.of("-L", name(), "-t", "-o", "xml");
            case 7 -> SetStep.Command.of("-n", "list", name());
            case 8 -> SetStep.Command.of("save", name(), name());
            case 9 -> SetStep.Command.of("list", name(), "-sorted");
            default -> SetStep.Command.of(dice.of("list", "save"), name());
        };
    }

    private SetStep.Command odd() {
        return dice.of(List.of(
                SetStep.Command.of("add"), SetStep.Command.of("add", name()), SetStep.Command.of("nosuch"), SetStep.Command.of("swap", name()),
                SetStep.Command.of("del", name()), SetStep.Command.of("test", name()), SetStep.Command.of("-q", "add", name(), "10.0.0.1"),
                SetStep.Command.of("add", name(), "10.0.0.1", "nosuch"), SetStep.Command.of("add", name(), "10.0.0.1", "timeout"),
                SetStep.Command.of("version"), SetStep.Command.of("add", "", "10.0.0.1"), SetStep.Command.of("flush", ""),
                SetStep.Command.of("destroy", name(), name()), SetStep.Command.of("flush", name(), name()),
                SetStep.Command.of("rename", name()), SetStep.Command.of("-q", "test", name(), "10.0.0.1"),
                SetStep.Command.of("-q", "destroy", "nosuch"), SetStep.Command.of("list", "")));
    }

    private SetStep.Command element(final String word, final String brief) {
        final SetPlan plan = plan();
        final List<String> words = new ArrayList<>(List.of(dice.oneIn(10) ? brief : word, plan.name()));
        words.addAll(line(plan, word));
        final SetStep.Command command = new SetStep.Command(words, "");
        return dice.oneIn(3) ? exist(command) : dice.oneIn(40) ? quiet(command) : command;
    }

    /** An element and what is said of it. */
    private List<String> line(final SetPlan plan, final String verb) {
        final List<String> known = added.computeIfAbsent(plan.name(), _ -> new ArrayList<>());
        final boolean adds = "add".equals(verb);
        final boolean again = !known.isEmpty() && (adds ? dice.oneIn(4) : !dice.oneIn(3));
        final String element = again ? dice.of(known) : elements.next(plan, members());
        if (adds && !again && known.size() < REMEMBERED) {
            known.add(element);
        }
        final List<String> words = new ArrayList<>(List.of(element));
        if (plan.type() == SetType.LIST_SET && dice.oneIn(3)) {
            words.addAll(List.of(dice.of("before", "after"), dice.of(members())));
        }
        if (adds || dice.oneIn(8)) {
            words.addAll(elements.options(plan));
        }
        return words;
    }

    private List<String> members() {
        return first.stream().map(SetPlan::name).toList();
    }

    private SetStep.Command exist(final SetStep.Command command) {
        final List<String> words = new ArrayList<>(command.words());
        if (dice.oneIn(2)) {
            words.addFirst(dice.of("-exist", "-!"));
        } else {
            words.add(dice.of("-exist", "-!"));
        }
        return new SetStep.Command(words, command.input());
    }

    private static SetStep.Command quiet(final SetStep.Command command) {
        final List<String> words = new ArrayList<>(command.words());
        words.addFirst("-q");
        return new SetStep.Command(words, command.input());
    }

    /** Additions and deletions in one go, which end with the first that is refused. */
    private SetStep.Command restore() {
        final StringBuilder text = new StringBuilder();
        for (int i = dice.between(1, MAX_RESTORED); i > 0; i--) {
            final SetPlan plan = plan();
            final String verb = dice.oneIn(5) ? "del" : "add";
            final List<String> words = new ArrayList<>(List.of(verb, plan.name()));
            words.addAll(line(plan, verb));
            if (dice.oneIn(3)) {
                words.add("-exist");
            }
            text.append(SetLine.join(words)).append('\n');
            if (dice.oneIn(12)) {
                text.append(dice.of("# a remark", "", "flush " + name(), "swap " + name() + ' ' + name())).append('\n');
            }
        }
        if (dice.oneIn(6)) {
            text.append("COMMIT\n");
        }
        final SetStep.Command command = new SetStep.Command(List.of(dice.of("restore", "restore", "-R")), text.toString());
        return dice.oneIn(2) ? exist(command) : command;
    }
}
