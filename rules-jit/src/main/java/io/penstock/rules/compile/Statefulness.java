package io.penstock.rules.compile;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.Selector4;
import io.penstock.rules.hot.Selector6;
import io.penstock.rules.hot.match.HotConnlabelSet;
import io.penstock.rules.hot.match.HotConnlimit;
import io.penstock.rules.hot.match.HotHashlimit;
import io.penstock.rules.hot.match.HotLimit;
import io.penstock.rules.hot.match.HotNth;
import io.penstock.rules.hot.match.HotQuota;
import io.penstock.rules.hot.match.HotRecent;
import io.penstock.rules.hot.match.HotSet;
import java.util.Set;

/** Which matches keep state that asking them changes. Sets are among them, and besides no memory of theirs is for others than workers. */
final class Statefulness {

    private static final String BUILT_IN = HotLimit.class.getPackageName();
    private static final String UNITS = "io.penstock.rules.bytecode";
    private static final Set<Class<?>> SELECTORS = Set.of(Selector4.class, Selector6.class);
    private static final Set<Class<?>> STATEFUL =
            Set.of(HotConnlabelSet.class, HotConnlimit.class, HotHashlimit.class, HotLimit.class, HotNth.class, HotQuota.class,
                    HotRecent.class, HotSet.class);

    private Statefulness() {
    }

    /** True unless it is known that a match keeps none: of a user's it is not. */
    static boolean mayKeepState(final HotMatch match) {
        final Class<?> type = match.getClass();
        final String home = type.getPackageName();
        return !SELECTORS.contains(type) && (!home.equals(BUILT_IN) && !home.equals(UNITS) || STATEFUL.contains(type));
    }
}
