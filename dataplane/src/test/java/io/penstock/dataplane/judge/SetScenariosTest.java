package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.judge.random.SetScenario;
import io.penstock.dataplane.judge.random.SetScenarios;
import io.penstock.dataplane.judge.random.SetStep;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.set.SetType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SetScenariosTest {

    private static final List<SetType> TYPES = List.of(SetType.values());
    private static final int PACKETS = 50;

    @ParameterizedTest
    @EnumSource
    void shouldMakeTheSameScenarioOfASeed(final IpFamily family) {
        assertEquals(words(SetScenarios.of(family, 7, PACKETS, TYPES)), words(SetScenarios.of(family, 7, PACKETS, TYPES)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveAsManyPacketsAsAskedFor(final IpFamily family) {
        assertEquals(PACKETS, SetScenarios.of(family, 8, PACKETS, TYPES).steps().stream().filter(SetStep.Packet.class::isInstance).count());
    }

    @Test
    void shouldMakeSetsOfAllTypesInTime() {
        final Set<String> made = new HashSet<>();
        for (int seed = 0; seed < 60; seed++) {
            for (final SetStep step : SetScenarios.of(IpFamily.IPV4, seed, 1, TYPES).steps()) {
                if (step instanceof final SetStep.Command command && command.words().size() > 2 && command.words().getFirst().equals("create")) {
                    made.add(command.words().get(2));
                }
            }
        }
        TYPES.forEach(type -> assertTrue(made.contains(type.word()), type::word));
    }

    @Test
    void shouldMakeSetsOfNoOtherTypes() {
        for (int seed = 0; seed < 20; seed++) {
            for (final SetStep step : SetScenarios.of(IpFamily.IPV6, seed, 1, List.of(SetType.HASH_NET)).steps()) {
                if (step instanceof final SetStep.Command command && command.words().contains("create") && command.words().contains("s0")) {
                    assertTrue(command.words().contains("hash:net"), command::toString);
                }
            }
        }
    }

    private static List<String> words(final SetScenario scenario) {
        return scenario.steps().stream().map(SetStep::toString).toList();
    }
}
