package io.penstock.rules.set;

import java.util.List;
import java.util.function.Consumer;

/**
 * The sets of a network namespace: what ipset(8) asks of the kernel. Each call is whole or refused, but where elements of a range are
 * concerned: those before the refused one have been added or deleted, as in the kernel, and of a long one others see a part.
 *
 * <p>Threads: any; a store sees to it that calls come one after the other.
 */
public interface SetStore {

    /**
     * A set as it is now.
     *
     * @param spec       what it was made with, the hash's present size included
     * @param references how many rules and lists use it
     * @param memory     bytes that it takes
     * @param elements   how many it has, without those whose time is over
     */
    record Header(SetSpec spec, int references, long memory, long elements) {
    }

    /** The most sets that there can be: their numbers have 16 bits, and one of them is kept. */
    int MAX_SETS = 65_534;

    /**
     * Makes a set.
     *
     * @param exist whether one that is there already, made with the same, is no error
     */
    void create(SetSpec wanted, boolean exist) throws SetProblem;

    /** Destroys one that nobody uses. */
    void destroy(String name) throws SetProblem;

    /** Destroys all, or none if one is in use. */
    void destroyAll() throws SetProblem;

    /** Takes all elements out of one. */
    void flush(String name) throws SetProblem;

    /** Takes all elements out of all, or of all for which there is memory to begin anew with. */
    void flushAll() throws SetProblem;

    /** Gives one that nobody uses another name. */
    void rename(String name, String other) throws SetProblem;

    /** Exchanges what is under two names, for packets at once. */
    void swap(String name, String other) throws SetProblem;

    /**
     * To add an element, or those of a range; one that is there already gets what is said, with {@code exist}, or is an error. Nothing is done before
     * the first part is asked for.
     *
     * @param element stays as it is until all is done
     */
    SetChange adding(String name, SetElement element, boolean exist) throws SetProblem;

    /** The same to delete; one that is not there is an error without {@code exist}. */
    SetChange deleting(String name, SetElement element, boolean exist) throws SetProblem;

    /** Does all of {@link #adding}. */
    default void add(final String name, final SetElement element, final boolean exist) throws SetProblem {
        adding(name, element, exist).finish();
    }

    /** Does all of {@link #deleting}. */
    default void delete(final String name, final SetElement element, final boolean exist) throws SetProblem {
        deleting(name, element, exist).finish();
    }

    /** Whether an element, or a part of it, is in the set as packets would see it; one that says {@code nomatch} asks for such an exception. */
    boolean test(String name, SetElement element) throws SetProblem;

    /** Whether there is one of this name. */
    boolean exists(String name);

    /** What one was made with, the hash's present size included: without a look at its elements. */
    SetSpec spec(String name) throws SetProblem;

    /** What is known of one. Where elements have a time, they are counted, which takes as long as to tell of them all. */
    Header header(String name) throws SetProblem;

    /** The names of all, in the order in which listings tell them. */
    List<String> names();

    /**
     * Tells of each element of a set; what changes meanwhile may or may not be told.
     *
     * @param each is given the same object each time
     */
    void list(String name, Consumer<SetElement> each) throws SetProblem;
}
