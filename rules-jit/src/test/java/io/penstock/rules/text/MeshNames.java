package io.penstock.rules.text;

import io.penstock.rules.api.Names;
import io.penstock.rules.testkit.MachineNames;

/** Names of this machine, and what Istio's rulesets name besides: groups and sets. */
final class MeshNames extends MachineNames {

    /** The number of every group that the machine does not know. */
    private static final int GROUP = 20_000;

    MeshNames(final Names machine) {
        super(machine);
    }

    @Override
    public long group(final String name) {
        final long known = super.group(name);
        return known < 0 && Character.isLetter(name.charAt(0)) ? GROUP : known;
    }

    @Override
    public int setFamily(final String set) {
        return set.endsWith("-v4") ? 4 : set.endsWith("-v6") ? 6 : -1;
    }
}
