package io.penstock.rules.set;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.set.NoWorkers;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.hot.set.SetQuery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Pairs of networks, changed by commands and packets while time goes by, beside a map that is searched whole. */
final class NetworksModelTest {

    private static final long SECOND_NS = 1_000_000_000;
    private static final int TIMEOUT = 20;

    /** What is done. */
    enum What {
        ADD, ADD_EXIST, DELETE, TEST, PACKET_TEST, PACKET_ADD, PACKET_DELETE, PASS, MAINTAIN, FLUSH
    }

    /** A step: addresses out of few, lengths, and whether it is an exception. */
    record Step(What what, int first, int firstLength, int second, int secondLength, boolean nomatch, int seconds) {
    }

    private record Pair(long first, int firstLength, long second, int secondLength) {
    }

    private record Kept(boolean nomatch, long endNs) {
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        final Arbitrary<Integer> address = Arbitraries.integers().between(0, 7);
        final Arbitrary<Integer> length = Arbitraries.of(1, 8, 30, 31, 32);
        return Combinators.combine(Arbitraries.of(What.class), address, length, address, length, Arbitraries.of(true, false),
                Arbitraries.integers().between(0, 12)).as(Step::new).list().ofMinSize(1).ofMaxSize(80);
    }

    private final Map<Pair, Kept> model = new HashMap<>();
    private long nowNs = SECOND_NS;

    @Property(tries = 300)
    void shouldAnswerAsAMapThatIsSearchedWhole(@ForAll("steps") final List<Step> steps) throws SetProblem {
        model.clear();
        nowNs = SECOND_NS;
        try (SetRegistry sets = new SetRegistry(new NoWorkers(), () -> nowNs); SetPacket packets = new SetPacket()) {
            sets.create(SetLines.spec(List.of("s", "hash:net,net", "timeout", "" + TIMEOUT)), false);
            final SetPlace place = sets.acquire("s", "test").orElseThrow();
            for (final Step step : steps) {
                final RulePacket packet = packets.of("10.0.0." + step.first + " 20.0.0." + step.second + " udp 1 2", nowNs);
                assertEquals(inModel(step), inSet(sets, place, step, packet), step.toString());
                assertEquals(model.values().stream().filter(this::isThere).count(), sets.header("s").elements());
            }
            final List<String> listed = new ArrayList<>();
            sets.list("s", element -> listed.add(new Pair(element.ipLow, element.cidr, element.ip2Low, element.cidr2) + " " + element.nomatch));
            assertEquals(model.entrySet().stream().filter(each -> isThere(each.getValue())).map(each -> each.getKey() + " " + each.getValue().nomatch)
                    .sorted().toList(), listed.stream().sorted().toList());
        }
    }

    private String inSet(final SetRegistry sets, final SetPlace place, final Step step, final RulePacket packet) throws SetProblem {
        final SetQuery query = SetQuery.of(2, 1);
        try {
            switch (step.what) {
                case ADD, ADD_EXIST -> sets.add("s", element(step), step.what == What.ADD_EXIST);
                case DELETE -> sets.delete("s", element(step), false);
                case TEST -> {
                    return "" + sets.test("s", element(step));
                }
                case PACKET_TEST -> {
                    return "" + place.test(packet, query);
                }
                case PACKET_ADD -> {
                    return "" + place.get().add(packet, query);
                }
                case PACKET_DELETE -> {
                    return "" + place.get().delete(packet, query);
                }
                case MAINTAIN -> sets.maintain();
                case FLUSH -> sets.flush("s");
                default -> {
                    // The model moves the clock.
                }
            }
            return "ok";
        } catch (final SetProblem e) {
            return e.code().name();
        }
    }

    private static SetElement element(final Step step) {
        final SetElement element = SetLines.element(SetType.HASH_NET_NET, List.of("10.0.0." + step.first + '/' + step.firstLength + ",20.0.0."
                + step.second + '/' + step.secondLength, "timeout", "" + step.seconds));
        element.nomatch = step.nomatch;
        return element;
    }

    private static long address(final int begin, final int last) {
        return (long) begin << 24 | last;
    }

    private static Pair pair(final Step step, final int firstLength, final int secondLength) {
        return new Pair(AddressRange.first(address(10, step.first), firstLength), firstLength,
                AddressRange.first(address(20, step.second), secondLength), secondLength);
    }

    private boolean isThere(final Kept kept) {
        return kept.endNs == 0 || nowNs < kept.endNs;
    }

    private String inModel(final Step step) {
        final Pair said = pair(step, step.firstLength, step.secondLength);
        final boolean there = model.containsKey(said) && isThere(model.get(said));
        switch (step.what) {
            case ADD, ADD_EXIST -> {
                if (there && step.what == What.ADD) {
                    return "EXIST";
                }
                model.put(said, new Kept(step.nomatch, step.seconds == 0 ? 0 : nowNs + step.seconds * SECOND_NS));
            }
            case DELETE -> {
                if (!there) {
                    return "EXIST";
                }
                model.remove(said);
            }
            case TEST -> {
                final Kept found = step.firstLength == 32 && step.secondLength == 32 ? search(step) : there ? model.get(said) : null;
                return "" + (found != null && found.nomatch == step.nomatch);
            }
            case PACKET_TEST -> {
                final Kept found = search(step);
                return "" + (found != null && !found.nomatch);
            }
            case PACKET_ADD -> {
                final Pair own = pair(step, longest(true), longest(false));
                if (model.containsKey(own) && isThere(model.get(own))) {
                    return "false";
                }
                model.put(own, new Kept(false, nowNs + TIMEOUT * SECOND_NS));
                return "true";
            }
            case PACKET_DELETE -> {
                final Pair own = pair(step, longest(true), longest(false));
                if (!model.containsKey(own) || !isThere(model.get(own))) {
                    return "false";
                }
                model.remove(own);
                return "true";
            }
            case PASS -> nowNs += step.seconds * SECOND_NS;
            case MAINTAIN -> model.values().removeIf(kept -> !isThere(kept));
            default -> model.clear();
        }
        return "ok";
    }

    private int longest(final boolean first) {
        return model.keySet().stream().mapToInt(pair -> first ? pair.firstLength : pair.secondLength).max().orElse(32);
    }

    private Kept search(final Step step) {
        for (final int firstLength : new TreeSet<>(model.keySet().stream().map(Pair::firstLength).toList()).descendingSet()) {
            for (final int secondLength : new TreeSet<>(model.keySet().stream().map(Pair::secondLength).toList()).descendingSet()) {
                final Kept kept = model.get(pair(step, firstLength, secondLength));
                if (kept != null && isThere(kept)) {
                    return kept;
                }
            }
        }
        return null;
    }
}
