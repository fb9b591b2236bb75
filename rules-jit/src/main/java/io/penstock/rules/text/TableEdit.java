package io.penstock.rules.text;

import static io.penstock.rules.model.TableRefusal.EINVAL;
import static io.penstock.rules.model.TableRefusal.ENOENT;
import static io.penstock.rules.model.TableRefusal.ENOMEM;
import static io.penstock.rules.text.TableErrors.E2BIG;
import static io.penstock.rules.text.TableErrors.EEXIST;
import static io.penstock.rules.text.TableErrors.EMLINK;
import static io.penstock.rules.text.TableErrors.ENOTEMPTY;

import io.penstock.rules.model.Action;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableReplacement;
import io.penstock.rules.model.TableSnapshot;
import io.penstock.rules.model.TableStore;
import io.penstock.rules.text.TableErrors.Attempt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A table that is being changed, step by step, and put into force as a whole: libiptc's operations, with its errors. An operation that
 * fails changes nothing, gives false and leaves the error to be asked for.
 *
 * <p>Invariants: (1) built-in chains stand first, in the order of their hooks, then the user's, by name in byte order; (2) rules that were
 * there keep their counters, through {@link TableReplacement#origin}; (3) nothing is put into force if nothing was changed.
 */
final class TableEdit {

    /** Bytes of a chain's name in a table, with its end; a renamed one is cut ({@code XT_FUNCTION_MAXNAMELEN}). */
    private static final int KEPT_NAME_BYTES = 30;
    /** Bytes of a chain's name in libiptc, with its end ({@code xt_chainlabel}). */
    private static final int NAME_BYTES = 32;

    /** Of the heap, for each rule: what it takes in two tables, the old one and the new one, and while the new one is compiled. */
    private static final long RULE_BYTES = 2 << 10;
    /** Rules that fill the largest table that the kernel takes ({@code XT_MAX_TABLE_SIZE}), each without matches and with a standard target. */
    private static final long KERNEL_RULES = (512L << 20) / 152;
    /** Rules that a table may have. */
    private static final long MOST_RULES = Math.min(KERNEL_RULES, Runtime.getRuntime().maxMemory() / RULE_BYTES);

    private final TableStore store;
    private final TableSnapshot snapshot;
    private final List<EditChain> builtIn = new ArrayList<>();
    private final TreeMap<String, EditChain> users = new TreeMap<>();
    private Map<String, Integer> references;
    /** Whether rules know what they jump to by more than its name: from the first new name on. */
    private boolean follows;
    private long rules;
    private boolean isChanged;
    private Attempt attempt = Attempt.OTHER;
    private int errno;
    private RulePlace place;

    /** Begins with a table as it is now. */
    TableEdit(final TableStore store, final TableSnapshot snapshot) {
        this.store = store;
        this.snapshot = snapshot;
        int counter = 0;
        for (final Chain chain : snapshot.table().chains()) {
            final EditChain edit = EditChain.of(snapshot, chain, counter);
            if (edit.isBuiltIn()) {
                builtIn.add(edit);
            } else {
                users.put(chain.name(), edit);
            }
            counter += chain.rules().size() + 1;
            rules += chain.rules().size();
        }
    }

    /** What is wrong with the last operation that failed. */
    String explain() {
        return TableErrors.explain(attempt, errno);
    }

    int errno() {
        return errno;
    }

    /** Where rules that are added from now on stand in a file, or null. */
    void place(final RulePlace now) {
        place = now;
    }

    /** Where a rule stands in a file, or null; its number is from 1 on. */
    RulePlace place(final String chain, final int number) {
        final EditChain its = chain == null ? null : chain(chain);
        return its == null || number < 1 || number > its.size() ? null : its.at(number - 1).place();
    }

    private boolean fail(final Attempt attempted, final int number) {
        attempt = attempted;
        errno = number;
        return false;
    }

    /** Says that there is no such thing. */
    boolean hasNone() {
        return fail(Attempt.OTHER, ENOENT);
    }

    /** The chain, or null. */
    EditChain chain(final String name) {
        for (final EditChain chain : builtIn) {
            if (chain.name().equals(name)) {
                return chain;
            }
        }
        return users.get(name);
    }

    /** Whether there is such a chain. */
    boolean isChain(final String name) {
        return chain(name) != null;
    }

    /** All chains, in order. */
    List<EditChain> chains() {
        final List<EditChain> chains = new ArrayList<>(builtIn);
        chains.addAll(users.values());
        return chains;
    }

    /** How many rules jump to a chain. */
    int references(final String chain) {
        if (references == null) {
            references = new HashMap<>();
            for (final EditChain from : chains()) {
                for (int i = 0; i < from.size(); i++) {
                    count(from.rule(i), 1);
                }
            }
        }
        return references.getOrDefault(chain, 0);
    }

    private void count(final Rule rule, final int step) {
        if (references != null && rule.action() instanceof Action.Jump(final String to, final boolean noReturn)) {
            references.merge(to, step, Integer::sum);
        }
    }

    /** Jumping to a built-in chain is not possible. */
    private boolean mayJump(final Rule rule) {
        if (rule.action() instanceof Action.Jump(final String to, final boolean noReturn)) {
            final EditChain chain = chain(to);
            return chain == null || !chain.isBuiltIn() || fail(Attempt.OTHER, EINVAL);
        }
        return true;
    }

    /** Whether a line may stand for so many rules, which are added or not. */
    boolean mayHave(final long count, final boolean added) {
        return (added ? rules : 0) + count <= MOST_RULES || fail(Attempt.OTHER, ENOMEM);
    }

    /** {@code -A}. */
    boolean append(final String name, final Rule rule, final long packets, final long bytes) {
        final EditChain chain = chain(name);
        return insert(chain, rule, chain == null ? 0 : chain.size(), packets, bytes);
    }

    /** {@code -I}: from 0 on. */
    boolean insert(final String name, final Rule rule, final int at, final long packets, final long bytes) {
        return insert(chain(name), rule, at, packets, bytes);
    }

    private boolean insert(final EditChain chain, final Rule rule, final int at, final long packets, final long bytes) {
        if (chain == null) {
            return fail(Attempt.INSERT, ENOENT);
        }
        if (at > chain.size()) {
            return fail(Attempt.INSERT, E2BIG);
        }
        if (!mayJump(rule) || !mayHave(1, true)) {
            return false;
        }
        chain.open().add(at, made(rule, packets, bytes));
        rules++;
        count(rule, 1);
        isChanged = true;
        return true;
    }

    /** {@code -R}: from 0 on. */
    boolean replace(final String name, final Rule rule, final int at, final long packets, final long bytes) {
        final EditChain chain = chain(name);
        if (chain == null) {
            return fail(Attempt.REPLACE, ENOENT);
        }
        if (at >= chain.size()) {
            return fail(Attempt.REPLACE, E2BIG);
        }
        if (!mayJump(rule)) {
            return false;
        }
        count(chain.open().set(at, made(rule, packets, bytes)).rule(), -1);
        count(rule, 1);
        isChanged = true;
        return true;
    }

    /** {@code -C}. */
    boolean check(final String name, final Rule rule) {
        return find(name, rule) >= 0;
    }

    /** {@code -D} with a rule: the first one that is the same. */
    boolean delete(final String name, final Rule rule) {
        final int at = find(name, rule);
        return at >= 0 && remove(chain(name), at);
    }

    /** Looking for the target's chain is what was attempted last, unless the target is a standard one: the message tells them apart. */
    private int find(final String name, final Rule rule) {
        final boolean isStandard = rule.action() instanceof Action.Verdict || rule.action() instanceof Action.Nothing;
        final EditChain chain = chain(name);
        if (chain == null) {
            fail(Attempt.DELETE_ENTRY, ENOENT);
            return -1;
        }
        if (!mayJump(rule)) {
            return -1;
        }
        final Rule sought = SameRule.normal(rule);
        for (int i = 0; i < chain.size(); i++) {
            if (SameRule.isSame(sought, chain.rule(i))) {
                return i;
            }
        }
        fail(isStandard ? Attempt.DELETE_ENTRY : Attempt.OTHER, ENOENT);
        return -1;
    }

    /** {@code -D} with a number: from 0 on. */
    boolean delete(final String name, final int at) {
        final EditChain chain = chain(name);
        if (chain == null) {
            return fail(Attempt.DELETE_NUMBER, ENOENT);
        }
        return at >= chain.size() ? fail(Attempt.DELETE_NUMBER, E2BIG) : remove(chain, at);
    }

    private boolean remove(final EditChain chain, final int at) {
        count(chain.open().remove(at).rule(), -1);
        rules--;
        isChanged = true;
        return true;
    }

    /** {@code -F} of a chain. */
    boolean flush(final String name) {
        final EditChain chain = chain(name);
        if (chain == null) {
            return fail(Attempt.OTHER, ENOENT);
        }
        for (int i = 0; references != null && i < chain.size(); i++) {
            count(chain.rule(i), -1);
        }
        rules -= chain.size();
        chain.flush();
        isChanged = true;
        return true;
    }

    /** {@code -Z} of a chain: of its rules, and with any change of the table goes the policy's own counter. */
    boolean zero(final String name) {
        final EditChain chain = chain(name);
        if (chain == null) {
            return fail(Attempt.OTHER, ENOENT);
        }
        chain.open().replaceAll(EditRule::zeroed);
        isChanged = true;
        return true;
    }

    /** {@code -Z} of a rule: from 1 on. */
    boolean zero(final String name, final int number) {
        final EditChain chain = chain(name);
        if (chain == null) {
            return fail(Attempt.ZERO_COUNTER, ENOENT);
        }
        if (number < 1 || number > chain.size()) {
            return fail(Attempt.ZERO_COUNTER, E2BIG);
        }
        chain.open().set(number - 1, chain.at(number - 1).zeroed());
        isChanged = true;
        return true;
    }

    private boolean isTaken(final String name) {
        return isChain(name) || switch (name) {
            case "ACCEPT", "DROP", "QUEUE", "RETURN" -> true;
            default -> false;
        };
    }

    /** {@code -N}. */
    boolean create(final String name) {
        if (isTaken(name)) {
            return fail(Attempt.CREATE_CHAIN, EEXIST);
        }
        if (name.length() >= NAME_BYTES) {
            return fail(Attempt.CREATE_CHAIN, EINVAL);
        }
        users.put(name, EditChain.of(name));
        isChanged = true;
        return true;
    }

    /** {@code -X} of a chain. */
    boolean deleteChain(final String name) {
        final EditChain chain = chain(name);
        if (chain == null) {
            return fail(Attempt.OTHER, ENOENT);
        }
        if (chain.isBuiltIn()) {
            return fail(Attempt.OTHER, EINVAL);
        }
        if (references(name) > 0) {
            return fail(Attempt.OTHER, EMLINK);
        }
        if (chain.size() > 0) {
            return fail(Attempt.OTHER, ENOTEMPTY);
        }
        users.remove(name);
        isChanged = true;
        return true;
    }

    /** {@code -E}: what jumps to it goes on doing so. */
    boolean rename(final String name, final String other) {
        if (isTaken(other)) {
            return fail(Attempt.OTHER, EEXIST);
        }
        final EditChain chain = chain(name);
        if (chain == null || chain.isBuiltIn()) {
            return fail(Attempt.OTHER, ENOENT);
        }
        if (other.length() >= NAME_BYTES) {
            return fail(Attempt.OTHER, EINVAL);
        }
        final String kept = other.substring(0, Math.min(other.length(), KEPT_NAME_BYTES - 1));
        follow();
        users.remove(name);
        chain.name(kept);
        users.put(kept, chain);
        if (references != null && references.containsKey(name)) {
            references.put(kept, references.remove(name));
        }
        isChanged = true;
        return true;
    }

    /** Once: a file may give new names hundreds of thousands of times, each to a chain that as many rules jump to. */
    private void follow() {
        if (!follows) {
            follows = true;
            chains().forEach(chain -> chain.open().replaceAll(rule -> rule.following(callee(rule.rule()))));
        }
    }

    private EditChain callee(final Rule rule) {
        return rule.action() instanceof Action.Jump(final String to, final boolean noReturn) ? chain(to) : null;
    }

    private EditRule made(final Rule rule, final long packets, final long bytes) {
        final EditRule made = EditRule.of(rule, packets, bytes, place);
        return follows ? made.following(callee(rule)) : made;
    }

    /** {@code -P}: the policy's counters begin anew. */
    boolean policy(final String name, final String policy, final long packets, final long bytes) {
        final EditChain chain = chain(name);
        if (chain == null || !chain.isBuiltIn()) {
            return fail(Attempt.SET_POLICY, ENOENT);
        }
        if (!policy.equals("ACCEPT") && !policy.equals("DROP")) {
            return fail(Attempt.SET_POLICY, EINVAL);
        }
        chain.policy(Action.Verdict.valueOf(policy), packets, bytes);
        isChanged = true;
        return true;
    }

    /** The table that came out. */
    RuleTable build() {
        return new RuleTable(snapshot.table().family(), snapshot.table().name(), chains().stream().map(EditChain::build).toList());
    }

    /**
     * Puts it into force, if anything was changed.
     *
     * @throws io.penstock.rules.model.TableRefusal if it may not
     */
    void commit() {
        if (!isChanged) {
            return;
        }
        final RuleTable table = build();
        final int counters = table.counters();
        final int[] origin = new int[counters];
        final long[] packets = new long[counters];
        final long[] bytes = new long[counters];
        int at = 0;
        for (final EditChain chain : chains()) {
            for (int i = 0; i <= chain.size(); i++) {
                final EditRule counted = i < chain.size() ? chain.at(i) : chain.end();
                origin[at] = counted.origin();
                packets[at] = counted.addedPackets();
                bytes[at] = counted.addedBytes();
                at++;
            }
        }
        store.replace(new TableReplacement(snapshot.version(), table, origin, packets, bytes));
    }
}
