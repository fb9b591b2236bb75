package io.penstock.rules.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.set.NoWorkers;
import io.penstock.rules.set.table.ShortMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands when the system has no memory: refused as the kernel would, and nothing is half done. */
final class ShortMemoryTest {

    private static final int MOST_BLOCKS = 100;

    private long nowNs = 1;
    private final SetRegistry sets = new SetRegistry(new NoWorkers(), () -> nowNs);

    @AfterEach
    void close() {
        sets.close();
    }

    private void create(final String words) throws SetProblem {
        sets.create(SetLines.spec(List.of(words.split(" "))), false);
    }

    private void add(final String name, final SetType type, final String words) throws SetProblem {
        sets.add(name, SetLines.element(type, List.of(words.split(" "))), false);
    }

    private List<String> members(final String name) throws SetProblem {
        final List<String> members = new ArrayList<>();
        final SetType type = sets.spec(name).type();
        sets.list(name, element -> members.add(SetLines.text(type, element)));
        return members.stream().sorted().toList();
    }

    /** Tries with more and more memory; how much it takes. */
    private static int blocksFor(final Executable command, final Executable afterRefusal) throws Throwable {
        for (int blocks = 0; blocks < MOST_BLOCKS; blocks++) {
            try (ShortMemory _ = new ShortMemory(blocks)) {
                command.execute();
                return blocks;
            } catch (final SetProblem problem) {
                assertEquals(SetProblem.Code.ENOMEM, problem.code());
            }
            afterRefusal.execute();
        }
        throw new AssertionError("no memory is enough");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hash:ip", "hash:net,port,net timeout 5 comment maxelem 4000000", "hash:net,iface counters",
        "hash:net,iface family inet6", "bitmap:port range 0-1000", "bitmap:ip,mac range 10.0.0.0/24"})
    void shouldKeepNothingOfASetThatCannotBeMadeWhole(final String words) throws Throwable {
        final long before = ShortMemory.blocks();
        final int needed = blocksFor(() -> create("s " + words), () -> assertEquals(before, ShortMemory.blocks(), "blocks in use"));
        assertTrue(needed > 0 && sets.exists("s"), "blocks=" + needed);
    }

    @Test
    void shouldFlushAllOfASetOrNothing() throws Throwable {
        create("d hash:net,iface comment");
        add("d", SetType.HASH_NET_IFACE, "10.0.0.0/8,eth0 comment one");
        add("d", SetType.HASH_NET_IFACE, "10.0.0.0/8,eth1");
        final List<String> before = members("d");
        final long blocks = ShortMemory.blocks();
        final int needed = blocksFor(() -> sets.flush("d"), () -> {
            assertEquals(before, members("d"));
            assertTrue(sets.test("d", SetLines.element(SetType.HASH_NET_IFACE, List.of("10.9.9.9,eth1"))));
            assertEquals(blocks, ShortMemory.blocks(), "blocks in use");
        });
        assertTrue(needed > 1, "blocks=" + needed);
        assertEquals(List.of(), members("d"));
        add("d", SetType.HASH_NET_IFACE, "10.0.0.0/8,eth0");
        assertTrue(sets.test("d", SetLines.element(SetType.HASH_NET_IFACE, List.of("10.9.9.9,eth0"))));
    }

    @Test
    void shouldRefuseToTellOfASetWhenThereIsNoMemory() throws SetProblem {
        create("s hash:ip timeout 5");
        add("s", SetType.HASH_IP, "10.0.0.1");
        try (ShortMemory _ = new ShortMemory(0)) {
            assertRefused(() -> sets.header("s"));
            assertRefused(() -> members("s"));
            assertRefused(sets::flushAll);
        }
        assertEquals(List.of("10.0.0.1 timeout 5"), members("s"));
        assertEquals(1, sets.header("s").elements());
    }

    /** Comments that are nobody's any more are looked for in the elements, which takes memory. */
    @Test
    void shouldLookAfterAllOtherSetsWhenOneFails() throws SetProblem {
        create("a hash:ip timeout 5 comment");
        for (int i = 0; i < 2000; i++) {
            add("a", SetType.HASH_IP, "10.0." + (i >> 8) + '.' + (i & 255) + " comment c");
        }
        create("b bitmap:port range 0-10");
        create("l list:set timeout 1");
        add("l", SetType.LIST_SET, "b");
        nowNs += 100_000_000_000L;
        try (ShortMemory _ = new ShortMemory(0)) {
            final String told = assertThrows(IllegalStateException.class, sets::maintain).getMessage();
            assertTrue(told.startsWith("set a: io.penstock.os.sys.SysException: mmap(anonymous, bytes="), told);
        }
        assertEquals(0, sets.header("b").references(), "its time in the list is over");
        sets.maintain();
    }

    private static void assertRefused(final Executable command) {
        assertEquals(SetProblem.Code.ENOMEM, assertThrows(SetProblem.class, command).code());
    }
}
