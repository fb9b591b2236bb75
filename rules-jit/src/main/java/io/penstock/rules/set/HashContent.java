package io.penstock.rules.set;

import io.penstock.os.sys.SysException;
import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.Boundaries;
import io.penstock.rules.hot.set.DeviceSet;
import io.penstock.rules.hot.set.HashIp4;
import io.penstock.rules.hot.set.HashIp6;
import io.penstock.rules.hot.set.HashIpPort4;
import io.penstock.rules.hot.set.HashNet4;
import io.penstock.rules.hot.set.HashNet6;
import io.penstock.rules.hot.set.KeyLayout;
import io.penstock.rules.hot.set.KeyedSet;
import io.penstock.rules.hot.set.KeyedSetting;
import io.penstock.rules.hot.set.MissedChanges;
import io.penstock.rules.hot.set.PartsSet;
import io.penstock.rules.hot.set.SetValues;
import io.penstock.rules.hot.set.StoredSet;
import io.penstock.rules.hot.set.table.Extensions;
import io.penstock.rules.hot.set.table.KeyTable;
import io.penstock.rules.set.table.RetiredBlocks;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** {@code hash:...}: keys in a table. Control; one thread at a time. */
final class HashContent extends SetContent {

    /** What is over is taken out in slices of this: a millisecond or so. */
    private static final int EXPIRED_AT_ONCE = 65_536;
    private static final int BUCKET_STEP = 2;
    /** Elements of a bucket, on average, with which a set of the kernel's gets twice as many: one is too full then. */
    private static final int ELEMENTS_IN_BUCKET = 4;
    /** Comments that are nobody's may be this many before all elements are asked for theirs. */
    private static final int MAX_ORPHANS = 1024;

    private final KeyedSet set;
    private final DeviceSet devices;
    private final KeyTable table;
    private final KeyLayout layout;
    private final Extensions extensions;
    private final HashCommand command;
    private String comment;
    private int orphans;
    private long buckets;

    /** An empty one. */
    HashContent(final SetSpec spec, final Boundaries boundaries, final MissedChanges missed) {
        super(spec);
        layout = KeyLayout.of(parts(spec.type()), spec.family() == 6);
        final boolean hasDevice = layout.has(KeyLayout.DEVICE);
        final Extensions wanted = Extensions.of((spec.timeout() != SetSpec.UNSET ? Extensions.TIMEOUT : 0)
                | (spec.counters() ? Extensions.COUNTERS : 0) | (spec.skbinfo() ? Extensions.SKBINFO : 0)
                | (spec.comment() || hasDevice ? Extensions.COMMENT : 0) | (spec.type().hasNomatch() ? Extensions.FLAGS : 0));
        final long room = Math.max(spec.maxelem(), 1);
        table = KeyTable.create(layout.words(), layout.isNarrow(), wanted, spec.hashsize(), room, boundaries);
        extensions = table.extensions();
        final KeyedSetting setting = new KeyedSetting(layout, table, spec.type().parts().size(), spec.family(), spec.maxelem() == 0,
                maskHigh(spec), maskLow(spec), spec.markmask(), Math.max(spec.timeout(), 0), spec.forceadd(), missed);
        devices = hasDevice ? devices(setting, spec.hashsize(), Math.min(room + 1, KeyTable.MAX_ELEMENTS), boundaries) : null;
        set = hasDevice ? devices : specialised(spec, setting);
        table.onRemoval(set::expired);
        buckets = spec.hashsize();
        command = new HashCommand(spec, layout, this::apply);
    }

    /** Where there is no memory for the groups, nothing of the set stays. */
    private static DeviceSet devices(final KeyedSetting setting, final long hashsize, final long room, final Boundaries boundaries) {
        try {
            return new DeviceSet(setting,
                    KeyTable.create(setting.layout().isSix() ? 3 : 1, false, Extensions.of(Extensions.COUNTERS), hashsize, room, boundaries));
        } catch (final SysException e) {
            setting.table().close();
            throw e;
        }
    }

    private static KeyedSet specialised(final SetSpec spec, final KeyedSetting setting) {
        final boolean six = spec.family() == 6;
        return switch (spec.type()) {
            case HASH_IP -> six ? new HashIp6(setting) : new HashIp4(setting);
            case HASH_NET -> six ? new HashNet6(setting) : new HashNet4(setting);
            case HASH_IP_PORT -> six ? new PartsSet(setting) : new HashIpPort4(setting);
            default -> new PartsSet(setting);
        };
    }

    private static int parts(final SetType type) {
        int parts = 0;
        for (final SetType.Part part : type.parts()) {
            parts |= switch (part) {
                case IP -> (parts & KeyLayout.ADDRESS) == 0 ? KeyLayout.ADDRESS : KeyLayout.SECOND;
                case NET -> (parts & KeyLayout.ADDRESS) == 0 ? KeyLayout.ADDRESS | KeyLayout.NET : KeyLayout.SECOND | KeyLayout.SECOND_NET;
                case PORT -> KeyLayout.PORT;
                case MAC -> KeyLayout.MAC;
                case MARK -> KeyLayout.MARK;
                case IFACE -> KeyLayout.DEVICE;
                case SET -> throw new IllegalArgumentException("a hash has no sets for elements: type=" + type + "; make a list");
            };
        }
        return parts;
    }

    static long maskHigh(final SetSpec spec) {
        if (spec.hasMask() && spec.family() == 6) {
            return spec.maskHigh();
        }
        final int length = spec.family() == 6 ? spec.netmask() : SetSpec.UNSET;
        return length == SetSpec.UNSET || length >= Long.SIZE ? -1 : -1L << Long.SIZE - length;
    }

    static long maskLow(final SetSpec spec) {
        if (spec.hasMask()) {
            return spec.maskLow();
        }
        final int length = spec.netmask();
        if (spec.family() == 6) {
            return length == SetSpec.UNSET ? -1 : length <= Long.SIZE ? 0 : -1L << 2 * Long.SIZE - length;
        }
        return length == SetSpec.UNSET ? -1 : AddressRange.first(-1, length);
    }

    @Override
    StoredSet hot() {
        return set;
    }

    @Override
    SetSpec inForce() {
        final SetSpec made = spec();
        final int bucketsize = devices == null ? made.bucketsize()
                : Math.max(made.bucketsize(), (devices.largest() + BUCKET_STEP - 1) / BUCKET_STEP * BUCKET_STEP);
        return new SetSpec(made.name(), made.type(), made.family(), made.rangeFrom(), made.rangeTo(), made.cidr(), made.netmask(), made.maskHigh(),
                made.maskLow(), made.hasMask(), made.markmask(), buckets, made.maxelem(), bucketsize, made.initval(), made.size(),
                made.timeout(), made.counters(), made.comment(), made.skbinfo(), made.forceadd());
    }

    @Override
    boolean run(final Op op, final SetElement element, final boolean exist, final long nowNs, final RangeProgress progress) throws SetProblem {
        command.begin(element);
        readValues(element);
        comment = element.says(SetElement.COMMENT) ? element.comment : null;
        return command.run(op, exist, nowNs, progress);
    }

    private boolean apply(final Op op, final SetScratch key, final boolean exist, final long nowNs) throws SetProblem {
        if (op == Op.TEST) {
            set.claim();
            final int answer;
            try {
                answer = set.look(key, nowNs);
            } finally {
                set.release();
            }
            return values.nomatch && spec().type().hasNomatch() ? answer == StoredSet.EXCEPTION : answer == StoredSet.FOUND;
        }
        values.comment = op == Op.DELETE ? 0 : devices == null ? comments.put(comment) : comment == null || comment.isEmpty() ? 0 : 1;
        set.claim();
        final int result;
        final int number;
        try {
            result = op == Op.ADD ? set.put(key, nowNs, values, exist) : set.take(key, nowNs, values);
            number = devices != null && op == Op.ADD && result == StoredSet.DONE ? devices.commentOfKey(key, nowNs) : 0;
        } finally {
            set.release();
        }
        if (devices == null && result != StoredSet.DONE) {
            comments.drop(values.comment);
        } else if (number != 0) {
            comments.put(number, comment);
        }
        if (values.oldComment != number) {
            comments.drop(values.oldComment);
        }
        if (table.size() > buckets * ELEMENTS_IN_BUCKET) {
            buckets <<= 1;
        }
        switch (result) {
            case StoredSet.EXISTS -> check(exist, SetProblem.Code.EXIST);
            case StoredSet.ABSENT -> check(exist, SetProblem.Code.EXIST);
            case StoredSet.FULL -> throw new SetProblem(SetProblem.Code.HASH_FULL);
            default -> {
                return true;
            }
        }
        return false;
    }

    @Override
    void flush() {
        set.claim();
        try {
            set.clear();
            set.takeOrphans();
        } finally {
            set.release();
        }
        comments.clear();
        orphans = 0;
        RetiredBlocks.collect();
    }

    @Override
    long memoryBytes() {
        return table.memoryBytes() + (devices == null ? 0 : devices.groups().memoryBytes()) + comments.bytes();
    }

    @Override
    long elements(final long nowNs) {
        if (spec().timeout() == SetSpec.UNSET) {
            return table.size();
        }
        final long[] count = new long[1];
        table.forEach((key, entry) -> count[0] += extensions.isOver(entry, nowNs) ? 0 : 1);
        return count[0];
    }

    @Override
    void list(final Consumer<SetElement> each, final long nowNs) {
        final SetElement element = new SetElement();
        final boolean timeouts = spec().timeout() != SetSpec.UNSET;
        table.forEach((key, entry) -> {
            if (!timeouts || !extensions.isOver(entry, nowNs)) {
                element.clear();
                HashElements.tell(spec(), layout, key, element);
                element.nomatch = extensions.isNomatch(entry);
                element.wildcard = extensions.isWildcard(entry);
                tell(element, timeouts ? SetValues.secondsLeft(extensions.expiryNs(entry), nowNs) : 0,
                        spec().counters() ? extensions.packets(entry) : 0, spec().counters() ? extensions.bytes(entry) : 0,
                        spec().skbinfo() ? extensions.skbMarkAndMask(entry) : 0, spec().skbinfo() ? extensions.skbPrioAndQueue(entry) : 0,
                        spec().comment() ? comments.get(set.commentOf(entry)) : null);
                each.accept(element);
            }
        });
    }

    @Override
    void maintain(final long nowNs) {
        if (spec().timeout() != SetSpec.UNSET) {
            expire(nowNs);
        }
        table.maintain();
        if (devices != null) {
            devices.groups().maintain();
        }
        if (spec().comment()) {
            set.claim();
            orphans += set.takeOrphans();
            set.release();
            if (orphans > MAX_ORPHANS) {
                keepComments();
                orphans = 0;
            }
        }
    }

    /** Numbers of elements with devices may be any: a set of bits would be large. */
    private void keepComments() {
        if (devices == null) {
            final BitSet used = new BitSet();
            table.forEach((key, entry) -> used.set(set.commentOf(entry)));
            comments.keep(used::get);
        } else {
            final Set<Integer> used = new HashSet<>();
            table.forEach((key, entry) -> used.add(set.commentOf(entry)));
            comments.keep(used::contains);
        }
    }

    /** Networks with devices, of which there are few, are changed in two tables, so that workers wait for all of it. */
    private void expire(final long nowNs) {
        if (devices == null) {
            table.expire(nowNs, EXPIRED_AT_ONCE);
            return;
        }
        set.claim();
        try {
            table.expire(nowNs, EXPIRED_AT_ONCE);
        } finally {
            set.release();
        }
    }

    @Override
    void giveUp(final Retirement retirement) {
        table.close();
        if (devices != null) {
            devices.groups().close();
        }
    }

    @Override
    boolean isSame(final SetSpec other) {
        final SetSpec made = spec();
        return super.isSame(other) && made.maxelem() == other.maxelem() && made.markmask() == other.markmask()
                && maskHigh(made) == maskHigh(other) && maskLow(made) == maskLow(other);
    }
}
