package io.penstock.rules.hot.set;

import io.penstock.rules.hot.RulePacket;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@code list:set}: sets in order. A packet is in it as soon as one of them has it and the list's element agrees; it is added to and deleted from the
 * first of them where that can be done.
 *
 * <p>Threads: control publishes members; workers ask. Source: {@code ip_set_list_set.c}.
 */
public final class ListSet extends StoredSet {

    private static final ListMember[] NO_MEMBERS = {};
    private static final VarHandle MEMBERS;

    static {
        try {
            MEMBERS = MethodHandles.lookup().findVarHandle(ListSet.class, "members", ListMember[].class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private ListMember[] members = NO_MEMBERS;

    /** An empty list. */
    public ListSet() {
        super(1, 0, false);
    }

    /** Control: these are its members now; the array is given up. */
    public void publish(final ListMember[] now) {
        MEMBERS.setRelease(this, now);
    }

    private ListMember[] members() {
        return (ListMember[]) MEMBERS.getAcquire(this);
    }

    /** Members are asked without conditions, and count if elements of sets in a list shall; then the list's own element. */
    @Override
    int find(final RulePacket packet, final SetQuery query, final boolean conditions, final boolean counts) {
        final boolean membersCount = counts && query.updateSubCounters();
        for (final ListMember member : members()) {
            if (member.place().get() instanceof final StoredSet set && set.matches(packet, query, false, membersCount)
                    && member.agrees(packet, query, conditions, counts)) {
                return FOUND;
            }
        }
        return ABSENT;
    }

    @Override
    boolean addOf(final RulePacket packet, final SetQuery query) {
        for (final ListMember member : members()) {
            if (!member.isOver(packet.nowNs) && member.place().get().add(packet, query)) {
                return true;
            }
        }
        return false;
    }

    @Override
    boolean deleteOf(final RulePacket packet, final SetQuery query) {
        for (final ListMember member : members()) {
            if (!member.isOver(packet.nowNs) && member.place().get().delete(packet, query)) {
                return true;
            }
        }
        return false;
    }
}
