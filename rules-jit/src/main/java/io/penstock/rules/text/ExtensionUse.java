package io.penstock.rules.text;

import io.penstock.rules.api.Kind;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import java.util.ArrayList;
import java.util.List;

/** A match or target of the rule that is being read: its options so far, with the checks that every extension's options get. */
final class ExtensionUse {

    private final Kind kind;
    private final MatchParser match;
    private final TargetParser target;
    private final OptionReader reader;
    private final int word;
    /** Names of options; a few. */
    private final List<String> seen = new ArrayList<>(2);
    private boolean completed;

    private ExtensionUse(final Kind kind, final MatchParser match, final TargetParser target, final OptionReader reader,
            final int word) {
        this.kind = kind;
        this.match = match;
        this.target = target;
        this.reader = reader;
        this.word = word;
    }

    /** A match, which the word of that number asks for. */
    static ExtensionUse of(final MatchKind kind, final ParseScope scope, final int word) {
        return new ExtensionUse(kind, kind.parser(scope), null, new OptionReader(kind.name(), scope), word);
    }

    /** A target, which the word of that number asks for. */
    static ExtensionUse of(final TargetKind kind, final ParseScope scope, final int word) {
        return new ExtensionUse(kind, null, kind.parser(scope), new OptionReader(kind.name(), scope), word);
    }

    Kind kind() {
        return kind;
    }

    /** The word that asks for it. */
    int word() {
        return word;
    }

    /** Whether a later match of its kind takes the options now. */
    boolean isCompleted() {
        return completed;
    }

    void complete() {
        completed = true;
    }

    /** Takes an option. */
    void option(final OptionSpec given, final String argument, final String more, final boolean inverted) {
        final OptionSpec spec = canonical(given);
        if (!spec.repeatable() && seen.contains(spec.name())) {
            throw ParameterProblem.parameter("%s: option \"--%s\" can only be used once.\n", kind.name(), spec.name());
        }
        if (inverted && !spec.invertible()) {
            throw ParameterProblem.parameter("%s: option \"--%s\" cannot be inverted.\n", kind.name(), spec.name());
        }
        final OptionValue value = reader.read(spec, argument, more, inverted);
        seen.add(spec.name());
        if (match != null) {
            match.option(spec, value);
        } else {
            target.option(spec, value);
        }
    }

    private OptionSpec canonical(final OptionSpec given) {
        if (given.aliasOf() == null) {
            return given;
        }
        for (final OptionSpec spec : kind.options()) {
            if (spec.name().equals(given.aliasOf())) {
                return spec;
            }
        }
        return given;
    }

    /** The match that came out. */
    Match match() {
        check();
        return match.finish();
    }

    /** The target that came out. */
    Target target() {
        check();
        return target.finish();
    }

    private void check() {
        if (match != null) {
            match.finalCheck();
        } else {
            target.finalCheck();
        }
        for (final OptionSpec spec : kind.options()) {
            if (spec.aliasOf() != null) {
                continue;
            }
            final boolean given = seen.contains(spec.name());
            if (spec.mandatory() && !given) {
                throw ParameterProblem.parameter("%s: option \"--%s\" must be specified\n", kind.name(), spec.name());
            }
            if (given) {
                checkOthers(spec);
            }
        }
    }

    private void checkOthers(final OptionSpec spec) {
        for (final OptionSpec other : kind.options()) {
            if (other.aliasOf() != null || other == spec) {
                continue;
            }
            if (spec.requires().contains(other.name()) && !seen.contains(other.name())) {
                throw ParameterProblem.parameter("%s: option \"--%s\" also requires \"--%s\".\n",
                        kind.name(), spec.name(), other.name());
            }
            if (spec.excludes().contains(other.name()) && seen.contains(other.name())) {
                throw ParameterProblem.parameter("%s: option \"--%s\" cannot be used together with \"--%s\".\n",
                        kind.name(), spec.name(), other.name());
            }
        }
    }
}
