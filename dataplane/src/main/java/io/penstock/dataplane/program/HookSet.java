package io.penstock.dataplane.program;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.hot.pipeline.HookList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Immutable: the hook functions of one network namespace, by list, in the order in which they run.
 */
public final class HookSet {

    private static final Comparator<Entry> ORDER =
            Comparator.comparingInt(Entry::priority).thenComparingLong(Entry::sequence);

    /** Any device. */
    public static final int EVERY_PORT = -1;

    /** No functions at all. */
    public static final HookSet EMPTY = new HookSet(List.of());

    private final Map<HookList, List<Entry>> lists = new EnumMap<>(HookList.class);

    /** A set of the given functions in any order. */
    public HookSet(final List<Entry> entries) {
        for (final HookList list : HookList.values()) {
            final List<Entry> own = new ArrayList<>();
            entries.stream().filter(e -> e.list() == list).sorted(ORDER).forEach(own::add);
            lists.put(list, List.copyOf(own));
        }
    }

    /** The functions of a list, in order. */
    public List<Entry> functions(final HookList list) {
        return lists.get(list);
    }

    /** True when nothing is registered there. */
    public boolean isEmpty(final HookList list) {
        return lists.get(list).isEmpty();
    }

    /**
     * One function in its place.
     *
     * @param port the port that it is bound to, or {@link #EVERY_PORT}
     * @param sequence the order of registration
     */
    public record Entry(HookList list, HookFunction function, int priority, long sequence, int port) {
    }
}
