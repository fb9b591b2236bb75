package io.penstock.os.bpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

@Privileged
class BpfMapTest {

    @Test
    void shouldUpdateLookUpListAndDelete() {
        try (BpfMap map = BpfMap.create(BpfMapType.HASH, "pt_test", 4, 8, 16, 0)) {
            assertNull(map.lookup(BpfMap.key(1)));
            assertNull(map.nextKey(null));
            map.update(BpfMap.key(1), longs(10));
            map.update(BpfMap.key(2), longs(20));
            map.update(BpfMap.key(1), longs(11));

            assertArrayEquals(longs(11), map.lookup(BpfMap.key(1)));
            final Set<Integer> keys = new HashSet<>();
            for (byte[] key = map.nextKey(null); key != null; key = map.nextKey(key)) {
                keys.add(ByteBuffer.wrap(key).order(ByteOrder.nativeOrder()).getInt());
            }
            assertEquals(Set.of(1, 2), keys);
            assertTrue(map.delete(BpfMap.key(1)));
            assertFalse(map.delete(BpfMap.key(1)));
        }
    }

    @Test
    void shouldAddUpTheProcessorsValuesWhenPerCpu() {
        try (BpfMap map = BpfMap.create(BpfMapType.PERCPU_ARRAY, "pt_test", 4, 16, 2, 0)) {
            final int cpus = BpfMap.possibleCpus();
            final long[] values = new long[cpus * 2];
            long sum = 0;
            for (int i = 0; i < cpus; i++) {
                values[2 * i] = i + 1;
                values[2 * i + 1] = 100;
                sum += i + 1;
            }
            map.update(BpfMap.key(1), longs(values));

            assertArrayEquals(new long[] {sum, 100L * cpus}, map.lookupSum(BpfMap.key(1)));
            assertEquals(cpus, map.lookupPerCpu(BpfMap.key(1)).length);
            assertNull(map.lookupSum(BpfMap.key(2)));
        }
    }

    @Test
    void shouldShareMemoryWhenMapped() {
        try (BpfMap map = BpfMap.create(BpfMapType.ARRAY, "pt_test", 4, 12, 3, BpfMap.F_MMAPABLE)) {
            Memory.putLong(map.address() + 16, 0x1234);

            assertEquals(0x1234, ByteBuffer.wrap(map.lookup(BpfMap.key(1))).order(ByteOrder.nativeOrder()).getLong());
            assertEquals(map.address(), map.address());
        }
    }

    @Test
    void shouldSayWhatToDoWhenACallFails() {
        try (BpfMap map = BpfMap.create(BpfMapType.HASH, "pt_full", 4, 4, 1, 0)) {
            map.update(BpfMap.key(1), BpfMap.key(1));
            assertEquals("bpf(MAP_UPDATE_ELEM, map=pt_full, type=HASH): E2BIG (argument list too long); "
                            + "the map is full: entries=1",
                    assertThrows(SysException.class, () -> map.update(BpfMap.key(2), BpfMap.key(2))).getMessage());
            assertEquals("wrong size for map pt_full: bytes=3 expected=4",
                    assertThrows(IllegalArgumentException.class, () -> map.update(new byte[3], new byte[4])).getMessage());
        }
        assertEquals("not a name of a BPF object: name=far too long a name; use 1 to 15 letters, digits, '_' or '.'",
                assertThrows(IllegalArgumentException.class,
                        () -> BpfMap.create(BpfMapType.HASH, "far too long a name", 4, 4, 1, 0)).getMessage());
        assertEquals("bpf(MAP_CREATE, name=pt_bad, type=ARRAY, key bytes=3, value bytes=4, entries=1): EINVAL (invalid argument)"
                        + "; the kernel is too old for this request, or was built without the feature: kernel="
                        + System.getProperty("os.version"),
                assertThrows(SysException.class, () -> BpfMap.create(BpfMapType.ARRAY, "pt_bad", 3, 4, 1, 0)).getMessage());
    }

    private static byte[] longs(final long... values) {
        final ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.nativeOrder());
        for (final long value : values) {
            buffer.putLong(value);
        }
        return buffer.array();
    }
}
