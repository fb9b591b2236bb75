package io.penstock.rules.set;

import io.penstock.rules.hot.set.ListMember;
import io.penstock.rules.hot.set.ListSet;
import io.penstock.rules.hot.set.SetValues;
import io.penstock.rules.hot.set.StoredSet;
import io.penstock.rules.set.SetProblem.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * {@code list:set}: places in order ({@code list_set_uadt}). Each member's place is held as long as it is in the list, though its time be over, until the
 * list is changed or swept. Control; one thread at a time.
 */
final class ListContent extends SetContent {

    /** What a member takes, about: two objects and a place in two arrays. Unit: bytes. */
    private static final long MEMBER_BYTES = 112;
    private static final long OWN_BYTES = 80;

    private record Item(Place place, ListMember member, int comment) {
    }

    private final ListSet set = new ListSet();
    private final Function<String, Place> places;
    private final List<Item> items = new ArrayList<>();

    /** An empty one; places finds a set by its name, null for none. */
    ListContent(final SetSpec spec, final Function<String, Place> places) {
        super(spec);
        this.places = places;
    }

    @Override
    StoredSet hot() {
        return set;
    }

    @Override
    boolean run(final Op op, final SetElement element, final boolean exist, final long nowNs, final RangeProgress progress) throws SetProblem {
        check(element.says(SetElement.NAME), Code.PROTOCOL);
        readValues(element);
        final Place place = places.apply(element.name);
        check(place != null, Code.NAME);
        check(place.content().spec().type() != SetType.LIST_SET, Code.LOOP);
        final boolean hasReference = element.says(SetElement.NAMEREF);
        check(!element.before || hasReference, Code.BEFORE);
        final Place reference = hasReference ? places.apply(element.nameref) : null;
        check(!hasReference || reference != null, Code.NAMEREF);
        if (op == Op.TEST) {
            return test(place, reference, element.before, nowNs);
        }
        sweep(nowNs);
        if (op == Op.ADD) {
            add(place, reference, element, exist, nowNs);
        } else {
            delete(place, reference, element.before, exist);
        }
        return true;
    }

    private boolean test(final Place place, final Place reference, final boolean before, final long nowNs) {
        final List<Item> there = items.stream().filter(item -> !item.member.isOver(nowNs)).toList();
        final int at = indexOf(there, place);
        return at >= 0 && (reference == null || isBeside(before ? items : there, before ? items.indexOf(there.get(at)) : at, reference, before));
    }

    /** Whether the next one, or the one before, is the reference. */
    private static boolean isBeside(final List<Item> among, final int at, final Place reference, final boolean before) {
        final int beside = before ? at + 1 : at - 1;
        return beside >= 0 && beside < among.size() && among.get(beside).place == reference;
    }

    private static int indexOf(final List<Item> among, final Place place) {
        for (int i = 0; i < among.size(); i++) {
            if (among.get(i).place == place) {
                return i;
            }
        }
        return -1;
    }

    private void add(final Place place, final Place reference, final SetElement element, final boolean exist, final long nowNs) throws SetProblem {
        final int there = indexOf(items, place);
        final int beside = reference == null || reference == place ? -1 : indexOf(items, reference);
        check(reference == null || beside >= 0, Code.REF_EXIST);
        check(there < 0 || exist, Code.EXIST);
        final ListMember member = there < 0 ? new ListMember(place.hot(), spec().counters(), spec().skbinfo()) : items.get(there).member;
        member.write(values, spec().timeout() == SetSpec.UNSET ? 0 : SetValues.expiryNs(values.timeout, nowNs));
        final Item item = new Item(place, member, comments.put(element.says(SetElement.COMMENT) ? element.comment : null));
        if (there >= 0) {
            comments.drop(items.set(there, item).comment);
            return;
        }
        items.add(reference == null ? items.size() : element.before ? beside : beside + 1, item);
        place.hold();
        publish();
    }

    private void delete(final Place place, final Place reference, final boolean before, final boolean exist) throws SetProblem {
        final int at = indexOf(items, place);
        if (at < 0) {
            check(reference == null, Code.REF_EXIST);
            check(exist, Code.EXIST);
            return;
        }
        check(reference == null || isBeside(items, at, reference, before), Code.REF_EXIST);
        remove(at);
        publish();
    }

    private void remove(final int at) {
        final Item gone = items.remove(at);
        gone.place.letGo();
        comments.drop(gone.comment);
    }

    @Override
    boolean holds(final Place place) {
        return indexOf(items, place) >= 0;
    }

    private void publish() {
        set.publish(items.stream().map(Item::member).toArray(ListMember[]::new));
    }

    private void sweep(final long nowNs) {
        boolean changed = false;
        for (int i = items.size() - 1; i >= 0; i--) {
            if (items.get(i).member.isOver(nowNs)) {
                remove(i);
                changed = true;
            }
        }
        if (changed) {
            publish();
        }
    }

    @Override
    void flush() {
        for (int i = items.size() - 1; i >= 0; i--) {
            remove(i);
        }
        publish();
    }

    @Override
    long memoryBytes() {
        return OWN_BYTES + items.size() * MEMBER_BYTES + comments.bytes();
    }

    @Override
    long elements(final long nowNs) {
        return items.size();
    }

    @Override
    void list(final Consumer<SetElement> each, final long nowNs) {
        final SetElement element = new SetElement();
        for (final Item item : items) {
            if (!item.member.isOver(nowNs)) {
                element.clear();
                element.said = SetElement.NAME;
                element.name = item.place.name();
                tell(element, SetValues.secondsLeft(item.member.expiryNs(), nowNs), item.member.packets(), item.member.bytes(), item.member.mark(),
                        item.member.prio(), comments.get(item.comment));
                each.accept(element);
            }
        }
    }

    @Override
    void maintain(final long nowNs) {
        if (isSweepDue(nowNs)) {
            sweep(nowNs);
        }
    }

    @Override
    void giveUp(final Retirement retirement) {
        flush();
    }

    @Override
    boolean isSame(final SetSpec other) {
        return super.isSame(other) && spec().size() == other.size();
    }
}
