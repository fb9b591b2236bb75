package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.judge.random.Scenarios;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

class ShrinkerTest {

    private static final String KIND = "a kind";

    private static List<Difference> differences(final Case subject, final BiPredicate<Case, Integer> shows) {
        final List<Difference> differences = new ArrayList<>();
        for (int i = 0; i < subject.arrivals().size(); i++) {
            if (shows.test(subject, i)) {
                differences.add(new Difference(i, subject.arrivals().get(i), Reaction.NOTHING, Reaction.NOTHING, KIND));
            }
        }
        return differences;
    }

    private static Case shrunk(final Case whole, final BiPredicate<Case, Integer> shows) {
        final Difference last = differences(whole, shows).getLast();
        return new Shrinker(subject -> differences(subject, shows)).shrink(whole, last);
    }

    @Test
    void shouldLeaveOnePlainPacketAndNoConfigurationWhenNothingElseMatters() {
        final Case whole = Scenarios.ipv4(3, 50);
        final Case least = shrunk(whole, (subject, i) -> Wire.isIpv4(subject.arrivals().get(i).bytes())
                && subject.arrivals().get(i).port() == 1);
        assertEquals(1, least.arrivals().size());
        assertEquals("ports:\n  p0: { device: d0 }\n  p1: { device: d1 }\n", least.config().toString());
        final byte[] bytes = least.arrivals().getFirst().bytes();
        assertEquals(Wire.IPV4_BYTES, bytes.length);
        assertEquals(0, Wire.u32(bytes, 12) | Wire.u32(bytes, 16));
    }

    @Test
    void shouldKeepTheRouteAndTheEarlierPacketWhenTheyAreNeeded() {
        final Case whole = Scenarios.ipv4(3, 50);
        final byte[] first = whole.arrivals().get(10).bytes();
        final Object route = whole.config().list("network", "routes").getLast();
        final Case least = shrunk(whole, (subject, i) -> i > 0 && subject.config().toString().contains("to: ")
                && subject.config().copy().list("network", "routes").contains(route)
                && subject.arrivals().subList(0, i).stream().anyMatch(a -> a.bytes() == first));
        assertEquals(2, least.arrivals().size());
        assertArrayEquals(first, least.arrivals().getFirst().bytes());
        assertEquals(List.of(route), least.config().copy().list("network", "routes"));
    }
}
