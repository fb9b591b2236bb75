package io.penstock.rules;

import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.match.MatchesA;
import io.penstock.rules.match.MatchesB;
import io.penstock.rules.match.MatchesC;
import io.penstock.rules.target.Targets;
import io.penstock.rules.text.Extensions;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The matches and targets that there are. */
public final class RuleExtensions {

    private RuleExtensions() {
    }

    /**
     * Those that come with Penstock, and those that the class path offers as services ({@link ServiceLoader}) of {@link MatchKind} and
     * {@link TargetKind}, which take the place of others of their name.
     */
    public static Extensions installed() {
        final List<MatchKind> matches = new ArrayList<>();
        matches.addAll(MatchesA.all());
        matches.addAll(MatchesB.all());
        matches.addAll(MatchesC.all());
        ServiceLoader.load(MatchKind.class).forEach(matches::add);
        final List<TargetKind> targets = new ArrayList<>(Targets.all());
        ServiceLoader.load(TargetKind.class).forEach(targets::add);
        return new Extensions(matches, targets);
    }
}
