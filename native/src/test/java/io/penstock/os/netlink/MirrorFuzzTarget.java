package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * For the fuzzer: the input is a sequence of events and dumps for one mirror, which its observer can follow: whatever the kernel
 * says, what the observer was told of adds up to what the mirror has.
 *
 * <pre>
 *   event: | 0 to 127      | message |
 *   dump:  | 128 + parts   | count   | count messages |      a part is the bit of its number in Part
 * </pre>
 *
 * <p>Messages start where the one before ended; one that is malformed ends the input. A message of a dump is of the parts in turn.
 */
public final class MirrorFuzzTarget {

    private static final int DUMP = 0x80;
    /** Messages in a dump at the most. */
    private static final int DUMP_MASK = 0xF;

    private static final Model MODEL = new Model();
    private static final KernelMirror MIRROR = new KernelMirror(MODEL, NetlinkSocket.EVENT_BUFFER_BYTES);

    private MirrorFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] input) {
        try {
            feed(input);
        } catch (final MalformedMessageException e) {
            MODEL.check();
        }
        MIRROR.monitor.listener.resyncStarted(Part.ALL);
        MIRROR.monitor.listener.resyncFinished(Part.ALL);
        MODEL.check();
        MODEL.checkEmpty();
    }

    private static void feed(final byte[] input) {
        for (int at = 0; at < input.length;) {
            final int kind = input[at] & 0xFF;
            at = kind < DUMP ? event(input, at + 1) : dump(input, at + 1, kind - DUMP);
            MODEL.check();
        }
    }

    private static int event(final byte[] input, final int at) {
        final NetlinkMessage message = NetlinkMessage.at(input, at, input.length);
        MIRROR.monitor.deliver(message);
        return message.next();
    }

    /** As the monitor does it: everything is read before anything is told. */
    private static int dump(final byte[] input, final int start, final int parts) {
        final List<Part> wanted = new ArrayList<>();
        for (final Part part : Part.values()) {
            if ((parts >>> part.ordinal() & 1) != 0) {
                wanted.add(part);
            }
        }
        if (wanted.isEmpty() || start >= input.length) {
            return start;
        }
        final List<Object> found = new ArrayList<>();
        final int count = input[start] & DUMP_MASK;
        int at = start + 1;
        for (int i = 0; i < count && at < input.length; i++) {
            final NetlinkMessage message = NetlinkMessage.at(input, at, input.length);
            found.add(Dumps.decoder(wanted.get(i % wanted.size())).apply(message));
            at = message.next();
        }
        final Set<Part> told = EnumSet.copyOf(wanted);
        MIRROR.monitor.listener.resyncStarted(told);
        found.forEach(object -> MIRROR.monitor.tell(object, Change.DUMPED));
        MIRROR.monitor.listener.resyncFinished(told);
        return at;
    }

    /** What the observer was told of. */
    private static final class Model implements KernelMirror.Observer {

        private final Map<Integer, Link> links = new HashMap<>();
        private final Map<Address.Key, Address> addresses = new HashMap<>();
        private final Map<Neighbour.Key, Neighbour> neighbours = new HashMap<>();
        private final Map<RouteKey, List<Route>> routes = new HashMap<>();
        private List<Rule> rules = List.of();

        @Override
        public void link(final Link now, final Link before) {
            change(links, (now == null ? before : now).ifindex(), now, before);
        }

        @Override
        public void address(final Address now, final Address before) {
            change(addresses, (now == null ? before : now).key(), now, before);
        }

        @Override
        public void neighbour(final Neighbour now, final Neighbour before) {
            change(neighbours, (now == null ? before : now).key(), now, before);
        }

        @Override
        public void routes(final RouteKey key, final List<Route> now) {
            assertNotEquals(routes.getOrDefault(key, List.of()), now, "told without a difference");
            now.forEach(route -> assertEquals(key, route.key()));
            if (now.isEmpty()) {
                routes.remove(key);
            } else {
                routes.put(key, now);
            }
        }

        @Override
        public void rules(final List<Rule> now) {
            assertNotEquals(rules, now, "told without a difference");
            rules = now;
        }

        private static <K, V> void change(final Map<K, V> map, final K key, final V now, final V before) {
            assertEquals(map.get(key), before, "it is not what was told before");
            assertNotEquals(before, now, "told without a difference");
            if (now == null) {
                map.remove(key);
            } else {
                map.put(key, now);
            }
        }

        void check() {
            assertEquals(new HashSet<>(links.values()), new HashSet<>(MIRROR.links()));
            assertEquals(new HashSet<>(addresses.values()), new HashSet<>(MIRROR.addresses()));
            assertEquals(new HashSet<>(neighbours.values()), new HashSet<>(MIRROR.neighbours()));
            assertEquals(rules, MIRROR.rules());
            for (final int family : new int[] {IpAddress.V4, IpAddress.V6}) {
                final List<Route> all = new ArrayList<>();
                MIRROR.forEachRoute(family, all::add);
                all.forEach(route -> assertEquals(routes.get(route.key()), MIRROR.routes(route.key())));
                assertEquals(all.size(), routes.entrySet().stream().filter(e -> e.getKey().family() == family)
                        .mapToInt(e -> e.getValue().size()).sum());
            }
        }

        void checkEmpty() {
            assertEquals(0, links.size() + addresses.size() + neighbours.size() + routes.size() + rules.size());
            assertEquals(List.of(), List.copyOf(MIRROR.nextHopObjects()));
        }
    }
}
