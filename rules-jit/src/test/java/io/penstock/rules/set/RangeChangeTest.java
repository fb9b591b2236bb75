package io.penstock.rules.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.set.NoWorkers;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Long ranges, which are done in parts. */
final class RangeChangeTest {

    private static final String WHOLE = "10.0.0.0-10.0.255.255";

    private final SetRegistry sets = new SetRegistry(new NoWorkers(), () -> 1);

    @AfterEach
    void close() {
        sets.close();
    }

    private void create(final String words) throws SetProblem {
        sets.create(SetLines.spec(List.of(words.split(" "))), false);
    }

    private static SetElement element(final SetType type, final String text) {
        return SetLines.element(type, List.of(text));
    }

    private long elements(final String name) throws SetProblem {
        return sets.header(name).elements();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hash:ip                    | 10.0.0.0-10.0.255.255                             | 65536 | 4
            hash:ip                    | 10.0.0.1-10.0.127.255                             | 32767 | 2
            hash:ip netmask 30         | 10.0.0.0-10.3.255.255                             | 65536 | 4
            hash:ip,port               | 10.0.0.0-10.0.0.6,tcp:1-3000                      | 21000 | 2
            hash:ip,port               | 10.0.0.1,tcp:0-65535                              | 65536 | 4
            hash:ip,port family inet6  | 2001:db8::1,tcp:1-40000                           | 40000 | 3
            hash:net,port,net          | 10.0.0.1-10.0.0.6,tcp:1-3000,20.0.0.0-20.0.0.2    | 24000 | 2
            hash:net,net               | 10.0.0.1-10.0.0.6,20.0.0.0-20.0.0.2               | 8     | 1
            """)
    void shouldAddAndDeleteEachElementOnceWhenARangeIsDoneInParts(final String words, final String range, final int count, final int parts)
            throws SetProblem {
        create("s " + words + " maxelem 100000");
        final SetType type = sets.spec("s").type();
        final SetElement all = element(type, range);
        final SetChange adding = sets.adding("s", all, false);
        int done = 1;
        while (adding.next()) {
            assertEquals((long) done * RangeProgress.KEYS, elements("s"));
            done++;
        }
        assertEquals(parts, done);
        assertEquals(count, elements("s"), "one that is added twice is refused");
        final Set<String> listed = new HashSet<>();
        sets.list("s", element -> listed.add(SetLines.text(type, element)));
        assertEquals(count, listed.size());
        assertEquals(SetProblem.Code.EXIST, assertThrows(SetProblem.class, () -> sets.add("s", all, false)).code());
        sets.add("s", all, true);
        sets.delete("s", all, false);
        assertEquals(0, elements("s"));
    }

    @Test
    void shouldNotMixTwoRangesWhenTheyAreDoneByTurns() throws SetProblem {
        create("s hash:ip,port maxelem 200000");
        final SetChange one = sets.adding("s", element(SetType.HASH_IP_PORT, "10.0.0.0-10.0.255.255,tcp:1"), false);
        final SetChange other = sets.adding("s", element(SetType.HASH_IP_PORT, "10.0.0.0-10.0.255.255,udp:2"), false);
        boolean more = true;
        while (more) {
            more = one.next();
            assertEquals(more, other.next());
        }
        assertEquals(131_072, elements("s"));
        assertTrue(sets.test("s", element(SetType.HASH_IP_PORT, "10.0.200.200,udp:2")));
        assertFalse(sets.test("s", element(SetType.HASH_IP_PORT, "10.0.200.200,udp:1")));
    }

    @Test
    void shouldGoOnWithTheSameSetWhenItHasAnotherNameMeanwhile() throws SetProblem {
        create("s hash:ip maxelem 100000");
        create("t hash:ip maxelem 100000");
        final SetChange adding = sets.adding("s", element(SetType.HASH_IP, WHOLE), false);
        assertTrue(adding.next());
        sets.swap("s", "t");
        assertTrue(adding.next());
        sets.rename("t", "u");
        adding.finish();
        assertEquals(65_536, elements("u"));
        assertEquals(0, elements("s"));
    }

    @Test
    void shouldEndWhenTheSetIsDestroyedInTheMiddle() throws SetProblem {
        create("s hash:ip maxelem 100000");
        final SetChange adding = sets.adding("s", element(SetType.HASH_IP, WHOLE), false);
        assertTrue(adding.next());
        sets.destroy("s");
        create("s hash:ip maxelem 100000");
        assertEquals(SetProblem.Code.ENOENT, assertThrows(SetProblem.class, adding::next).code());
        assertEquals(0, elements("s"), "it is another one");
        final SetChange deleting = sets.deleting("s", element(SetType.HASH_IP, WHOLE), true);
        assertTrue(deleting.next());
        sets.close();
        assertEquals(SetProblem.Code.ENOENT, assertThrows(SetProblem.class, deleting::next).code());
    }
}
