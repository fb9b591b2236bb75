package io.penstock.rules.hot.set.table;

import io.penstock.rules.hot.SetScratch;

/** What the writer of a table does to one element. Threads: the writer. */
final class KeyWriter {

    private final KeyTable table;
    private final KeyForm form;
    private final Extensions extensions;
    private final TableControl control;
    private final SetScratch lost = new SetScratch();
    private EntryVisitor listener;

    KeyWriter(final KeyTable table, final KeyForm form, final TableControl control) {
        this.table = table;
        this.form = form;
        this.extensions = form.extensions();
        this.control = control;
    }

    /** As {@link KeyTable#add}. */
    long add(final SetScratch key, final long nowNs) {
        forget();
        final long word = form.word(key);
        if (form.isSpecial(word)) {
            return addSpecial(form.special(word));
        }
        final long there = locate(word, key);
        if (there != 0) {
            final long answer = answerOf(there);
            if (!form.hasEntries() || !extensions.isOver(answer, nowNs)) {
                return answer;
            }
            lose(there);
        }
        if (isFull(nowNs)) {
            return 0;
        }
        final TableStorage storage = table.storage();
        final boolean room = storage.makeRoom(word);
        table.adoptIndex();
        if (!room) {
            return 0;
        }
        return form.hasEntries() ? addEntry(word, key) : addLane(word);
    }

    /** As {@link KeyTable#publish}. */
    void publish() {
        final int kind = control.pendingKind();
        final long word = control.pending();
        control.setPending(TableControl.NONE, 0);
        if (kind == TableControl.LANE) {
            put(word);
        } else if (kind == TableControl.SPECIAL) {
            putSpecial(form.special(word), form.answerOf(word));
        }
    }

    /** Forgets what was not published. */
    void forget() {
        if (control.pendingKind() != TableControl.NONE) {
            if (form.hasEntries()) {
                table.storage().entries().giveBack(KeyForm.numberOf(control.pending()));
            }
            control.setPending(TableControl.NONE, 0);
        }
    }

    /** As {@link KeyTable#setFlags}. */
    void setFlags(final SetScratch key, final long entry, final long flags) {
        if (!extensions.has(Extensions.FLAGS)) {
            return;
        }
        if (form.hasEntries()) {
            extensions.setFlags(entry, flags);
            return;
        }
        final long word = form.word(key);
        if (control.pendingKind() != TableControl.NONE && (control.pending() ^ word) >>> form.flagBits() == 0) {
            control.setPending(control.pendingKind(), word | flags);
        } else if (form.isSpecial(word)) {
            setSpecialFlags(form.special(word), flags);
        } else {
            final long lane = locate(word, key);
            if (lane != 0) {
                table.storage().replace(lane, word | flags);
            }
        }
    }

    /** As {@link KeyTable#remove}. */
    boolean remove(final SetScratch key, final long nowNs) {
        final long word = form.word(key);
        if (form.isSpecial(word)) {
            return removeSpecial(form.special(word));
        }
        final long lane = locate(word, key);
        if (lane == 0) {
            return false;
        }
        final boolean over = form.hasEntries() && extensions.isOver(answerOf(lane), nowNs);
        take(lane);
        return !over;
    }

    /** As {@link KeyTable#onRemoval}. */
    void onRemoval(final EntryVisitor to) {
        listener = to;
    }

    /** Takes the element of a lane of the index in force out, which nobody asked for: who listens is told. */
    void lose(final long lane) {
        if (listener != null) {
            form.keyOf(table.storage().current().word(lane), answerOf(lane), lost);
            listener.visit(lost, answerOf(lane));
        }
        take(lane);
    }

    /** The same of a special element. */
    boolean loseSpecial(final int number) {
        final long answer = control.special(number);
        if (answer != 0 && listener != null) {
            form.keyOf(form.specialWord(number, answer), answer, lost);
            listener.visit(lost, answer);
        }
        return removeSpecial(number);
    }

    /** Takes the element of a lane of the index in force out. */
    void take(final long lane) {
        final TableStorage storage = table.storage();
        final KeyIndex index = storage.current();
        final long word = index.word(lane);
        storage.take(lane);
        control.setSize(control.size() - 1);
        if (form.hasEntries()) {
            storage.entries().giveUp(KeyForm.numberOf(word));
        }
    }

    /** Takes a special element out; false when it is not there. */
    boolean removeSpecial(final int number) {
        if (control.special(number) == 0) {
            return false;
        }
        control.setSpecial(number, 0);
        control.setSize(control.size() - 1);
        return true;
    }

    /** What {@link KeyTable#find} answers for the element of a lane. */
    private long answerOf(final long lane) {
        final long word = table.storage().current().word(lane);
        return form.hasEntries() ? table.storage().entries().address(KeyForm.numberOf(word)) : form.answerOf(word);
    }

    private boolean isFull(final long nowNs) {
        if (control.size() >= table.maxelem()) {
            table.sweeper().makeRoom(nowNs);
        }
        return control.size() >= table.maxelem();
    }

    private long addEntry(final long word, final SetScratch key) {
        final TableEntries entries = table.storage().entries();
        final long number = entries.take();
        if (number == 0) {
            return 0;
        }
        final long entry = entries.address(number);
        form.initialize(entry, key);
        control.setPending(TableControl.LANE, word | number);
        return entry;
    }

    private long addLane(final long word) {
        if (form.flagBits() == 0) {
            put(word);
        } else {
            control.setPending(TableControl.LANE, word);
        }
        return KeyTable.PRESENT;
    }

    private long addSpecial(final int number) {
        final long there = control.special(number);
        if (there != 0 || control.size() >= table.maxelem()) {
            return there;
        }
        if (form.flagBits() == 0) {
            putSpecial(number, KeyTable.PRESENT);
        } else {
            control.setPending(TableControl.SPECIAL, 0);
        }
        return KeyTable.PRESENT;
    }

    private void setSpecialFlags(final int number, final long flags) {
        if (control.special(number) != 0) {
            control.setSpecial(number, Extensions.present(flags));
        }
    }

    private void put(final long word) {
        table.storage().insert(word);
        control.setSize(control.size() + 1);
    }

    private void putSpecial(final int number, final long answer) {
        control.setSpecial(number, answer);
        control.setSize(control.size() + 1);
    }

    /** The lane of a key in the index in force; 0 for none. */
    private long locate(final long word, final SetScratch key) {
        final KeyIndex index = table.storage().current();
        if (!form.hasEntries()) {
            return index.locate(word, form.flagBits());
        }
        long bucket = index.home(word);
        for (int walked = 0; walked < KeyIndex.MAX_WALK; walked++) {
            for (int lane = 0; lane < WordBucket.LANES; lane++) {
                final long found = WordBucket.lane(bucket, lane);
                if ((found ^ word) >>> Integer.SIZE == 0 && KeyIndex.isWord(found) && isOf(found, key)) {
                    return index.lane(bucket, lane);
                }
            }
            if (!WordBucket.isPassed(bucket)) {
                return 0;
            }
            bucket = index.next(bucket);
        }
        return 0;
    }

    private boolean isOf(final long found, final SetScratch key) {
        final long entry = table.storage().entries().address(KeyForm.numberOf(found));
        return form.isEntryOf(entry, key.key0, key.key1, key.key2, key.key3, key.key4);
    }
}
