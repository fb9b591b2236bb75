package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What may differ between two sides' lines, and what may not. */
class LoggedTest {

    private static final String FORWARDED = "s1: IN=d0 OUT=d1 MAC= SRC=10.0.0.7 DST=10.1.0.9 LEN=32 TOS=0x00 PREC=0x00 TTL=63 ID=";
    private static final String SENT = "s1: IN= OUT=d1 SRC=10.1.0.1 DST=10.1.0.9 LEN=60 TOS=0x00 PREC=0xC0 TTL=64 ID=";
    private static final String END = " PROTO=ICMP TYPE=11 CODE=0 [SRC=10.1.0.9 ID=5 ] ";

    @Test
    void shouldLetIdentificationsDifferWhenTheRouterSentThePacket() {
        assertEquals(List.of(), Logged.differences(lines(SENT + 77 + END), lines(SENT + 78 + END)));
    }

    @Test
    void shouldSayWhichLinesDifferWhenThePacketWasForwarded() {
        assertEquals(List.of("log: kernel: packet=3 <4>" + FORWARDED + "77" + END.stripTrailing() + "  Penstock: packet=3 <4>" + FORWARDED + "78"
                + END.stripTrailing()), Logged.differences(lines(FORWARDED + 77 + END), lines(FORWARDED + 78 + END)));
    }

    @Test
    void shouldSayThatALineIsLackingWhenOneIs() {
        assertEquals(List.of("log: kernel: packet=3 <4>" + FORWARDED + 1 + "  Penstock: null"),
                Logged.differences(lines(FORWARDED + 1), List.of()));
    }

    @Test
    void shouldTellLevelsApart() {
        assertEquals(1, Logged.differences(List.of(new Logged(1, 4, "a")), List.of(new Logged(1, 5, "a"))).size());
    }

    private static List<Logged> lines(final String text) {
        return List.of(new Logged(3, 4, text));
    }
}
