package io.penstock.dataplane.control;

import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetSpec;
import io.penstock.rules.set.SetStore;
import java.util.List;
import java.util.function.Consumer;

/**
 * The sets of a namespace for any thread, one call at a time, until they are closed: no command reaches sets that are taken down.
 */
final class ServedSets implements SetStore, AutoCloseable {

    private final SetStore sets;
    private boolean closed;

    ServedSets(final SetStore sets) {
        this.sets = sets;
    }

    @Override
    public synchronized void create(final SetSpec wanted, final boolean exist) throws SetProblem {
        check();
        sets.create(wanted, exist);
    }

    @Override
    public synchronized void destroy(final String name) throws SetProblem {
        check();
        sets.destroy(name);
    }

    @Override
    public synchronized void destroyAll() throws SetProblem {
        check();
        sets.destroyAll();
    }

    @Override
    public synchronized void flush(final String name) throws SetProblem {
        check();
        sets.flush(name);
    }

    @Override
    public synchronized void flushAll() {
        check();
        sets.flushAll();
    }

    @Override
    public synchronized void rename(final String name, final String other) throws SetProblem {
        check();
        sets.rename(name, other);
    }

    @Override
    public synchronized void swap(final String name, final String other) throws SetProblem {
        check();
        sets.swap(name, other);
    }

    @Override
    public synchronized void add(final String name, final SetElement element, final boolean exist) throws SetProblem {
        check();
        sets.add(name, element, exist);
    }

    @Override
    public synchronized void delete(final String name, final SetElement element, final boolean exist) throws SetProblem {
        check();
        sets.delete(name, element, exist);
    }

    @Override
    public synchronized boolean test(final String name, final SetElement element) throws SetProblem {
        check();
        return sets.test(name, element);
    }

    @Override
    public synchronized boolean exists(final String name) {
        check();
        return sets.exists(name);
    }

    @Override
    public synchronized Header header(final String name) throws SetProblem {
        check();
        return sets.header(name);
    }

    @Override
    public synchronized List<String> names() {
        check();
        return sets.names();
    }

    @Override
    public synchronized Header list(final String name, final Consumer<SetElement> each) throws SetProblem {
        check();
        return sets.list(name, each);
    }

    /** Returns when no call is under way; none comes through afterwards. */
    @Override
    public synchronized void close() {
        closed = true;
    }

    private void check() {
        if (closed) {
            throw new TableRefusal(TableRefusal.EAGAIN, null, 0, "the data plane ends; start another with 'penstock run'");
        }
    }
}
