package io.penstock.rules.compile;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.Target;
import io.penstock.rules.check.TableChecker;
import io.penstock.rules.hot.DeviceName;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.Selector4;
import io.penstock.rules.hot.Selector6;
import io.penstock.rules.hot.TableImage;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.AddressTest;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.DeviceTest;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.Selector;
import io.penstock.rules.model.TableRefusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Makes a table ready to run.
 *
 * <p>Threads: control.
 */
public final class TableCompiler {

    private static final HotMatch[] NONE = {};

    private final RuleTable table;
    private final Function<Place, BindScope> scopes;
    private final Predecessor predecessor;
    private final Map<String, Integer> chains = new HashMap<>();
    private final int[] from;
    private final int counters;
    private final byte[] operations;
    private final HotMatch[][] matches;
    private final HotMatch[][] residues;
    private final HotTarget[] targets;
    private final byte[] traces;
    private final int[] chainOf;
    private final int[] callees;
    private final int[] starts;
    private final List<ChainBlock> blocks = new ArrayList<>();
    /** Where blocks are that were written for the predecessor already; 0 for others. */
    private final long[] written;

    private TableCompiler(final RuleTable table, final Function<Place, BindScope> scopes, final CompiledTable replaced) {
        this.table = table;
        this.scopes = scopes;
        this.predecessor = new Predecessor(replaced);
        this.written = new long[table.chains().size()];
        this.from = TableChecker.check(table);
        this.counters = table.counters();
        this.operations = new byte[counters];
        this.matches = new HotMatch[counters][];
        this.residues = new HotMatch[counters][];
        this.targets = new HotTarget[counters];
        this.traces = new byte[counters];
        this.chainOf = new int[counters];
        this.callees = new int[counters];
        this.starts = new int[table.chains().size() + 1];
    }

    /**
     * Checks a table and makes it ready.
     *
     * @param scopes  what is known where a rule stands
     * @param workers how many will run it
     * @throws TableRefusal if it may not go into force, or something in it cannot run
     */
    public static CompiledTable compile(final RuleTable table, final Function<Place, BindScope> scopes, final int workers) {
        return compile(table, scopes, workers, null);
    }

    /**
     * The same, faster where most rules are the same objects as those of a table.
     *
     * @param replaced the table of the same family and name that it will replace, not closed yet; null for none
     */
    public static CompiledTable compile(
            final RuleTable table, final Function<Place, BindScope> scopes, final int workers, final CompiledTable replaced) {
        return new TableCompiler(table, scopes, replaced).compile(workers);
    }

    private CompiledTable compile(final int workers) {
        refuseWhatCannotRun();
        final int[] hooks = new int[RuleHook.values().length];
        Arrays.fill(hooks, -1);
        final String[] names = new String[table.chains().size()];
        for (int chain = 0; chain < names.length; chain++) {
            names[chain] = table.chains().get(chain).name();
            chains.put(names[chain], chain);
            if (table.chains().get(chain).isBuiltIn()) {
                hooks[RuleHook.valueOf(names[chain]).ordinal()] = chain;
            }
        }
        int number = 0;
        for (int chain = 0; chain < names.length; chain++) {
            starts[chain] = number;
            number = chain(chain, number);
        }
        starts[names.length] = number;
        final TableImage image = new TableImage(table.name().text(), operations, matches, residues, targets, chainOf, callees,
                starts, names, hooks, traces);
        return new CompiledTable(table, image, blocks, written, workers);
    }

    /** Before the first rule is bound, which may change what rules in force share. */
    private void refuseWhatCannotRun() {
        for (final Chain chain : table.chains()) {
            int place = 0;
            for (final Rule rule : chain.rules()) {
                place++;
                int part = 0;
                // Without an iterator for each of many rules.
                for (; part < rule.matches().size(); part++) {
                    final Match match = rule.matches().get(part);
                    if (!(match instanceof RunnableMatch)) {
                        throw cannotRun("match", match.kind(), chain.name(), place, part, "");
                    }
                }
                if (rule.action() instanceof Action.Extension(final Target target)) {
                    final String missing = target instanceof final RunnableTarget runnable ? runnable.missing() : null;
                    if (missing == null || !missing.isEmpty()) {
                        throw cannotRun("target", target.kind(), chain.name(), place, part, missing == null ? "" : ": " + missing);
                    }
                }
            }
        }
    }

    private int chain(final int index, final int first) {
        final Chain chain = table.chains().get(index);
        final Predecessor.Part old = predecessor.part(chain);
        final ChainBlock same = old.block();
        final List<RuleFields> fields = same != null ? same.rules() : new ArrayList<>(chain.rules().size());
        int number = first;
        for (int i = 0; i < chain.rules().size(); i++) {
            final Rule rule = chain.rules().get(i);
            chainOf[number] = index;
            if (same == null) {
                final RuleFields its = old.fields(i);
                fields.add(its != null ? its : new RuleFields(table.family(), rule));
            }
            traces[number] = isVerdictOnly(rule) ? trace(chain) : TableImage.TRACE_RULE;
            bindMatches(number, rule, fields.get(i), index, old.number(i));
            bindAction(number, rule, index);
            number++;
        }
        blocks.add(same != null ? same : new ChainBlock(table.family(), fields));
        written[index] = same != null ? old.address() : 0;
        chainOf[number] = index;
        traces[number] = trace(chain);
        operations[number] = chain.policy() == null ? TableImage.END : operation(chain.policy());
        return number + 1;
    }

    /** Such a rule counts as the chain's end where packets are traced, as in the kernel (get_chainname_rulenum). */
    private static boolean isVerdictOnly(final Rule rule) {
        return rule.action() instanceof Action.Verdict && rule.matches().isEmpty() && rule.selector().equals(Selector.ANY);
    }

    private static byte trace(final Chain chain) {
        return chain.isBuiltIn() ? TableImage.TRACE_POLICY : TableImage.TRACE_RETURN;
    }

    private BindScope scope(final Rule rule, final int chain) {
        return scopes.apply(new Place(table.family(), table.name(), from[chain], rule.selector().protocol(),
                rule.selector().protocolInverted()));
    }

    private void bindMatches(final int number, final Rule rule, final RuleFields fields, final int chain, final int oldNumber) {
        if (oldNumber >= 0 && Predecessor.isPure(rule)) {
            matches[number] = predecessor.matches(oldNumber);
            residues[number] = predecessor.residue(oldNumber);
            return;
        }
        final BindScope scope = rule.matches().isEmpty() ? null : scope(rule, chain);
        final HotMatch selector = selector(table.family(), rule.selector());
        final List<HotMatch> all = new ArrayList<>(1 + rule.matches().size());
        final List<HotMatch> rest = new ArrayList<>(1);
        all.add(selector);
        if (!fields.isSelectorComplete()) {
            rest.add(selector);
        }
        for (final Match match : rule.matches()) {
            final HotMatch hot = ((RunnableMatch) match).bind(scope);
            all.add(hot);
            if (fields.isRest(match)) {
                rest.add(hot);
            }
        }
        matches[number] = all.toArray(NONE);
        residues[number] = rest.isEmpty() ? null : rest.toArray(NONE);
    }

    private void bindAction(final int number, final Rule rule, final int chain) {
        switch (rule.action()) {
            case final Action.Verdict verdict -> operations[number] = operation(verdict);
            case final Action.Nothing nothing -> operations[number] = TableImage.NOTHING;
            case Action.Jump(final String callee, final boolean noReturn) -> {
                operations[number] = noReturn ? TableImage.GOTO : TableImage.JUMP;
                callees[number] = chains.get(callee);
            }
            case Action.Extension(final Target target) -> {
                operations[number] = TableImage.TARGET;
                targets[number] = ((RunnableTarget) target).bind(scope(rule, chain));
            }
        }
    }

    private static TableRefusal cannotRun(
            final String what, final Kind kind, final String chain, final int place, final int part, final String details) {
        return new TableRefusal(TableRefusal.EOPNOTSUPP, chain, place, part, what + " '" + kind.name()
                + "' can be read and written, and cannot run yet: " + chain + " rule " + place + details);
    }

    private static byte operation(final Action.Verdict verdict) {
        return switch (verdict) {
            case ACCEPT -> TableImage.ACCEPT;
            case DROP -> TableImage.DROP;
            case QUEUE -> TableImage.QUEUE;
            case RETURN -> TableImage.RETURN;
        };
    }

    /** The selector as a match of its own. */
    private static HotMatch selector(final IpFamily family, final Selector selector) {
        final AddressTest source = selector.source();
        final AddressTest destination = selector.destination();
        if (family == IpFamily.IPV6) {
            return new Selector6(prefix(source), prefix(destination), device(selector.in()), device(selector.out()),
                    selector.protocol(), selector.protocolInverted());
        }
        return new Selector4((int) source.low(), (int) source.maskLow(), source.inverted(), (int) destination.low(),
                (int) destination.maskLow(), destination.inverted(), device(selector.in()), device(selector.out()),
                selector.protocol(), selector.protocolInverted(), selector.fragment().ordinal());
    }

    private static Selector6.Prefix prefix(final AddressTest test) {
        return new Selector6.Prefix(test.high(), test.low(), test.maskHigh(), test.maskLow(), test.inverted());
    }

    private static DeviceName device(final DeviceTest test) {
        return test.isAny() ? DeviceName.ANY : new DeviceName(test.word(0), test.mask(0), test.word(Long.BYTES),
                test.mask(Long.BYTES), test.inverted());
    }
}
