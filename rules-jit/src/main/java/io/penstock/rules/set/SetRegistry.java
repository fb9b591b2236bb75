package io.penstock.rules.set;

import static io.penstock.rules.set.SetContent.check;

import io.penstock.os.sys.SysException;
import io.penstock.rules.hot.set.Boundaries;
import io.penstock.rules.hot.set.MissedChanges;
import io.penstock.rules.hot.set.PacketSet;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.set.SetContent.Op;
import io.penstock.rules.set.SetProblem.Code;
import io.penstock.rules.set.table.RetiredBlocks;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The sets of a network namespace, by name, as packets and commands use them.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Sets have numbers, the lowest that is free: listings tell them in that order, lists last.</li>
 *   <li>A reference is to a place, not to what is there: swapping exchanges what is there, and who holds a place goes on holding it.</li>
 *   <li>What nobody can find any more is freed when every worker has passed a boundary.</li>
 * </ol>
 *
 * <p>Threads: commands' and control's, one at a time behind this object's lock; workers never come here. Source: {@code ip_set_core.c}.
 */
public final class SetRegistry implements SetStore, AutoCloseable {

    /** Sets that are looked after before others have their turn: a millisecond, or what a large one takes. */
    private static final int MAINTAINED_AT_ONCE = 64;

    private final Boundaries boundaries;
    private final LongSupplier nowNs;
    private final LongSupplier random;
    private final MissedChanges missed = new MissedChanges();
    private final Retirement retirement;
    private final Map<String, Place> byName = new HashMap<>();
    private final Map<SetPlace, Place> byPlace = new IdentityHashMap<>();
    /** By number; null where one is free. */
    private final List<Place> byNumber = new ArrayList<>();
    private final BitSet used = new BitSet();

    /**
     * No sets yet.
     *
     * @param boundaries what tells when workers have let go
     * @param nowNs      the workers' clock
     */
    public SetRegistry(final Boundaries boundaries, final LongSupplier nowNs) {
        this(boundaries, nowNs, new SecureRandom()::nextLong);
    }

    /** The same, with what is random from elsewhere. */
    public SetRegistry(final Boundaries boundaries, final LongSupplier nowNs, final LongSupplier random) {
        this.boundaries = Objects.requireNonNull(boundaries);
        this.nowNs = Objects.requireNonNull(nowNs);
        this.random = Objects.requireNonNull(random);
        this.retirement = new Retirement(boundaries);
    }

    /** Holds the place under a name; empty if there is none. The user is told, in words, to who would destroy the set. */
    public synchronized Optional<SetPlace> acquire(final String name, final String user) {
        final Place place = byName.get(name);
        if (place == null) {
            return Optional.empty();
        }
        place.hold(user);
        return Optional.of(place.hot());
    }

    /** Lets go of a place, once for each time that the same user held it. */
    public synchronized void release(final SetPlace place, final String user) {
        final Place held = byPlace.get(place);
        if (held == null) {
            throw new IllegalStateException("there is no such set any more: user=" + user + "; a reference is let go of once");
        }
        held.letGo(user);
    }

    @Override
    public synchronized boolean exists(final String name) {
        return byName.containsKey(name);
    }

    /** The family of a set: 4, 6, 0 for both; -1 where there is none. */
    public synchronized int familyOf(final String name) {
        final Place place = byName.get(name);
        return place == null ? -1 : place.content().spec().family();
    }

    /** Changes that workers wanted and let be, because somebody else was changing the set. */
    public long missedChanges() {
        return missed.count();
    }

    /**
     * Control, some ten times a second: what is over, growth, memory that is free. Between some sets and the next others have their turn. One that
     * fails keeps none of the others from it: the first failure is thrown when all have been looked after.
     */
    public void maintain() {
        final FirstFailure failure = new FirstFailure();
        int next = 0;
        while (next >= 0) {
            next = maintain(next, failure);
        }
        failure.of("memory that is free", RetiredBlocks::collect);
        failure.rethrow();
    }

    /** Looks after some sets, from a number on; where to go on, negative for nowhere. */
    private synchronized int maintain(final int from, final FirstFailure failure) {
        final long now = nowNs.getAsLong();
        final int end = Math.min(from + MAINTAINED_AT_ONCE, byNumber.size());
        for (int number = from; number < end; number++) {
            final Place place = byNumber.get(number);
            if (place != null) {
                failure.of("set " + place.name(), () -> place.content().maintain(now));
            }
        }
        failure.of("sets that are gone", retirement::collect);
        return end < byNumber.size() ? end : -1;
    }

    @Override
    public synchronized void create(final SetSpec wanted, final boolean exist) throws SetProblem {
        final SetSpec spec = SpecCheck.complete(wanted, random);
        final Place clash = byName.get(wanted.name());
        if (clash != null) {
            check(exist && clash.content().isSame(spec), Code.EEXIST);
            return;
        }
        final int number = used.nextClearBit(0);
        check(number < MAX_SETS, Code.MAX_SETS);
        final Place place = new Place(wanted.name(), number, content(spec));
        used.set(number);
        if (number == byNumber.size()) {
            byNumber.add(null);
        }
        place.content().begin(nowNs.getAsLong());
        byNumber.set(number, place);
        byName.put(wanted.name(), place);
        byPlace.put(place.hot(), place);
    }

    private SetContent content(final SetSpec spec) throws SetProblem {
        try {
            return switch (spec.type()) {
                case BITMAP_IP, BITMAP_PORT -> BitmapContent.of(spec, missed);
                case BITMAP_IP_MAC -> BitmapMacContent.of(spec, missed);
                case LIST_SET -> new ListContent(spec, byName::get);
                default -> new HashContent(spec, boundaries, missed);
            };
        } catch (final SysException e) {
            throw new SetProblem(Code.ENOMEM);
        }
    }

    @Override
    public synchronized void destroy(final String name) throws SetProblem {
        final Place place = find(name);
        if (place.isHeld()) {
            throw inUse(Code.BUSY, place);
        }
        remove(place);
    }

    @Override
    public synchronized void destroyAll() throws SetProblem {
        for (final Place place : byNumber) {
            if (place != null && place.isHeld()) {
                throw inUse(Code.BUSY, place);
            }
        }
        for (final Place place : List.copyOf(byName.values())) {
            remove(place);
        }
    }

    /** A refusal for a place that somebody holds. */
    private SetProblem inUse(final Code code, final Place place) {
        final List<String> lists = new ArrayList<>();
        for (final Place other : byNumber) {
            if (other != null && other.content().holds(place)) {
                lists.add("list " + other.name());
            }
        }
        return new SetProblem(code, place.name(), place.users(lists));
    }

    private void remove(final Place place) {
        byName.remove(place.name());
        byPlace.remove(place.hot());
        byNumber.set(place.index(), null);
        used.clear(place.index());
        place.hot().put(PacketSet.NONE);
        place.content().retire(retirement);
    }

    @Override
    public synchronized void flush(final String name) throws SetProblem {
        check(isFlushed(find(name)), Code.ENOMEM);
    }

    @Override
    public synchronized void flushAll() throws SetProblem {
        boolean areAll = true;
        for (final Place place : byNumber) {
            areAll &= place == null || isFlushed(place);
        }
        check(areAll, Code.ENOMEM);
    }

    /** Whether there was memory to begin anew with; else nothing has changed. */
    private static boolean isFlushed(final Place place) {
        try {
            place.content().flush();
            return true;
        } catch (final SysException e) {
            return false;
        }
    }

    @Override
    public synchronized void rename(final String name, final String other) throws SetProblem {
        final Place place = find(name);
        if (place.isHeld()) {
            throw inUse(Code.REFERENCED, place);
        }
        check(!byName.containsKey(other), Code.EXIST_SETNAME2);
        byName.remove(name);
        place.rename(other);
        byName.put(other, place);
    }

    @Override
    public synchronized void swap(final String name, final String other) throws SetProblem {
        final Place one = find(name);
        final Place two = byName.get(other);
        check(two != null, Code.EXIST_SETNAME2);
        final SetContent first = one.content();
        final SetContent second = two.content();
        check(features(first.spec().type()).equals(features(second.spec().type())) && first.spec().family() == second.spec().family(),
                Code.TYPE_MISMATCH);
        one.put(second);
        two.put(first);
    }

    /** What two sets must have in common to be swapped: an address or a network is the same, but for exceptions. */
    private static String features(final SetType type) {
        final StringBuilder features = new StringBuilder(type.hasNomatch() ? "nomatch" : "");
        boolean second = false;
        for (final SetType.Part part : type.parts()) {
            final boolean address = part == SetType.Part.IP || part == SetType.Part.NET;
            features.append(' ').append(address ? second ? "ip2" : "ip" : part.name());
            second |= address;
        }
        return features.toString();
    }

    @Override
    public SetChange adding(final String name, final SetElement element, final boolean exist) {
        return new Change(Op.ADD, name, element, exist);
    }

    @Override
    public SetChange deleting(final String name, final SetElement element, final boolean exist) {
        return new Change(Op.DELETE, name, element, exist);
    }

    /** Whatever keeps an element from being looked up is told as its absence, as in the kernel. */
    @Override
    public synchronized boolean test(final String name, final SetElement element) throws SetProblem {
        final SetContent content = find(name).content();
        try {
            return content.run(Op.TEST, element, false, nowNs.getAsLong(), new RangeProgress());
        } catch (final SetProblem e) {
            return false;
        }
    }

    private Place find(final String name) throws SetProblem {
        final Place place = byName.get(name);
        check(place != null, Code.ENOENT);
        return place;
    }

    @Override
    public synchronized SetSpec spec(final String name) throws SetProblem {
        return find(name).content().inForce().named(name);
    }

    @Override
    public synchronized Header header(final String name) throws SetProblem {
        final Place place = find(name);
        final SetContent content = place.content();
        try {
            return new Header(spec(name), place.references(), content.memoryBytes(), content.elements(nowNs.getAsLong()));
        } catch (final SysException e) {
            throw new SetProblem(Code.ENOMEM);
        }
    }

    @Override
    public synchronized List<String> names() {
        final List<String> names = new ArrayList<>();
        for (final boolean lists : new boolean[] {false, true}) {
            for (final Place place : byNumber) {
                if (place != null && place.content().spec().type() == SetType.LIST_SET == lists) {
                    names.add(place.name());
                }
            }
        }
        return names;
    }

    @Override
    public synchronized void list(final String name, final Consumer<SetElement> each) throws SetProblem {
        final SetContent content = find(name).content();
        try {
            content.list(each, nowNs.getAsLong());
        } catch (final SysException e) {
            throw new SetProblem(Code.ENOMEM);
        }
    }

    /** Frees all: no worker asks any more. */
    @Override
    public synchronized void close() {
        for (final Place place : byNumber) {
            if (place != null) {
                place.hot().put(PacketSet.NONE);
                place.content().retire(retirement);
            }
        }
        byName.clear();
        byPlace.clear();
        byNumber.clear();
        used.clear();
        retirement.closeAll();
    }

    /** What a command does to the content that is under a name when it begins. Threads: the command's; each part with the registry's lock. */
    private final class Change implements SetChange {

        private final Op op;
        private final String name;
        private final SetElement element;
        private final boolean exist;
        private final RangeProgress progress = new RangeProgress();
        private SetContent content;

        private Change(final Op op, final String name, final SetElement element, final boolean exist) {
            this.op = op;
            this.name = name;
            this.element = element;
            this.exist = exist;
        }

        @Override
        public boolean next() throws SetProblem {
            synchronized (SetRegistry.this) {
                content = content == null ? find(name).content() : content;
                check(!content.isRetired(), Code.ENOENT);
                content.run(op, element, exist, nowNs.getAsLong(), progress);
                return progress.isLeft();
            }
        }
    }
}
