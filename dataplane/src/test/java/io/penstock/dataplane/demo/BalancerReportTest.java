package io.penstock.dataplane.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.demo.BalancerDemo.Event;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the load balancer's demonstration makes of what clients saw: what it calls a fault, and what it shows. */
final class BalancerReportTest {

    private static final String LISTING = """
            Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
              -> RemoteAddress:Port
            TCP  192.0.2.80:80                    3861    34585    33737  2779644 21283553
            """;

    /** Of each stage: any number that all weights divide. */
    private static final int CONNECTIONS = 1_200;

    private static final int HELD = 3;

    private final WebTally tally = new WebTally(20);

    @Test
    void shouldFindNothingWrongWhenOnlyConnectionsOfTheDeadServerFail() {
        distribute();
        fail(2.5, 1, 1.1, Backend.THREE, "connection reset");
        fail(2.6, 1.99, 2.01, null, "no answer");
        assertEquals(List.of(), report().faults());
    }

    @Test
    void shouldCallEveryOtherErrorAFault() {
        distribute();
        fail(1, 0.5, 0.6, Backend.THREE, "connection reset");
        fail(7.1, 2.1, 0, null, "no connection");
        fail(2.7, 1, 1.1, Backend.ONE, "connection reset");
        fail(8, 7, 7.1, Backend.TWO, "connection reset");
        fail(8.1, 7, 7.1, Backend.TWO, "connection reset");
        fail(11, 10.2, 10.3, Backend.THREE, "connection closed before the answer");
        assertEquals(List.of(
                "clients saw errors that no server's death explains, before that: errors=1 first='connection reset' at 1.00 s from server 3",
                "clients saw errors that no server's death explains, server 3 dies: errors=2 first='no connection' at 7.10 s",
                "clients saw errors that no server's death explains, server 2 is drained: errors=2 first='connection reset' at 8.00 s"
                        + " from server 2",
                "clients saw errors that no server's death explains, server 3 comes back: errors=1 first='connection closed before the answer'"
                        + " at 11.00 s from server 3"), report().faults());
    }

    @Test
    void shouldCallItAFaultWhenConnectionsAreNotGivenOutAsTheSchedulerWould() {
        distribute();
        connect(Stage.DRAINED, Backend.TWO, 9);
        connect(Stage.ADDED, Backend.ONE, 200);
        assertEquals(List.of(
                "server 1 did not get its part of the connections server 4 added: connections=680 expected=560",
                "server 2 did not get its part of the connections server 4 added: connections=240 expected=280",
                "server 4 did not get its part of the connections server 4 added: connections=480 expected=560",
                "server 2 did not get its part of the connections server 2 drained: connections=9 expected=0"), report().faults());
    }

    @Test
    void shouldCallItAFaultWhenPacketsAreLostTrackOfOrNobodyIsServed() {
        final List<String> faults = report(5).faults();
        assertEquals(Stage.values().length - 2 + 1, faults.size(), faults::toString);
        assertEquals("no client got a connection at the start", faults.getFirst());
        assertEquals("the data plane lost track of packets: unaccounted=5", faults.getLast());
    }

    @Test
    void shouldShowWhatHappenedWithinTheWidthOfATerminal() {
        distribute();
        tally.answered(Backend.ONE);
        tally.answered(Backend.FOUR);
        fail(3.5, 1, 1.1, Backend.THREE, "connection reset");
        fail(3.6, 1, 1.1, Backend.THREE, "no answer");
        final Screen screen = new Screen(false);
        report().show(screen);
        final String text = screen.toString();
        for (final String line : List.of(
                "(?m)^   0        1        0        0        1       2      0$",
                "(?m)^   2        0        0        0        0       0      0  3 dies$",
                "(?m)^   3        0        0        0        0       0      2  3 found dead, 1.20 s$",
                "(?m)^  3.20 s  server 3 is down: no answer$",
                "(?m)^  9.00 s  server 2 has had its time to drain, with 1234 connections left: it\n          is removed$",
                "(?m)^  before that +0$",
                "(?m)^  server 3 dies +2   1 connection reset\n +1 no answer$",
                "(?m)^    connections that it had +3$",
                "(?m)^    of the errors, on these +2$",
                "(?m)^    connections begun until it was found +40   slowest made after 1.05 s$",
                "(?m)^  server 2 is drained +0$",
                "(?m)^without server 3 +800 / 800 +400 / 400 +0 / 0 +0 / 0$",
                "(?m)^server 3 back +480 / 480 +0 / 0 +240 / 240 +480 / 480$",
                "(?m)^TCP  192.0.2.80:80 +3861 ",
                "(?m)^    unaccounted +0$",
                "\nNo error but on connections that server 3 had when it died: 2 of 3.\n$")) {
            assertTrue(Pattern.compile(line).matcher(text).find(), () -> line + " not in:\n" + text);
        }
        text.lines().forEach(line -> assertTrue(line.length() <= Screen.COLUMNS, () -> "too wide: " + line));
    }

    @Test
    void shouldSayThatItIsNotAsItShouldBeWhenThereAreFaults() {
        distribute();
        fail(1, 0.5, 0.6, Backend.ONE, "connection reset");
        final Screen screen = new Screen(false);
        report().show(screen);
        assertTrue(screen.toString().endsWith("\nThis is NOT as it should be: faults=1\n"), screen::toString);
    }

    @Test
    void shouldPrintAnObjectForPrograms() {
        distribute();
        fail(3.5, 1, 1.1, Backend.THREE, "connection reset");
        final Counts result = Counts.parse(report().json());
        assertEquals("balancer", result.text("scenario"));
        assertEquals(true, result.values().get("ok"));
        assertEquals(List.of(), result.values().get("faults"));
        assertEquals(1, result.number("errors"));
        assertEquals(HELD, result.number("held_by_the_dead"));
        assertEquals(40, result.number("begun_before_found"));
        assertEquals(Map.of("deed", "server 3 dies", "errors", 1, "on_connections_of_the_dead", 1, "causes", Map.of("connection reset", 1)),
                ((List<?>) result.values().get("errors_by_deed")).get(1));
        assertEquals(Map.of("stage", "server 2 drained", "connections", List.of(600, 0, 0, 600), "expected", List.of(600, 0, 0, 600)),
                ((List<?>) result.values().get("distribution")).get(3));
        assertEquals(12, ((List<?>) result.values().get("timeline")).size());
        assertEquals(LISTING, result.text("ipvsadm"));
        assertEquals(0, result.number("unaccounted"));
    }

    /** As the scheduler would. */
    private void distribute() {
        for (final Stage stage : Stage.values()) {
            for (final Backend backend : Backend.values()) {
                connect(stage, backend, (int) Math.round(CONNECTIONS * stage.share(backend)));
            }
        }
        for (int i = 0; i < 40; i++) {
            tally.connected(Backend.ONE, Stage.SILENT, Stage.FOUND, 1_050_000_000);
        }
    }

    private void connect(final Stage stage, final Backend backend, final int times) {
        for (int i = 0; i < times; i++) {
            tally.connected(backend, stage, stage, 1_000_000);
        }
    }

    private void fail(final double at, final double opened, final double connected, final Backend server, final String why) {
        tally.failed(new WebFailure(ns(at), ns(opened), connected == 0 ? 0 : ns(connected), server, why));
    }

    private long ns(final double seconds) {
        return tally.startNs() + Math.round(seconds * 1e9);
    }

    private BalancerReport report() {
        return report(0);
    }

    private BalancerReport report(final int unaccounted) {
        final List<Event> events = List.of(
                new Event(ns(2), Deed.KILL, "3 dies", "server 3 is silent"),
                new Event(ns(3.2), Deed.KILL, "3 found dead, 1.20 s", "server 3 is down: no answer"),
                new Event(ns(5), Deed.ADD, "4 added", "ipvsadm -a ..."),
                new Event(ns(7.5), Deed.DRAIN, "2 draining", "penstock drain ..."),
                new Event(ns(9), Deed.DRAIN, "2 removed, 1.50 s", "server 2 has had its time to drain, with 1234 connections left: it is removed"),
                new Event(ns(10), Deed.RETURN, "3 comes back", "server 3 is there again"),
                new Event(ns(10.5), Deed.RETURN, "3 found well, 0.50 s", "server 3 is up"));
        return new BalancerReport(tally, ns(12), events, HELD, LISTING, Counts.parse("{\"unaccounted\":" + unaccounted + '}'));
    }
}
