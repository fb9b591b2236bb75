package io.penstock.dataplane.rules;

import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.model.RuleTable;
import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.set.SetRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the rules of one table hold: states that they share by name, and IP sets, of which each use in a rule is a reference, as in the
 * kernel.
 *
 * <p>Threads: control, one at a time.
 */
final class Holds implements AutoCloseable {

    private final SharedStates.Lease states;
    private final SetRegistry sets;
    private final String user;
    private final List<SetPlace> places = new ArrayList<>();

    /** Nothing yet, of a table that is to go into force. */
    Holds(final SharedStates states, final SetRegistry sets, final RuleTable table) {
        this.states = states.lease();
        this.sets = sets;
        this.user = table.family().tool() + " table " + table.name().text();
    }

    /** The state of a name, made if there is none. */
    <T> T state(final Class<T> type, final String name, final Supplier<T> maker) {
        return states.get(type, name, maker);
    }

    /** The place of a set. */
    SetPlace set(final String name) {
        final SetPlace place = sets.acquire(name, user).orElseThrow(() -> new TableRefusal(TableRefusal.ENOENT, null, 0,
                "there is no such set: set=" + name + "; it was there when the rule was read, read it again"));
        places.add(place);
        return place;
    }

    /** Lets go; no worker runs the table any more. */
    @Override
    public void close() {
        places.forEach(place -> sets.release(place, user));
        places.clear();
        states.close();
    }
}
