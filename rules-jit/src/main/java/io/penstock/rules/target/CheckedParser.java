package io.penstock.rules.target;

import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetParser;

/** A parser whose own last check comes before that of options which exclude or require each other, whoever asks for it. */
abstract class CheckedParser implements TargetParser {

    private boolean checked;

    /** Finds what is missing or does not fit. */
    abstract void verify();

    /** The target, all being well. */
    abstract Target target();

    @Override
    public final void finalCheck() {
        if (!checked) {
            checked = true;
            verify();
        }
    }

    @Override
    public final Target finish() {
        finalCheck();
        return target();
    }
}
