package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.model.ServiceKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The rules by which services are looked after, and which of them have none to follow.
 *
 * <p>Invariant: that there is no service for a rule is said once, after the first look at services; they may come later by commands, and
 * go.
 *
 * <p>Threads: whoever has the engine's lock.
 */
final class HealthRules {

    private final Map<ServiceKey, HealthRule> rules = new LinkedHashMap<>();
    private final Set<ServiceKey> told = new HashSet<>();
    private final List<ServiceKey> missing = new ArrayList<>();
    private HealthRule forAll;
    private boolean isNew;

    /** Other rules, from now on. */
    void set(final List<HealthRule> wanted) {
        rules.clear();
        missing.clear();
        forAll = null;
        isNew = true;
        for (final HealthRule rule : wanted) {
            if (rule.service() == null) {
                forAll = rule;
            } else {
                rules.put(rule.service(), rule);
            }
        }
    }

    /** The rule of a service: its own, else the one for all, else null. */
    HealthRule of(final ServiceKey key) {
        return rules.getOrDefault(key, forAll);
    }

    /** Takes note of the services that there are. */
    void see(final Set<ServiceKey> there, final Consumer<String> log) {
        missing.clear();
        for (final ServiceKey key : rules.keySet()) {
            if (!there.contains(key)) {
                missing.add(key);
            }
        }
        if (isNew) {
            isNew = false;
            told.retainAll(missing);
            for (final ServiceKey key : missing) {
                if (told.add(key)) {
                    log.accept("health: there is no service " + Names.of(key) + ": its rule waits for one; check the rule's service:");
                }
            }
        }
    }

    /** Services that have a rule, and were not there at the last look. */
    List<ServiceKey> missing() {
        return List.copyOf(missing);
    }
}
