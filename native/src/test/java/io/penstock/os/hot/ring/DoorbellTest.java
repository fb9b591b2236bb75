package io.penstock.os.hot.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.sys.Errno;
import org.junit.jupiter.api.Test;

class DoorbellTest {

    @Test
    void shouldSayLaterWhenTheKernelIsBusyOrFull() {
        for (final int errno : new int[] {Errno.EAGAIN, Errno.EBUSY, Errno.ENOBUFS, Errno.EINTR}) {
            assertEquals(Doorbell.LATER, Doorbell.answer(-errno), Errno.name(errno));
        }
    }

    @Test
    void shouldTellTheErrnoWhenTryingAgainWouldNotHelp() {
        assertEquals(Doorbell.RUNG, Doorbell.answer(0));
        assertEquals(-Errno.ENETDOWN, Doorbell.answer(-Errno.ENETDOWN));
        assertEquals(-Errno.ENXIO, Doorbell.answer(-Errno.ENXIO));
    }

    @Test
    void shouldTellTheErrnoWhenTheSocketIsClosed() {
        assertEquals(-Errno.EBADF, new Doorbell(-1).kickTx());
        assertEquals(-Errno.EBADF, new Doorbell(-1).kickRx());
        assertEquals(-Errno.EBADF, new PacketTx(-1).send(0, 0));
    }
}
