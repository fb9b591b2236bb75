package io.penstock.perf.rules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Made-up rules of one mix, the last of which takes everything, and flows that all reach it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The same mix and number give the same rules and flows.</li>
 *   <li>Rules are distinct, and so are flows.</li>
 *   <li>No rule but the last takes one of the flows: each was tried against each rule.</li>
 * </ol>
 *
 * <p>Threads: any, once made.
 */
public final class RuleSet {

    /** Rules at the most. */
    public static final int MAX_RULES = 200_000;

    private static final long SEED = 4814;
    /** Candidates for each flow: if more are needed, the mix leaves hardly any way to the last rule. */
    private static final int MOST_TRIES = 200;

    private final RuleMix mix;
    private final List<MixRule> rules;
    private final List<Flow> flows;

    private RuleSet(final RuleMix mix, final List<MixRule> rules, final List<Flow> flows) {
        this.mix = mix;
        this.rules = rules;
        this.flows = flows;
    }

    /** Makes rules, two at least, and flows. */
    public static RuleSet of(final RuleMix mix, final int count, final int flows) {
        final MixMaker maker = mix.maker(SEED);
        final List<MixRule> rules = maker.rules(count - 1);
        final Set<Flow> reaching = new HashSet<>(flows * 2);
        final List<Flow> list = new ArrayList<>(flows);
        for (long tries = 0; list.size() < flows; tries++) {
            if (tries >= (long) flows * MOST_TRIES) {
                throw new IllegalStateException("hardly any flow reaches the last rule: mix=" + mix.text() + " rules=" + count
                        + " flows=" + list.size() + " of " + flows);
            }
            final Flow flow = maker.candidate(rules);
            if (!reaching.contains(flow) && isTakenByNone(rules, flow)) {
                reaching.add(flow);
                list.add(flow);
            }
        }
        final List<MixRule> all = new ArrayList<>(rules);
        all.add(MixRule.ALL);
        return new RuleSet(mix, List.copyOf(all), List.copyOf(list));
    }

    private static boolean isTakenByNone(final List<MixRule> rules, final Flow flow) {
        for (final MixRule rule : rules) {
            if (rule.takes(flow)) {
                return false;
            }
        }
        return true;
    }

    /** What they look like. */
    public RuleMix mix() {
        return mix;
    }

    /** All rules. */
    public List<MixRule> rules() {
        return rules;
    }

    /** All flows. */
    public List<Flow> flows() {
        return flows;
    }

    /** For iptables-restore: table filter, the rules in FORWARD; all drop but the last. */
    public String saveText() {
        final StringBuilder text = new StringBuilder("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n");
        for (final MixRule rule : rules.subList(0, rules.size() - 1)) {
            text.append("-A FORWARD").append(rule.saveText()).append(" -j DROP\n");
        }
        return text.append("-A FORWARD").append(rules.getLast().saveText()).append(" -j ACCEPT\nCOMMIT\n").toString();
    }

    /** A ClassBench filter set. */
    public String filterText() {
        final StringBuilder text = new StringBuilder();
        rules.forEach(rule -> text.append(rule.filterText()));
        return text.toString();
    }

    /** A ClassBench trace: the flows. */
    public String traceText() {
        final StringBuilder text = new StringBuilder();
        flows.forEach(flow -> text.append(flow.traceText()));
        return text.toString();
    }
}
