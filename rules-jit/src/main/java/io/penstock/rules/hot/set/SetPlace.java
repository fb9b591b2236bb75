package io.penstock.rules.hot.set;

import io.penstock.rules.hot.RulePacket;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The place of a set under its name: what rules hold. Swapping exchanges what is in two places.
 *
 * <p>Threads: control puts; workers ask. What a worker got is used until its batch ends, and freed after all have passed a boundary.
 */
public final class SetPlace {

    private static final VarHandle SET;

    static {
        try {
            SET = MethodHandles.lookup().findVarHandle(SetPlace.class, "set", PacketSet.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private PacketSet set = PacketSet.NONE;

    /** Control: puts a set here. */
    public void put(final PacketSet value) {
        SET.setRelease(this, value);
    }

    /** What is here now. */
    public PacketSet get() {
        return (PacketSet) SET.getAcquire(this);
    }

    /** Asks what is here. */
    public boolean test(final RulePacket packet, final SetQuery query) {
        return get().test(packet, query);
    }
}
