package io.penstock.rules.hot.set.table;

import io.penstock.rules.hot.SetScratch;

/** Is told of elements, one after the other. Control. */
@FunctionalInterface
public interface EntryVisitor {

    /**
     * An element.
     *
     * @param key   its key, in the words that the table's keys have; the same object each time
     * @param entry for {@link Extensions}, to be read only, until this returns: a copy of one instant
     */
    void visit(SetScratch key, long entry);
}
