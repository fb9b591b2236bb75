package io.penstock.os.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.os.sys.MappedMemory;
import org.junit.jupiter.api.Test;

class XskOptionsTest {

    private static final XskOptions DEFAULTS = XskOptions.DEFAULTS;

    @Test
    void shouldLowerTheBudgetWhenTheTxRingIsSmaller() {
        assertEquals(256, DEFAULTS.txBudget());
        assertEquals(64, DEFAULTS.withRings(64, 64, 64, 64).txBudget());
    }

    @Test
    void shouldKeepTheOthersWhenOneIsChanged() {
        final XskOptions all = DEFAULTS.withMode(XskMode.COPY).withRings(64, 128, 256, 512).withSending(33, 44)
                .withBusyPoll(55, 66);
        assertEquals(new XskOptions(XskMode.COPY, 64, 128, 256, 512, 33, 44, 55, 66), all);
    }

    @Test
    void shouldRefuseWhatTheKernelWouldRefuse() {
        assertEquals("txSize must be a power of two from 32 to 1048576: txSize=1000",
                assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withRings(64, 64, 1000, 64)).getMessage());
        assertEquals("txBudget must be from 32 to txSize=1024: txBudget=31",
                assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withSending(31, 0)).getMessage());
        assertEquals("sendBufferBytes and busyPollUs must not be negative, and busyPollBudget must be from 1 to 65535:"
                + " sendBufferBytes=0 busyPollUs=1 busyPollBudget=0",
                assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withBusyPoll(1, 0)).getMessage());
    }

    @Test
    void shouldRefuseFramesThatTheKernelWouldRefuse() {
        assertEquals("frameBytes must be 2048 or 4096: frameBytes=1024", umem(64, 1024, 0));
        assertEquals("frames must be from 1 to 16777216: frames=0", umem(0, 2048, 0));
        assertEquals("headroomBytes must be from 0 to 768: headroomBytes=769", umem(64, 2048, 769));
    }

    private static String umem(final int frames, final int frameBytes, final int headroom) {
        return assertThrows(IllegalArgumentException.class,
                () -> Umem.create(frames, frameBytes, headroom, MappedMemory.Pages.NORMAL)).getMessage();
    }
}
