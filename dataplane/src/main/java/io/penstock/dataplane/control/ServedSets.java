package io.penstock.dataplane.control;

import io.penstock.rules.model.TableRefusal;
import io.penstock.rules.set.SetChange;
import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetSpec;
import io.penstock.rules.set.SetStore;
import java.util.List;
import java.util.function.Consumer;

/**
 * The sets of a namespace for any thread, one call at a time, until they are closed: no command reaches sets that are taken down.
 *
 * <p>Threads: any. Whoever wants the sets for itself ({@link #alone}) and the locks of tables, services or checks takes the sets first: those who have
 * one of the others never come here.
 */
final class ServedSets implements SetStore, AutoCloseable {

    private final SetStore sets;
    private boolean closed;
    private long departures;

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
        departures++;
        sets.destroy(name);
    }

    @Override
    public synchronized void destroyAll() throws SetProblem {
        check();
        departures++;
        sets.destroyAll();
    }

    @Override
    public synchronized void flush(final String name) throws SetProblem {
        check();
        sets.flush(name);
    }

    @Override
    public synchronized void flushAll() throws SetProblem {
        check();
        sets.flushAll();
    }

    @Override
    public synchronized void rename(final String name, final String other) throws SetProblem {
        check();
        departures++;
        sets.rename(name, other);
    }

    @Override
    public synchronized void swap(final String name, final String other) throws SetProblem {
        check();
        departures++;
        sets.swap(name, other);
    }

    @Override
    public SetChange adding(final String name, final SetElement element, final boolean exist) throws SetProblem {
        return inParts(sets.adding(name, element, exist));
    }

    @Override
    public SetChange deleting(final String name, final SetElement element, final boolean exist) throws SetProblem {
        return inParts(sets.deleting(name, element, exist));
    }

    /** Each part is a call. */
    private SetChange inParts(final SetChange change) {
        return () -> {
            synchronized (this) {
                check();
                return change.next();
            }
        };
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
    public synchronized SetSpec spec(final String name) throws SetProblem {
        check();
        return sets.spec(name);
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
    public synchronized void list(final String name, final Consumer<SetElement> each) throws SetProblem {
        check();
        sets.list(name, each);
    }

    /** Does something while no other thread comes to the sets. */
    synchronized void alone(final Runnable action) {
        check();
        action.run();
    }

    /** How often somebody has asked for a name to mean no set any more, or another one. */
    synchronized long departures() {
        return departures;
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
