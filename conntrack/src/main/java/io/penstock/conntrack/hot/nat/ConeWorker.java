package io.penstock.conntrack.hot.nat;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.EntryListener;
import io.penstock.os.hot.memory.Prefetch;
import java.lang.invoke.VarHandle;

/**
 * One worker's hand on the cones of a table; hears of the entries that its hands on the table give up.
 *
 * <p>A cone begins in three steps: {@link #enter} claims the source, {@link #claim} one address and port after the other until one is free,
 * {@link #publish} or {@link #abandon}.
 *
 * <p>Threads: its worker.
 */
final class ConeWorker implements EntryListener {

    /** Of {@link #enter}: nothing. The source is claimed by another worker, or there is no room. */
    static final int REFUSED = 0;
    /** Of {@link #enter}: there is a cone, which has a reference more. */
    static final int JOINED = 1;
    /** Of {@link #enter}: a cone is begun. */
    static final int BEGUN = 2;

    private static final int BUSY = 3;
    /** How often a source that another worker has claimed is asked for. Together some microseconds, as long as a search for a port takes. */
    private static final int ATTEMPTS = 128;
    /** Pauses between two attempts differ by worker, so that two who meet do not meet again. */
    private static final int PAUSES = 8;

    private final NatCones cones;
    private final ConePool pool;
    private final ConeIndex inside;
    private final ConeIndex outside;
    private final NatSources sources;
    private final int pauses;

    private int free;
    private int freeCount;
    private int spare;

    /** The cone that {@link #enter} or {@link #find} has led to. */
    private int number;
    /** Of the one that is begun: the zone of what is outside, whether that is in the index, and under which hash. */
    private int outsideZone;
    private boolean isClaimed;
    private long claimed;

    /**
     * A worker's.
     *
     * @param sources whose cones they are; told of entries before the cones are
     * @param worker  the worker's number
     */
    ConeWorker(final NatSources sources, final int worker) {
        this.cones = sources.cones();
        this.pool = cones.pool;
        this.inside = cones.inside;
        this.outside = cones.outside;
        this.sources = sources;
        this.pauses = 1 + worker % PAUSES;
    }

    @Override
    public void onGivenUp(final long entry) {
        sources.onGivenUp(entry);
        if ((ConnLayout.flags(entry) & ConnLayout.FLAG_CONE) != 0) {
            leave(ConnLayout.cone(entry, true));
            leave(ConnLayout.cone(entry, false));
        }
    }

    @Override
    public void prefetch(final long entry, final Prefetch to) {
        sources.prefetch(entry, to);
    }

    /** The cone of the last {@link #enter} or {@link #find} that led to one. */
    int number() {
        return number;
    }

    /**
     * Joins the cone of a source whose outside is within bounds, or begins one.
     *
     * @param source  the source as it comes
     * @param from    its zone
     * @param to      the zone outside
     * @param joined  gets the address and port outside of the cone that there is, and the rest of {@code source}
     */
    int enter(final NatTuple source, final int from, final int to, final NatBounds bounds, final NatTuple joined) {
        final long hash = cones.hash(source.sourceHigh, source.sourceLow, source.sourceKey, from);
        int result = join(hash, source, from, bounds, joined);
        for (int i = 0; i < ATTEMPTS && result == BUSY; i++) {
            for (int j = 0; j < pauses; j++) {
                Thread.onSpinWait();
            }
            result = join(hash, source, from, bounds, joined);
        }
        outsideZone = to;
        return result == BUSY ? REFUSED : result;
    }

    private int join(final long hash, final NatTuple source, final int zone, final NatBounds bounds, final NatTuple joined) {
        final int result = look(hash, source, zone, bounds, joined, 0);
        return result == REFUSED ? begin(hash, source, zone, bounds, joined) : result;
    }

    /** Joins a cone that lives; BUSY where one but {@code own} is begun; REFUSED for none. */
    private int look(
            final long hash, final NatTuple source, final int zone, final NatBounds bounds, final NatTuple joined, final int own) {
        boolean begun = false;
        for (int at = inside.next(hash, 0); at != ConeIndex.NONE; at = inside.next(hash, at + 1)) {
            final int other = inside.number(hash, at);
            final long cone = pool.address(other);
            final long state = ConeLayout.state(cone);
            if (other == own || ConeLayout.isFree(state)
                    || !ConeLayout.is(cone, ConeLayout.INSIDE, source.sourceHigh, source.sourceLow, source.sourceKey, zone)) {
                continue;
            }
            if (ConeLayout.isBegun(state)) {
                begun = true;
                continue;
            }
            joined.copy(source);
            joined.sourceHigh = ConeLayout.high(cone, ConeLayout.OUTSIDE);
            joined.sourceLow = ConeLayout.low(cone, ConeLayout.OUTSIDE);
            joined.sourceKey = ConeLayout.port(cone, ConeLayout.OUTSIDE);
            if (bounds.allowsSource(joined) && ConeLayout.tryRefer(cone, state)) {
                number = other;
                return JOINED;
            }
        }
        return begun ? BUSY : REFUSED;
    }

    private int begin(final long hash, final NatTuple source, final int zone, final NatBounds bounds, final NatTuple joined) {
        final int own = take();
        if (own == 0) {
            return REFUSED;
        }
        final long cone = pool.address(own);
        ConeLayout.set(cone, ConeLayout.INSIDE, source.sourceHigh, source.sourceLow, source.sourceKey, zone);
        ConeLayout.begin(cone);
        int result = REFUSED;
        if (inside.put(hash, own)) {
            // Who looks for the others has put in its own: of two who do so at once, at least one sees the other.
            VarHandle.fullFence();
            result = look(hash, source, zone, bounds, joined, own);
            if (result == REFUSED) {
                number = own;
                return BEGUN;
            }
            inside.remove(hash, own);
        }
        ConeLayout.abandon(cone);
        give(own);
        return result;
    }

    /** Of a cone that is begun: claims a tuple's source for its outside, in place of what was claimed before; false if another cone has it. */
    boolean claim(final NatTuple tuple) {
        disclaim();
        final long hash = cones.hash(tuple.sourceHigh, tuple.sourceLow, tuple.sourceKey, outsideZone);
        if (holder(hash, tuple, outsideZone, number) != 0) {
            return false;
        }
        ConeLayout.set(pool.address(number), ConeLayout.OUTSIDE, tuple.sourceHigh, tuple.sourceLow, tuple.sourceKey, outsideZone);
        if (!outside.put(hash, number)) {
            return false;
        }
        isClaimed = true;
        claimed = hash;
        // As with the source.
        VarHandle.fullFence();
        return holder(hash, tuple, outsideZone, number) == 0;
    }

    private void disclaim() {
        if (isClaimed) {
            outside.remove(claimed, number);
            isClaimed = false;
        }
    }

    /** Of a cone that is begun, and whose outside is claimed: it lives, with a reference. */
    void publish() {
        ConeLayout.publish(pool.address(number));
        isClaimed = false;
    }

    /** Of a cone that is begun: it never was. */
    void abandon() {
        disclaim();
        final long cone = pool.address(number);
        inside.remove(cones.hash(cone, ConeLayout.INSIDE), number);
        ConeLayout.abandon(cone);
        give(number);
    }

    /** Whether an address and port outside, a tuple's source, belong to the cone of another source than {@code owner}'s. */
    boolean isHeld(final NatTuple tuple, final int zone, final NatTuple owner, final int ownerZone) {
        if (outside.isUnused()) {
            return false;
        }
        final int holder = holder(cones.hash(tuple.sourceHigh, tuple.sourceLow, tuple.sourceKey, zone), tuple, zone, 0);
        return holder != 0 && !ConeLayout.is(
                pool.address(holder), ConeLayout.INSIDE, owner.sourceHigh, owner.sourceLow, owner.sourceKey, ownerZone);
    }

    /** The cone but {@code own} that has a tuple's source for its outside, begun or living; 0 for none. */
    private int holder(final long hash, final NatTuple tuple, final int zone, final int own) {
        for (int at = outside.next(hash, 0); at != ConeIndex.NONE; at = outside.next(hash, at + 1)) {
            final int other = outside.number(hash, at);
            final long cone = pool.address(other);
            if (other != own && !ConeLayout.isFree(ConeLayout.state(cone))
                    && ConeLayout.is(cone, ConeLayout.OUTSIDE, tuple.sourceHigh, tuple.sourceLow, tuple.sourceKey, zone)) {
                return other;
            }
        }
        return 0;
    }

    /**
     * Finds who is inside of a tuple's destination; its cone has a reference more.
     *
     * @param bounds gets the one address and port inside
     */
    boolean find(final NatTuple tuple, final int zone, final NatBounds bounds) {
        if (outside.isUnused()) {
            return false;
        }
        final long hash = cones.hash(tuple.destinationHigh, tuple.destinationLow, tuple.destinationKey, zone);
        for (int at = outside.next(hash, 0); at != ConeIndex.NONE; at = outside.next(hash, at + 1)) {
            final int found = outside.number(hash, at);
            final long cone = pool.address(found);
            final long state = ConeLayout.state(cone);
            if (ConeLayout.isFree(state) || ConeLayout.isBegun(state) || !ConeLayout.is(
                    cone, ConeLayout.OUTSIDE, tuple.destinationHigh, tuple.destinationLow, tuple.destinationKey, zone)) {
                continue;
            }
            bounds.set(ConeLayout.high(cone, ConeLayout.INSIDE), ConeLayout.low(cone, ConeLayout.INSIDE),
                    ConeLayout.port(cone, ConeLayout.INSIDE));
            if (ConeLayout.tryRefer(cone, state)) {
                number = found;
                return true;
            }
        }
        return false;
    }

    /** Gives a reference back; number 0 is no cone's. */
    void leave(final int left) {
        if (left == 0) {
            return;
        }
        final long cone = pool.address(left);
        if (ConeLayout.unrefer(cone)) {
            inside.remove(cones.hash(cone, ConeLayout.INSIDE), left);
            outside.remove(cones.hash(cone, ConeLayout.OUTSIDE), left);
            give(left);
        }
    }

    private int take() {
        if (free == 0) {
            free = spare;
            spare = 0;
            freeCount = ConePool.CHAIN;
            if (free == 0) {
                free = pool.takeChain();
            }
        }
        final int taken = free;
        if (taken != 0) {
            free = ConeLayout.next(pool.address(taken));
            freeCount = free == 0 ? 0 : freeCount - 1;
        }
        return taken;
    }

    private void give(final int given) {
        if (freeCount >= ConePool.CHAIN) {
            if (spare != 0) {
                pool.giveChain(spare);
            }
            spare = free;
            free = 0;
            freeCount = 0;
        }
        ConeLayout.setNext(pool.address(given), free);
        free = given;
        freeCount++;
    }
}
