package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.port.PacketPortIo;
import io.penstock.os.netlink.Link;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a port without a device tries one. */
class AbsenceTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int UP = 1;

    private final Absence absence = new Absence(List.of());
    private final Link link = link(7, "d2", UP);

    @Test
    void shouldTryADeviceAgainAfterAPauseWhenItWasRefused() {
        assertTrue(absence.mayTry(link, 0));
        absence.refused(link, -10, 0);
        assertFalse(absence.mayTry(link, SECOND - 1));
        assertTrue(absence.mayTry(link, SECOND));
        assertTrue(absence.mayTry(link(8, "d2", UP), 0), "another device");
    }

    @Test
    void shouldPauseForLongerWhenATryTakesLong() {
        absence.refused(link, 0, SECOND);
        assertFalse(absence.mayTry(link, 10 * SECOND - 1));
        assertTrue(absence.mayTry(link, 10 * SECOND));
    }

    @Test
    void shouldTryADeviceAtOnceWhenItIsUpAgainOrHasAnotherName() {
        absence.refused(link, 0, 0);
        absence.changed(link, link);
        assertFalse(absence.mayTry(link, 0), "its carrier, its MTU");
        absence.changed(link(8, "d3", UP), link(8, "d3", 0));
        assertFalse(absence.mayTry(link, 0), "another device");
        absence.changed(link, link(7, "d2", 0));
        assertTrue(absence.mayTry(link, 0));
        absence.refused(link, 0, 0);
        absence.changed(link, link(7, "x", UP));
        assertTrue(absence.mayTry(link, 0));
    }

    @Test
    void shouldNotTryADeviceByItselfWhenItWasOpenedForNothing() {
        final LivePort.End end = new LivePort.End(0, 0, -1, new PacketPortIo(null, null, null, 0), null);
        absence.spent(link, List.of(end));
        assertEquals(List.of(end), absence.ends());
        assertFalse(absence.mayTry(link, 1000 * SECOND));
        absence.changed(link, link(7, "d2", 0));
        assertTrue(absence.mayTry(link, 0));
        absence.refused(link, 0, 0);
        assertTrue(absence.mayTry(link, SECOND));
    }

    @Test
    void shouldSayTheSameOnlyOnce() {
        assertTrue(absence.isNews("a"));
        assertFalse(absence.isNews("a"));
        assertTrue(absence.isNews("b"));
    }

    private static Link link(final int ifindex, final String name, final int flags) {
        return new Link(ifindex, name, 0, 1500, flags, 1, 1, "veth", Link.TYPE_ETHERNET, 0, 0, -1);
    }
}
