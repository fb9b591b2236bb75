package io.penstock.rules.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.set.table.WithheldBoundaries;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A worker that passes no boundary, as one that the system does not run: what others give up is not to be had again. */
final class HeldUpWorkerTest {

    private static final int MANY = 20_000;

    private final WithheldBoundaries boundaries = new WithheldBoundaries(2);
    private final SetRegistry sets = new SetRegistry(boundaries, () -> 1);

    @AfterEach
    void close() {
        sets.close();
    }

    /** Whether there is room for the element of a number. */
    private boolean isAdded(final int number) throws SetProblem {
        try {
            sets.add("s", SetLines.element(SetType.HASH_IP, List.of("10.1." + (number >> 8) + '.' + (number & 255))), false);
            return true;
        } catch (final SetProblem problem) {
            assertEquals(SetProblem.Code.HASH_FULL, problem.code());
            return false;
        }
    }

    private List<String> members() throws SetProblem {
        final List<String> members = new ArrayList<>();
        sets.list("s", element -> members.add(SetLines.text(SetType.HASH_IP, element)));
        return members.stream().sorted().toList();
    }

    @Test
    void shouldKeepTheElementsOfAFullSetWhenNoOtherOneCanBeHad() throws SetProblem {
        sets.create(SetLines.spec(List.of("s", "hash:ip", "maxelem", "4", "forceadd", "counters")), false);
        boundaries.pass(0);
        int number = 0;
        while (number < MANY && isAdded(number)) {
            boundaries.pass(0);
            number++;
        }
        assertTrue(number > 4 && number < MANY, "additions=" + number);
        final List<String> before = members();
        assertEquals(4, before.size());
        for (int i = 0; i < 10; i++) {
            assertTrue(!isAdded(number + i));
        }
        assertEquals(before, members());
        boundaries.pass(1);
        assertTrue(isAdded(number), "entries are to be had again");
        assertEquals(4, members().size());
    }
}
