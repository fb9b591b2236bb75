package io.penstock.rules.set;

import io.penstock.rules.hot.set.BitmapMacSet;
import io.penstock.rules.hot.set.MissedChanges;
import io.penstock.rules.hot.set.SetValues;
import io.penstock.rules.set.SetProblem.Code;
import java.util.function.Consumer;

/** {@code bitmap:ip,mac} ({@code bitmap_ipmac_uadt}). Control; one thread at a time. */
final class BitmapMacContent extends RangeContent {

    private final BitmapMacSet set;

    /** An empty one. */
    static BitmapMacContent of(final SetSpec spec, final MissedChanges missed) {
        return new BitmapMacContent(spec,
                new BitmapMacSet(spec.rangeFrom(), spec.rangeTo(), extensions(spec), Math.max(spec.timeout(), 0), missed));
    }

    private BitmapMacContent(final SetSpec spec, final BitmapMacSet set) {
        super(spec, set);
        this.set = set;
    }

    @Override
    boolean run(final Op op, final SetElement element, final boolean exist, final long nowNs, final RangeProgress progress) throws SetProblem {
        check(element.says(SetElement.IP) && (element.family == 0 || element.family == 4), Code.PROTOCOL);
        readValues(element);
        check(isIn(element.ipLow), Code.BITMAP_RANGE);
        final int at = (int) (element.ipLow - spec().rangeFrom());
        if (op == Op.TEST) {
            return set.has(at, mac(element), nowNs);
        }
        change(op, at, element, exist, nowNs);
        return true;
    }

    @Override
    int put(final int number, final SetElement element, final boolean exist, final long nowNs) {
        return set.put(number, mac(element), nowNs, values, exist);
    }

    private static long mac(final SetElement element) {
        return element.says(SetElement.MAC) ? element.mac : BitmapMacSet.NO_MAC;
    }

    /** Of an element without a MAC address, the seconds are told that it shall have. */
    @Override
    void list(final Consumer<SetElement> each, final long nowNs) {
        final SetElement element = new SetElement();
        for (int i = 0; i < set.capacity(); i++) {
            final boolean filled = set.isFilled(i);
            final long end = endNs(i);
            if (set.isSet(i) && !(filled && set.extensions().isOver(set.values(i), nowNs))) {
                element.clear();
                element.said = SetElement.IP | (filled ? SetElement.MAC : 0);
                element.family = 4;
                element.ipLow = spec().rangeFrom() + i;
                element.mac = filled ? set.mac(i) : 0;
                tell(element, i, filled ? SetValues.secondsLeft(end, nowNs) : end);
                each.accept(element);
            }
        }
    }
}
