package io.penstock.dataplane.control;

import io.penstock.rules.set.SetChange;
import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetSpec;
import io.penstock.rules.set.SetStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A file's sets, made beside those that are there, to be swapped into their places when the whole of the file is right.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What the file speaks of are the sets that it makes; others are not there for it, but as elements of lists.</li>
 *   <li>A set that is new has its own name from the start, so that rules and lists can name it; one that is there already is made under
 *       another name.</li>
 *   <li>Until {@link #apply} no set that was there is changed.</li>
 *   <li>A set that cannot take the place of the one that is there is refused by a {@link RulesException}, without file and line.</li>
 * </ol>
 *
 * <p>Threads: one; whoever uses it is alone in doing so.
 */
final class StagedSets extends ForwardedSets {

    private static final String PREFIX = ".reload-";

    /** Under which names they are held, by the names that they are to have. */
    private final Map<String, String> held = new LinkedHashMap<>();
    private int number;

    StagedSets(final SetStore sets) {
        super(sets);
    }

    @Override
    public void create(final SetSpec wanted, final boolean exist) throws SetProblem {
        final String known = held.get(wanted.name());
        if (known != null) {
            sets.create(wanted.named(known), exist);
            return;
        }
        final boolean isThere = sets.exists(wanted.name());
        if (isThere) {
            checkSwap(wanted, sets.spec(wanted.name()));
        }
        final String name = isThere ? free() : wanted.name();
        sets.create(wanted.named(name), exist);
        held.put(wanted.name(), name);
    }

    /** Two sets can be swapped when they are of one type and family. */
    private static void checkSwap(final SetSpec wanted, final SetSpec there) {
        if (wanted.type() != there.type()) {
            throw new RulesException("set " + wanted.name() + " is in force with another type, and a set keeps its own; give this one another name");
        }
        if (there.family() != 0 && wanted.family() > 0 && wanted.family() != there.family()) {
            throw new RulesException("set " + wanted.name() + " is in force for another family, and a set keeps its own; give this one another name");
        }
    }

    private String free() {
        String name;
        do {
            number++;
            name = PREFIX + number;
        } while (sets.exists(name));
        return name;
    }

    private String name(final String name) throws SetProblem {
        final String known = held.get(name);
        if (known == null) {
            throw new SetProblem(SetProblem.Code.ENOENT);
        }
        return known;
    }

    @Override
    public void destroy(final String name) throws SetProblem {
        sets.destroy(name(name));
        held.remove(name);
    }

    @Override
    public void destroyAll() throws SetProblem {
        flushAll();
        for (final String name : List.copyOf(held.values())) {
            sets.destroy(name);
        }
        held.clear();
    }

    @Override
    public void flush(final String name) throws SetProblem {
        sets.flush(name(name));
    }

    @Override
    public void flushAll() {
        for (final String name : held.values()) {
            try {
                sets.flush(name);
            } catch (final SetProblem gone) {
                // Somebody has taken it away meanwhile, or there is no memory: then it goes with its elements.
            }
        }
    }

    @Override
    public void rename(final String name, final String other) throws SetProblem {
        final String known = name(name);
        if (held.containsKey(other)) {
            throw new SetProblem(SetProblem.Code.EXIST_SETNAME2);
        }
        final String next = sets.exists(other) ? free() : other;
        sets.rename(known, next);
        held.remove(name);
        held.put(other, next);
    }

    @Override
    public void swap(final String name, final String other) throws SetProblem {
        if (!held.containsKey(other)) {
            throw new SetProblem(SetProblem.Code.EXIST_SETNAME2);
        }
        sets.swap(name(name), name(other));
    }

    @Override
    public SetChange adding(final String name, final SetElement element, final boolean exist) throws SetProblem {
        return sets.adding(name(name), element, exist);
    }

    @Override
    public SetChange deleting(final String name, final SetElement element, final boolean exist) throws SetProblem {
        return sets.deleting(name(name), element, exist);
    }

    @Override
    public boolean test(final String name, final SetElement element) throws SetProblem {
        return sets.test(name(name), element);
    }

    @Override
    public boolean exists(final String name) {
        return held.containsKey(name);
    }

    @Override
    public SetSpec spec(final String name) throws SetProblem {
        return sets.spec(name(name));
    }

    @Override
    public Header header(final String name) throws SetProblem {
        return sets.header(name(name));
    }

    @Override
    public List<String> names() {
        return List.copyOf(held.keySet());
    }

    @Override
    public void list(final String name, final Consumer<SetElement> each) throws SetProblem {
        sets.list(name(name), each);
    }

    /**
     * Looks whether {@link #apply} can put them into their places, for whoever is alone with the sets.
     *
     * @throws RulesException when a set has changed meanwhile so that it cannot be
     */
    void check() {
        for (final Map.Entry<String, String> entry : held.entrySet()) {
            try {
                checkSwap(sets.spec(entry.getValue()).named(entry.getKey()), sets.spec(entry.getKey()));
            } catch (final SetProblem problem) {
                throw changed(entry.getKey(), problem);
            }
        }
    }

    private static RulesException changed(final String name, final SetProblem problem) {
        return new RulesException("set " + name + " has changed while it was loaded: code=" + problem.code() + "; reload again");
    }

    /**
     * Puts them into their places.
     *
     * @throws RulesException when a set has changed meanwhile so that it cannot be; those before it are in their places
     */
    void apply() {
        for (final Map.Entry<String, String> entry : held.entrySet()) {
            if (!entry.getKey().equals(entry.getValue())) {
                try {
                    sets.swap(entry.getValue(), entry.getKey());
                } catch (final SetProblem problem) {
                    throw changed(entry.getKey(), problem);
                }
            }
        }
        held.entrySet().removeIf(entry -> entry.getKey().equals(entry.getValue()));
        abandon();
    }

    /** Takes away what is not in its place. */
    void abandon() {
        flushAll();
        for (final String name : held.values()) {
            try {
                sets.destroy(name);
            } catch (final SetProblem used) {
                // Somebody has taken it away meanwhile, or into use: then it is theirs.
            }
        }
        held.clear();
    }
}
