package io.penstock.dataplane.control;

import io.penstock.rules.set.SetChange;
import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetSpec;
import io.penstock.rules.set.SetStore;
import java.util.List;
import java.util.function.Consumer;

/** Sets that are another store's, but for what a subclass does itself. Threads: the other store's. */
abstract class ForwardedSets implements SetStore {

    /** Whose they are. */
    final SetStore sets;

    ForwardedSets(final SetStore sets) {
        this.sets = sets;
    }

    @Override
    public void create(final SetSpec wanted, final boolean exist) throws SetProblem {
        sets.create(wanted, exist);
    }

    @Override
    public void destroy(final String name) throws SetProblem {
        sets.destroy(name);
    }

    @Override
    public void destroyAll() throws SetProblem {
        sets.destroyAll();
    }

    @Override
    public void flush(final String name) throws SetProblem {
        sets.flush(name);
    }

    @Override
    public void flushAll() throws SetProblem {
        sets.flushAll();
    }

    @Override
    public void rename(final String name, final String other) throws SetProblem {
        sets.rename(name, other);
    }

    @Override
    public void swap(final String name, final String other) throws SetProblem {
        sets.swap(name, other);
    }

    @Override
    public SetChange adding(final String name, final SetElement element, final boolean exist) throws SetProblem {
        return sets.adding(name, element, exist);
    }

    @Override
    public SetChange deleting(final String name, final SetElement element, final boolean exist) throws SetProblem {
        return sets.deleting(name, element, exist);
    }

    @Override
    public boolean test(final String name, final SetElement element) throws SetProblem {
        return sets.test(name, element);
    }

    @Override
    public boolean exists(final String name) {
        return sets.exists(name);
    }

    @Override
    public SetSpec spec(final String name) throws SetProblem {
        return sets.spec(name);
    }

    @Override
    public Header header(final String name) throws SetProblem {
        return sets.header(name);
    }

    @Override
    public List<String> names() {
        return sets.names();
    }

    @Override
    public void list(final String name, final Consumer<SetElement> each) throws SetProblem {
        sets.list(name, each);
    }
}
