package io.penstock.os.hot.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacketRxRingTest {

    private static final int SLOT_BYTES = 2048;
    private static final int SLOTS = 4;
    private static final int ROOM = 1522;

    private final MappedMemory memory = MappedMemory.reserve(SLOT_BYTES * SLOTS, MappedMemory.Pages.NORMAL);
    private final MappedMemory frames = MappedMemory.reserve(8 * 2048, MappedMemory.Pages.NORMAL);
    private final PacketRxRing ring = new PacketRxRing(memory.address(), SLOT_BYTES, SLOTS);
    private final long[] addresses = new long[8];
    private final int[] lengths = new int[8];
    private int kernelNext;

    PacketRxRingTest() {
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = frames.address() + i * 2048L + 256;
        }
    }

    @AfterEach
    void close() {
        frames.close();
        memory.close();
    }

    @Test
    void shouldCopyPacketsAndGiveSlotsBackWhenTheyWrap() {
        assertEquals(0, ring.receive(addresses, lengths, 8, ROOM));
        for (int round = 0; round < 5; round++) {
            give(60, 60, 1, 0, 0);
            give(1514, 1514, 1, 0, 0);
            give(61, 61, 1, 0, 0);
            assertEquals(2, ring.receive(addresses, lengths, 2, ROOM));
            assertEquals(60, lengths[0]);
            assertEquals(1514, lengths[1]);
            assertEquals(20, Memory.getByte(addresses[0] + 20));
            assertEquals((byte) 1513, Memory.getByte(addresses[1] + 1513));
            assertEquals(1, ring.receive(addresses, lengths, 8, ROOM));
            assertEquals(61, lengths[0]);
            assertEquals(0, ring.receive(addresses, lengths, 8, ROOM));
        }
    }

    @Test
    void shouldPutTheTagBackWhenTheKernelTookItOut() {
        give(64, 64, 1 | 1 << 4 | 1 << 6, 0xE123, 0x88A8);
        give(64, 64, 1 | 1 << 4, 42, 0);
        assertEquals(2, ring.receive(addresses, lengths, 8, ROOM));
        assertEquals(68, lengths[0]);
        assertEquals(11, Memory.getByte(addresses[0] + 11));
        assertEquals(0x88A8_E123, Memory.getIntBE(addresses[0] + 12));
        assertEquals(12, Memory.getByte(addresses[0] + 16));
        assertEquals(63, Memory.getByte(addresses[0] + 67));
        assertEquals(0x8100_002A, Memory.getIntBE(addresses[1] + 12), "without a TPID it is 802.1Q");
    }

    @Test
    void shouldSkipAndCountWhatIsLongerThanSlotOrRoom() {
        give(9000, 1982, 1, 0, 0);
        give(1519, 1519, 1 | 1 << 4, 7, 0);
        give(1518, 1518, 1 | 1 << 4, 7, 0);
        give(60, 60, 1, 0, 0);
        assertEquals(2, ring.receive(addresses, lengths, 4, ROOM));
        assertEquals(1522, lengths[0]);
        assertEquals(60, lengths[1]);
        assertEquals(2, ring.oversized());
    }

    @Test
    void shouldRefuseSizesThatAreNoPowersOfTwo() {
        assertEquals("a packet ring's sizes must be powers of two: slotBytes=2048 slots=3",
                assertThrows(IllegalArgumentException.class, () -> new PacketRxRing(0, 2048, 3)).getMessage());
    }

    private void give(final int length, final int captured, final int status, final int tci, final int tpid) {
        final long slot = memory.address() + (long) (kernelNext++ % SLOTS) * SLOT_BYTES;
        assertEquals(0, Memory.getInt(slot), "the slot is the kernel's");
        Memory.putInt(slot + 4, length);
        Memory.putInt(slot + 8, captured);
        Memory.putShort(slot + 12, 66);
        Memory.putShort(slot + 24, tci);
        Memory.putShort(slot + 26, tpid);
        for (int i = 0; i < captured; i++) {
            Memory.putByte(slot + 66 + i, (byte) i);
        }
        Memory.putIntRelease(slot, status);
    }
}
