package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.AddressTest;
import io.penstock.rules.model.DeviceTest;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.Selector;
import io.penstock.rules.model.Selector.FragmentTest;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RulePropertyTest {

    private static final String CHAIN = "some-chain";
    private static final Extensions EXTENSIONS = RuleExtensions.installed();
    private static final Names NAMES = new FixedNames();

    @Property
    void shouldReadBackWhatItSavedWhenARuleOfIpv4IsGiven(@ForAll("rules4") final Rule rule) {
        check(IpFamily.IPV4, rule);
    }

    @Property
    void shouldReadBackWhatItSavedWhenARuleOfIpv6IsGiven(@ForAll("rules6") final Rule rule) {
        check(IpFamily.IPV6, rule);
    }

    private static void check(final IpFamily family, final Rule rule) {
        final StringBuilder saved = new StringBuilder();
        new RulePrinter(family, NAMES).save(saved, "FORWARD", rule, RulePrinter.Counters.NONE, 0, 0);
        final RuleText read = RuleText.of(EXTENSIONS, NAMES, family, Set.of(CHAIN),
                List.of(saved.toString().strip().split(" ")));
        assertEquals("", read.error());
        assertEquals(List.of(rule), read.rules(), saved.toString());
        assertEquals(List.of(saved.toString()), read.saved());
    }

    @Provide
    Arbitrary<Rule> rules4() {
        return rules(address4(), Arbitraries.of(FragmentTest.values()));
    }

    @Provide
    Arbitrary<Rule> rules6() {
        return rules(address6(), Arbitraries.just(FragmentTest.ANY));
    }

    private static Arbitrary<Rule> rules(final Arbitrary<AddressTest> addresses, final Arbitrary<FragmentTest> fragments) {
        final Arbitrary<Action> actions = Arbitraries.of(Action.Verdict.ACCEPT, Action.Verdict.DROP, Action.Verdict.QUEUE,
                Action.Verdict.RETURN, Action.Nothing.NOTHING, new Action.Jump(CHAIN, false), new Action.Jump(CHAIN, true));
        // A protocol that no packet of IPv6 has is warned about.
        final Arbitrary<Integer> protocols = Arbitraries.integers().between(0, 255).filter(number -> !Protocols.isExtensionHeader(number));
        final Arbitrary<Selector> selectors = Combinators.combine(addresses, addresses, devices(), devices(), protocols,
                Arbitraries.of(true, false), fragments).as((source, destination, in, out, protocol, inverted, fragment) ->
                new Selector(source, destination, in, out, protocol, inverted && protocol != 0, fragment));
        return Combinators.combine(selectors, actions).as((selector, action) -> new Rule(selector, List.of(), action));
    }

    private static Arbitrary<DeviceTest> devices() {
        return Combinators.combine(Arbitraries.of("", "lo", "eth0", "eth+", "a-b.c:1", "fifteenbytes_15"), Arbitraries.of(true, false))
                .as((name, inverted) -> name.isEmpty() ? DeviceTest.ANY : new DeviceTest(name, inverted));
    }

    private static Arbitrary<AddressTest> address4() {
        final Arbitrary<Long> masks = Arbitraries.oneOf(
                Arbitraries.integers().between(1, 32).map(bits -> 0xFFFF_FFFFL << 32 - bits & 0xFFFF_FFFFL),
                Arbitraries.longs().between(1, 0xFFFF_FFFFL));
        return Combinators.combine(Arbitraries.longs().between(0, 0xFFFF_FFFFL), masks, Arbitraries.of(true, false))
                .as((address, mask, inverted) -> new AddressTest(0, address & mask, 0, mask, inverted)).injectDuplicates(0.1)
                .optional(0.7).map(test -> test.orElse(AddressTest.ANY));
    }

    private static Arbitrary<AddressTest> address6() {
        final Arbitrary<Long> words = Arbitraries.oneOf(Arbitraries.of(0L, -1L, 0xFFFF_0000L, 0x0001_0000_0000_0001L), Arbitraries.longs());
        return Combinators.combine(words, words, words, words, Arbitraries.of(true, false))
                .as((high, low, maskHigh, maskLow, inverted) -> (maskHigh | maskLow) == 0 ? AddressTest.ANY
                        : new AddressTest(high & maskHigh, low & maskLow, maskHigh, maskLow, inverted));
    }
}
