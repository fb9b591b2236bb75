package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Allocation;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.hot.set.PacketSet;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.hot.set.SetQuery;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rules ask of sets, and what they do with the answer. */
class SetBindingTest {

    private static final int ROUNDS = 1000;

    private final List<String> asked = new ArrayList<>();
    private final Map<String, SetPlace> places = new HashMap<>();
    private final RulePacket packet = new RulePacket();
    private boolean answer = true;

    /** Sets whatever their names are. */
    private final class Scope implements BindScope {

        @Override
        public Place place() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long nowNs() {
            return 0;
        }

        @Override
        public int workers() {
            return 1;
        }

        @Override
        public <T> T shared(final Class<T> type, final String name, final Supplier<T> maker) {
            return maker.get();
        }

        @Override
        public SetPlace set(final String name) {
            return places.computeIfAbsent(name, made -> {
                final SetPlace place = new SetPlace();
                place.put(new Told(made));
                return place;
            });
        }
    }

    /** Writes down what it is asked. */
    private final class Told implements PacketSet {

        private final String name;

        private Told(final String name) {
            this.name = name;
        }

        @Override
        public boolean test(final RulePacket packet, final SetQuery query) {
            return tell("test", query);
        }

        @Override
        public boolean add(final RulePacket packet, final SetQuery query) {
            return tell("add", query);
        }

        @Override
        public boolean delete(final RulePacket packet, final SetQuery query) {
            return tell("delete", query);
        }

        private boolean tell(final String what, final SetQuery query) {
            asked.add(what + ' ' + name + ' ' + query.toString().replaceAll("[A-Za-z]+=|SetQuery", ""));
            return answer;
        }
    }

    private Rule rule(final String given) {
        final Extensions all = RuleExtensions.installed();
        final RuleText text = RuleText.of(all, new FixedNames() {

            @Override
            public int setFamily(final String set) {
                return 0;
            }
        }, IpFamily.IPV4, Set.of(), List.of(("-A INPUT " + given).split(" +")));
        assertEquals("", text.error());
        return text.rules().getFirst();
    }

    private HotMatch match(final String given) {
        return assertInstanceOf(RunnableMatch.class, rule(given).matches().getFirst()).bind(new Scope());
    }

    private RunnableTarget target(final String given) {
        return assertInstanceOf(RunnableTarget.class, ((Action.Extension) rule(given).action()).target());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --match-set a src                                    | test a [1, 1, false, true, true, 0, 0, 0, 0, false, -1]
            --match-set a dst,src,src                            | test a [3, 6, false, true, true, 0, 0, 0, 0, false, -1]
            --match-set a dst,dst,dst,dst,dst,src                | test a [6, 32, false, true, true, 0, 0, 0, 0, false, -1]
            --match-set a dst --return-nomatch                   | test a [1, 0, true, true, true, 0, 0, 0, 0, false, -1]
            --match-set a dst ! --update-counters                | test a [1, 0, false, false, true, 0, 0, 0, 0, false, -1]
            --match-set a dst ! --update-subcounters             | test a [1, 0, false, true, false, 0, 0, 0, 0, false, -1]
            --match-set a dst --packets-eq 7 ! --bytes-eq 8      | test a [1, 0, false, true, true, 1, 7, 2, 8, false, -1]
            --match-set a dst --packets-lt 7 --bytes-gt 18446744073709551615 | test a [1, 0, false, true, true, 3, 7, 4, -1, false, -1]
            """)
    void shouldAskAsTheRuleSays(final String given, final String expected) {
        final HotMatch match = match("-m set " + given);
        assertTrue(match.matches(packet));
        answer = false;
        assertFalse(match.matches(packet));
        assertEquals(List.of(expected, expected), asked);
    }

    @Test
    void shouldTakeWhatIsNotThereWhenInverted() {
        final HotMatch match = match("-m set ! --match-set a src");
        assertFalse(match.matches(packet));
        answer = false;
        assertTrue(match.matches(packet));
    }

    @Test
    void shouldFindNothingWhereThereIsNoSet() {
        final HotMatch match = match("-m set --match-set a src");
        places.get("a").put(PacketSet.NONE);
        assertFalse(match.matches(packet));
        assertEquals(RuleVerdict.CONTINUE, target("-j SET --add-set a src --del-set a src").bind(new Scope()).apply(packet));
        assertEquals(List.of(), asked);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --add-set a src                                | add a [1, 1, false, true, true, 0, 0, 0, 0, false, -1]
            --add-set a src,dst --exist                    | add a [2, 1, false, true, true, 0, 0, 0, 0, true, -1]
            --add-set a src --timeout 0                    | add a [1, 1, false, true, true, 0, 0, 0, 0, false, 0]
            --add-set a src --timeout 2147483              | add a [1, 1, false, true, true, 0, 0, 0, 0, false, 2147483]
            --add-set a src --timeout 2147484              | add a [1, 1, false, true, true, 0, 0, 0, 0, false, 2147483]
            --add-set a src --timeout 4294967294           | add a [1, 1, false, true, true, 0, 0, 0, 0, false, 2147483]
            --del-set a dst                                | delete a [1, 0, false, true, true, 0, 0, 0, 0, false, -1]
            """)
    void shouldChangeAsTheRuleSays(final String given, final String expected) {
        assertEquals(RuleVerdict.CONTINUE, target("-j SET " + given).bind(new Scope()).apply(packet));
        assertEquals(List.of(expected), asked);
    }

    @Test
    void shouldAddThenDeleteThenMapWhenARuleDoesAll() {
        final HotTarget all = target("-j SET --map-set c dst --map-mark --del-set b dst --add-set a src --exist").bind(new Scope());
        assertEquals(RuleVerdict.CONTINUE, all.apply(packet));
        assertEquals(List.of("add a [1, 1, false, true, true, 0, 0, 0, 0, true, -1]",
                "delete b [1, 0, false, true, true, 0, 0, 0, 0, false, -1]",
                "test c [1, 0, false, true, true, 0, 0, 0, 0, false, -1]"), asked);
    }

    private void map(final String flags, final int found) {
        packet.mark = 0xFF00_00FF;
        packet.priority = 9;
        final HotTarget target = target("-j SET --map-set a src " + flags).bind(new Scope());
        places.get("a").put(new PacketSet() {

            @Override
            public boolean test(final RulePacket asking, final SetQuery query) {
                if (found > 1) {
                    asking.sets.skbMark = 0x12;
                    asking.sets.skbMask = 0xFFFF;
                    asking.sets.skbPrio = 0x1_0002;
                }
                return found > 0;
            }

            @Override
            public boolean add(final RulePacket asking, final SetQuery query) {
                return false;
            }

            @Override
            public boolean delete(final RulePacket asking, final SetQuery query) {
                return false;
            }
        });
        assertEquals(RuleVerdict.CONTINUE, target.apply(packet));
        final int mark = packet.mark;
        Allocation.atMost(ROUNDS, () -> {
            for (int i = 0; i < ROUNDS; i++) {
                target.apply(packet);
            }
        });
        assertEquals(mark, packet.mark);
    }

    @ParameterizedTest
    @CsvSource({
        // Not there; there without such; there with both.
        "--map-mark,              0, ff0000ff, 9",
        "--map-mark --map-prio,   1, ff0000ff, 0",
        "--map-mark,              2, ff000012, 9",
        "--map-prio,              2, ff0000ff, 65538",
        "--map-prio --map-mark,   2, ff000012, 65538"})
    void shouldGiveThePacketWhatItsElementHas(final String flags, final int found, final String mark, final int priority) {
        // What another rule has found is not this one's.
        packet.sets.skbMark = 0x77;
        packet.sets.skbMask = -1;
        packet.sets.skbPrio = 77;
        map(flags, found);
        assertEquals(mark, Integer.toHexString(packet.mark));
        assertEquals(priority, packet.priority);
    }

    @Test
    void shouldRefuseQueuesByNameSinceAWorkerHasItsOwn() {
        assertEquals("--map-queue, as a packet leaves by its worker's own queue; --map-mark and --map-prio are there",
                target("-j SET --map-set a src --map-mark --map-queue").missing());
        assertEquals("", target("-j SET --map-set a src --map-mark --map-prio").missing());
        assertEquals("", target("-j SET --add-set a src").missing());
    }

    @Test
    void shouldSayThatThereAreNoSetsWhereThereAreNone() {
        final BindScope none = new BindScope() {

            @Override
            public Place place() {
                return null;
            }

            @Override
            public long nowNs() {
                return 0;
            }

            @Override
            public int workers() {
                return 1;
            }

            @Override
            public <T> T shared(final Class<T> type, final String name, final Supplier<T> maker) {
                return maker.get();
            }
        };
        assertEquals("there are no IP sets here: set=a", assertThrows(ParameterProblem.class, () -> none.set("a")).getMessage());
    }
}
