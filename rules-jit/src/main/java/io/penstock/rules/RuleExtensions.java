package io.penstock.rules;

import io.penstock.rules.api.Kind;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** The matches and targets that there are. */
public final class RuleExtensions {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");
    private static final List<MatchKind> ADDED_MATCHES = new CopyOnWriteArrayList<>();
    private static final List<TargetKind> ADDED_TARGETS = new CopyOnWriteArrayList<>();

    private RuleExtensions() {
    }

    /**
     * Adds some of a user's, for this process, from the next {@link #installed} on.
     *
     * @throws IllegalArgumentException if one of them cannot be named in a rule
     */
    public static void add(final List<MatchKind> matches, final List<TargetKind> targets) {
        matches.forEach(RuleExtensions::check);
        targets.forEach(RuleExtensions::check);
        // Reads their options: what is wrong with those is told here.
        new Extensions(matches, targets);
        ADDED_MATCHES.addAll(matches);
        ADDED_TARGETS.addAll(targets);
    }

    private static void check(final Kind kind) {
        final String name = kind.name();
        if (name == null || !NAME.matcher(name).matches() || name.length() >= Extensions.NAME_BYTES) {
            throw new IllegalArgumentException("a match or target cannot be named '" + name + "'; give it 1 to "
                    + (Extensions.NAME_BYTES - 1) + " letters, digits, '-' or '_', a letter or digit first: class="
                    + kind.getClass().getName());
        }
    }

    /**
     * Those that come with Penstock, those that the class path offers as services ({@link ServiceLoader}) of {@link MatchKind} and
     * {@link TargetKind}, and those that were {@linkplain #add added}; later ones take the place of others of their name.
     */
    public static Extensions installed() {
        final List<MatchKind> matches = new ArrayList<>();
        matches.addAll(MatchesA.all());
        matches.addAll(MatchesB.all());
        matches.addAll(MatchesC.all());
        ServiceLoader.load(MatchKind.class).forEach(matches::add);
        matches.addAll(ADDED_MATCHES);
        final List<TargetKind> targets = new ArrayList<>(Targets.all());
        targets.addAll(Targets.added());
        ServiceLoader.load(TargetKind.class).forEach(targets::add);
        targets.addAll(ADDED_TARGETS);
        return new Extensions(matches, targets);
    }
}
