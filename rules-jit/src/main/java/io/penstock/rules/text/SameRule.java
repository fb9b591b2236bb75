package io.penstock.rules.text;

import io.penstock.rules.model.DeviceTest;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.Selector;

/** When two rules are the same for {@code -C} and {@code -D}: the device {@code +} is any device. */
final class SameRule {

    private SameRule() {
    }

    /** A rule as it is compared. */
    static Rule normal(final Rule rule) {
        final Selector selector = rule.selector();
        if (!isPlus(selector.in()) && !isPlus(selector.out())) {
            return rule;
        }
        return new Rule(new Selector(selector.source(), selector.destination(), normal(selector.in()), normal(selector.out()),
                selector.protocol(), selector.protocolInverted(), selector.fragment()), rule.matches(), rule.action());
    }

    private static boolean isPlus(final DeviceTest test) {
        return test.name().equals("+");
    }

    private static DeviceTest normal(final DeviceTest test) {
        return isPlus(test) ? new DeviceTest("", test.inverted()) : test;
    }

    /** Whether a rule is the same as another one, which is normal already. */
    static boolean isSame(final Rule normal, final Rule rule) {
        return normal.action().equals(rule.action()) && normal.selector().equals(normal(rule).selector())
                && normal.matches().equals(rule.matches());
    }
}
