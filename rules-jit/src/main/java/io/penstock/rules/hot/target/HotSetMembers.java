package io.penstock.rules.hot.target;

import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.hot.set.SetQuery;

/** Adds the packet to a set, then deletes it from one ({@code set_target_v3}); neither ends anything when it cannot be done. Any worker. */
public final class HotSetMembers implements HotTarget {

    private final SetPlace add;
    private final SetQuery addQuery;
    private final SetPlace delete;
    private final SetQuery deleteQuery;

    /** To which set with what, and from which; null for none. */
    public HotSetMembers(final SetPlace add, final SetQuery addQuery, final SetPlace delete, final SetQuery deleteQuery) {
        this.add = add;
        this.addQuery = addQuery;
        this.delete = delete;
        this.deleteQuery = deleteQuery;
    }

    @Override
    public int apply(final RulePacket packet) {
        if (add != null) {
            add.get().add(packet, addQuery);
        }
        if (delete != null) {
            delete.get().delete(packet, deleteQuery);
        }
        return RuleVerdict.CONTINUE;
    }
}
