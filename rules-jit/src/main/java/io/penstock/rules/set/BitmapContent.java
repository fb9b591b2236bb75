package io.penstock.rules.set;

import io.penstock.rules.hot.set.BitmapSet;
import io.penstock.rules.hot.set.MissedChanges;
import io.penstock.rules.hot.set.SetValues;
import io.penstock.rules.set.SetProblem.Code;
import java.util.function.Consumer;

/** {@code bitmap:ip} and {@code bitmap:port} ({@code bitmap_ip_uadt}, {@code bitmap_port_uadt}). Control; one thread at a time. */
final class BitmapContent extends RangeContent {

    private static final int HOST4 = 32;

    private final BitmapSet set;
    private final boolean ports;
    private final int hostBits;

    /** An empty one. */
    static BitmapContent of(final SetSpec spec, final MissedChanges missed) {
        final int hostBits = spec.netmask() == SetSpec.UNSET ? 0 : HOST4 - spec.netmask();
        return new BitmapContent(spec, hostBits, new BitmapSet(spec.type() == SetType.BITMAP_PORT, spec.rangeFrom(), spec.rangeTo(), hostBits,
                extensions(spec), Math.max(spec.timeout(), 0), missed));
    }

    private BitmapContent(final SetSpec spec, final int hostBits, final BitmapSet set) {
        super(spec, set);
        this.set = set;
        this.hostBits = hostBits;
        this.ports = spec.type() == SetType.BITMAP_PORT;
    }

    @Override
    boolean run(final Op op, final SetElement element, final boolean exist, final long nowNs, final RangeProgress progress) throws SetProblem {
        check(element.says(ports ? SetElement.PORT : SetElement.IP), Code.PROTOCOL);
        check(ports || element.family == 0 || element.family == 4, Code.PROTOCOL);
        final long first = ports ? element.port : element.ipLow;
        if (ports) {
            check(isIn(first), Code.BITMAP_RANGE);
            readValues(element);
        } else {
            readValues(element);
            check(isIn(first), Code.BITMAP_RANGE);
        }
        if (op == Op.TEST) {
            return set.has(set.element(first), nowNs);
        }
        long from = first;
        long to = first;
        if (element.says(ports ? SetElement.PORT_TO : SetElement.IP_TO)) {
            final long last = ports ? element.portTo : element.ipToLow;
            from = Math.min(first, last);
            to = Math.max(first, last);
        } else if (!ports && element.says(SetElement.CIDR)) {
            check(element.cidr > 0 && element.cidr <= HOST4, Code.INVALID_CIDR);
            from = AddressRange.first(first, element.cidr);
            to = AddressRange.last(first, element.cidr);
        }
        check(isIn(from) && isIn(to), Code.BITMAP_RANGE);
        for (long each = from; each <= to; each += 1L << hostBits) {
            change(op, set.element(each), element, exist, nowNs);
        }
        return true;
    }

    @Override
    int put(final int number, final SetElement element, final boolean exist, final long nowNs) {
        return set.put(number, nowNs, values, exist);
    }

    @Override
    void list(final Consumer<SetElement> each, final long nowNs) {
        final SetElement element = new SetElement();
        for (int i = 0; i < set.capacity(); i++) {
            if (set.has(i, nowNs)) {
                element.clear();
                if (ports) {
                    element.said = SetElement.PORT;
                    element.port = (int) set.value(i);
                } else {
                    element.said = SetElement.IP;
                    element.family = 4;
                    element.ipLow = set.value(i);
                }
                tell(element, i, SetValues.secondsLeft(endNs(i), nowNs));
                each.accept(element);
            }
        }
    }

    @Override
    boolean isSame(final SetSpec other) {
        return super.isSame(other) && spec().netmask() == other.netmask();
    }
}
