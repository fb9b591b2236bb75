package io.penstock.rules.api;

import java.util.List;
import java.util.Set;

/** What kinds of matches and kinds of targets have in common. */
public interface Kind {

    /** No errno: all is well. */
    int FINE = 0;

    /** The name, as {@code -m} and {@code -j} take it. */
    String name();

    /** The revision that the real tool uses with a kernel of today. */
    default int revision() {
        return 0;
    }

    /** The families that have it. */
    default Set<IpFamily> families() {
        return Set.of(IpFamily.values());
    }

    /** The tables where it may stand; all of them when empty. */
    default Set<TableName> tables() {
        return Set.of();
    }

    /** The hooks from which a rule with it may be reached, a mask of {@link RuleHook#bit}; all of them when 0. */
    default int hooks() {
        return 0;
    }

    /** The protocols of which a rule with it must take one only; all when empty. */
    default Set<Integer> protocols() {
        return Set.of();
    }

    /** Its options. */
    List<OptionSpec> options();

    /** What {@code -m NAME -h} prints of it, with its line ends. */
    String help();
}
