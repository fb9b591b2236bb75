package io.penstock.rules.match;

import io.penstock.rules.api.Names;
import io.penstock.rules.testkit.MachineNames;

/** Names of this machine, and three sets. */
final class NamesWithSets extends MachineNames {

    NamesWithSets(final Names machine) {
        super(machine);
    }

    @Override
    public int setFamily(final String set) {
        return switch (set) {
            case "pxb" -> 4;
            case "pxb6" -> 6;
            case "pxl" -> 0;
            default -> -1;
        };
    }
}
