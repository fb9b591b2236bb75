package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.TunnelSpec;
import java.util.EnumSet;
import java.util.Set;

/** Which options go together. */
final class Legality {

    private static final Set<Option> NONE = EnumSet.noneOf(Option.class);
    private static final Option[] OF_TUNNELS = {Option.TUN_PORT, Option.TUN_NOCSUM, Option.TUN_CSUM, Option.TUN_REMCSUM};

    private Legality() {
    }

    /** What is wrong with the options of a kind of tunnel, in the tool's words; null if nothing is. */
    static String problem(final TunnelSpec.Kind kind, final Set<Option> given) {
        final String name = name(kind);
        return switch (kind) {
            case IPIP -> problem(OF_TUNNELS, given, NONE, NONE, NONE, name, "tunnel type");
            case GUE -> problem(OF_TUNNELS, given, EnumSet.of(Option.TUN_PORT), NONE,
                    EnumSet.of(Option.TUN_NOCSUM, Option.TUN_CSUM, Option.TUN_REMCSUM), name, "tunnel type");
            case GRE -> problem(OF_TUNNELS, given, NONE, NONE, EnumSet.of(Option.TUN_NOCSUM, Option.TUN_CSUM), name, "tunnel type");
        };
    }

    /** As words and listings have it. */
    static String name(final TunnelSpec.Kind kind) {
        return switch (kind) {
            case IPIP -> "ipip";
            case GUE -> "gue";
            case GRE -> "gre";
        };
    }

    /**
     * What is wrong, by the first option of an order that is.
     *
     * @param needed    must be there
     * @param taken     may be there
     * @param exclusive one of them may be there
     */
    static String problem(final Option[] order, final Set<Option> given, final Set<Option> needed, final Set<Option> taken,
            final Set<Option> exclusive, final String name, final String what) {
        Option last = null;
        for (final Option option : order) {
            if (!given.contains(option)) {
                if (needed.contains(option)) {
                    return "You need to supply the '" + option.shown() + "' option for the '" + name + "' " + what;
                }
            } else if (exclusive.contains(option)) {
                if (last != null) {
                    return "The option '" + option.shown() + "' conflicts with the '" + last.shown() + "' option in the '" + name + "' "
                            + what;
                }
                last = option;
            } else if (!needed.contains(option) && !taken.contains(option)) {
                return "Illegal '" + option.shown() + "' option with the '" + name + "' " + what;
            }
        }
        return null;
    }
}
