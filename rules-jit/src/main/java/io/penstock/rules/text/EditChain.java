package io.penstock.rules.text;

import io.penstock.rules.model.Action;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.TableSnapshot;
import java.util.ArrayList;
import java.util.List;

/** A chain of a table that is being edited: the old chain itself until its rules change. */
final class EditChain {

    private final TableSnapshot snapshot;
    private final Chain old;
    private final int firstCounter;
    private String name;
    private Action.Verdict policy;
    private EditRule end;
    private List<EditRule> rules;

    private EditChain(final TableSnapshot snapshot, final Chain old, final int firstCounter) {
        this.snapshot = snapshot;
        this.old = old;
        this.firstCounter = firstCounter;
        this.name = old.name();
        this.policy = old.policy();
        final int last = firstCounter + old.rules().size();
        this.end = snapshot == null ? EditRule.of(null, 0, 0)
                : EditRule.of(null, last, snapshot.packets()[last], snapshot.bytes()[last]).zeroed();
        this.rules = snapshot == null ? new ArrayList<>() : null;
    }

    /** A chain of the old table, whose counters begin there. A built-in one's own counters are lost with any change of the table. */
    static EditChain of(final TableSnapshot snapshot, final Chain old, final int firstCounter) {
        return new EditChain(snapshot, old, firstCounter);
    }

    /** A new user's chain. */
    static EditChain of(final String name) {
        return new EditChain(null, new Chain(name, null, List.of()), 0);
    }

    String name() {
        return name;
    }

    void name(final String other) {
        name = other;
    }

    Action.Verdict policy() {
        return policy;
    }

    boolean isBuiltIn() {
        return policy != null;
    }

    /** Changes the policy; its counters begin with what is given. */
    void policy(final Action.Verdict other, final long packets, final long bytes) {
        policy = other;
        end = EditRule.of(null, packets, bytes);
    }

    /** The chain's end, which has the policy's counters. */
    EditRule end() {
        return end;
    }

    int size() {
        return rules == null ? old.rules().size() : rules.size();
    }

    /** A rule, from 0 on. */
    Rule rule(final int at) {
        return rules == null ? old.rules().get(at) : rules.get(at).rule();
    }

    /** A rule with its counters, from 0 on. */
    EditRule at(final int at) {
        return rules == null ? unchanged(at) : rules.get(at);
    }

    private EditRule unchanged(final int at) {
        final int counter = firstCounter + at;
        return EditRule.of(old.rules().get(at), counter, snapshot.packets()[counter], snapshot.bytes()[counter]);
    }

    /** The rules, to be changed. */
    List<EditRule> open() {
        if (rules == null) {
            rules = new ArrayList<>(old.rules().size() + 1);
            for (int i = 0; i < old.rules().size(); i++) {
                rules.add(unchanged(i));
            }
        }
        return rules;
    }

    void flush() {
        rules = new ArrayList<>();
    }

    /** The chain that came out. */
    Chain build() {
        if (rules == null && name.equals(old.name()) && policy == old.policy()) {
            return old;
        }
        return new Chain(name, policy, rules == null ? old.rules() : rules.stream().map(EditRule::rule).toList());
    }
}
