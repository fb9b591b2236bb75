package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.MemoryServices;
import io.penstock.dataplane.ipvs.health.HealthStatus;
import io.penstock.dataplane.ipvs.health.HealthStatus.Health;
import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code services}, {@code drain} and {@code undrain}. */
@Timeout(60)
class HealthCommandsTest {

    private static final ServiceKey WEB = ServiceKey.of(6, IpAddress.parse("192.0.2.1"), 80);
    private static final ServiceKey MARK = ServiceKey.ofMark(IpAddress.V6, 5);

    private final MemoryServices services = new MemoryServices();
    private final HeldCare care = new HeldCare(services);

    private final CountDownLatch end = new CountDownLatch(1);

    private ToolRun run(final String command) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final ByteArrayOutputStream complained = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        final PrintStream err = new PrintStream(complained, true, StandardCharsets.ISO_8859_1);
        final List<String> words = List.of(command.split(" "));
        final int status = new HealthCommands(care).run(words.getFirst(), words.subList(1, words.size()), out, err, end::await);
        return new ToolRun(status, said.toString(StandardCharsets.ISO_8859_1), complained.toString(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            drain tcp:192.0.2.1:80 10.0.0.2:81                               | drain 192.0.2.1 80 0 10.0.0.2 81 PT5M
            drain tcp:192.0.2.1:80 10.0.0.2 --deadline 90s                   | drain 192.0.2.1 80 0 10.0.0.2 80 PT1M30S
            drain --deadline=500ms --remove udp:[2001:db8::1]:53 [2001:db8::2] | drain 2001:db8::1 53 0 2001:db8::2 53 PT0.5S remove
            drain mark:7 10.0.0.2:8080 --deadline 1h                         | drain 0.0.0.0 0 7 10.0.0.2 8080 PT1H
            drain mark:7 10.0.0.2:8080 --deadline 8760h                      | drain 0.0.0.0 0 7 10.0.0.2 8080 PT8760H
            drain mark6:4294967295 [2001:db8::2]:80                          | drain :: 0 -1 2001:db8::2 80 PT5M
            undrain sctp:192.0.2.1:80 10.0.0.2                               | undrain 132 10.0.0.2 80
            """)
    void shouldPassOnWhatIsAsked(final String command, final String asked) {
        assertEquals(new ToolRun(0, "", ""), run(command));
        assertEquals(List.of(asked), care.asked);
    }

    @Test
    void shouldReadNamesAsMessagesHaveThem() {
        assertEquals(WEB, ServiceNames.service("tcp 192.0.2.1:80"));
        assertEquals(MARK, ServiceNames.service("mark6 5"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            drain                                       | drain: a service and a server are needed, and nothing else: words=0
            undrain tcp:192.0.2.1:80                    | undrain: a service and a server are needed, and nothing else: words=1
            drain tcp:192.0.2.1:80 10.0.0.2 -w          | drain: '-w' is unknown
            drain tcp:192.0.2.1:80 10.0.0.2 --deadline  | drain: --deadline='' is no time; write one such as 30s, 5m or 1h
            drain tcp:192.0.2.1:80 10.0.0.2 --deadline 5 | drain: --deadline='5' is no time; write one such as 30s, 5m or 1h
            drain tcp:192.0.2.1 10.0.0.2                | drain: 'tcp:192.0.2.1' is no service; write one such as tcp:192.0.2.1:80, udp:[2001:db8::1]:53, mark:5 or mark6:5
            drain tcp:2001:db8::1:80 10.0.0.2           | drain: 'tcp:2001:db8::1:80' is no service; write one such as tcp:192.0.2.1:80, udp:[2001:db8::1]:53, mark:5 or mark6:5
            drain mark:0 10.0.0.2                       | drain: 'mark:0' is no service; write one such as tcp:192.0.2.1:80, udp:[2001:db8::1]:53, mark:5 or mark6:5
            drain tcp:192.0.2.1:80 10.0.0.2:65536       | drain: '10.0.0.2:65536' is no server; write one such as 10.0.0.2:80 or [2001:db8::2]:80
            drain tcp:192.0.2.1:80 10.0.0.2 --deadline 9999999h | drain: --deadline='9999999h' is longer than 365 days; write a shorter time
            drain tcp:192.0.2.1:80 10.0.0.2 --deadline=8761h | drain: --deadline='8761h' is longer than 365 days; write a shorter time
            services all                                | services: 'all' is unknown
            """)
    void shouldSayWhatIsWrong(final String command, final String sentence) {
        final String tool = command.split(" ")[0];
        assertEquals(new ToolRun(2, "", "penstock: " + sentence + "; see 'penstock " + tool + " --help'\n"), run(command));
        assertEquals(List.of(), care.asked);
    }

    @Test
    void shouldExplainItself() {
        for (final String tool : List.of("services", "drain", "undrain")) {
            final ToolRun run = run(tool + " --help");
            assertEquals(0, run.status());
            assertTrue(run.out().startsWith("Usage: penstock " + tool + ' '), run.out());
            assertTrue(run.out().lines().allMatch(line -> line.length() <= 90), run.out());
        }
    }

    private static ServerKey server(final int last) {
        return new ServerKey(IpAddress.v4(0x0A000000 | last), 80);
    }

    private static ServerSpec spec(final int weight) {
        return new ServerSpec(Forwarding.MASQUERADE, weight, 0, 0, TunnelSpec.IPIP);
    }

    private static HealthStatus status(final int last, final Health health, final Role role, final String found) {
        return new HealthStatus(WEB, server(last), health, role, spec(3), health == Health.UP && role == Role.SERVER, 1, 1, 0, 7_900_000_000L, found);
    }

    @Test
    void shouldWaitUntilADrainIsOverWhenAsked() {
        care.known.clear();
        care.known.add(List.of(status(2, Health.UP, Role.DRAINING, null)));
        care.known.add(List.of(status(2, Health.UP, Role.DRAINING, null)));
        care.known.add(List.of(status(2, Health.UP, Role.DRAINED, null)));
        assertEquals(0, run("drain tcp:192.0.2.1:80 10.0.0.2 --wait").status());
        assertEquals(1, care.known.size());
    }

    @Test
    void shouldFailWhenTheServerIsTakenBackWhileADrainIsWaitedFor() {
        care.known.clear();
        care.known.add(List.of(status(2, Health.UP, Role.DRAINING, null)));
        care.known.add(List.of(status(2, Health.UP, Role.SERVER, null)));
        assertEquals(new ToolRun(1, "", "penstock: drain: server 10.0.0.2:80 of tcp 192.0.2.1:80 was undrained\n"),
                run("drain tcp:192.0.2.1:80 10.0.0.2 --wait"));
    }

    @Test
    void shouldEndWhenNobodyWaitsForADrainAnyMore() {
        care.known.clear();
        care.known.add(List.of(status(2, Health.UP, Role.DRAINING, null)));
        end.countDown();
        assertEquals(new ToolRun(1, "", "penstock: drain: server 10.0.0.2:80 of tcp 192.0.2.1:80 is drained all the same: "
                + "nobody waits for it any more\n"), run("drain tcp:192.0.2.1:80 10.0.0.2 --wait"));
    }

    @Test
    void shouldFailWhenTheDataPlaneEndsWhileADrainIsWaitedFor() {
        care.known.clear();
        care.known.add(List.of(status(2, Health.UP, Role.DRAINING, null)));
        care.known.add(List.of());
        care.isEnding = true;
        assertEquals(new ToolRun(1, "", "penstock: drain: the data plane has ended before server 10.0.0.2:80 of tcp 192.0.2.1:80 was drained\n"),
                run("drain tcp:192.0.2.1:80 10.0.0.2 --wait"));
    }

    @Test
    void shouldTellOfServicesThatHaveARuleAndAreNotThere() {
        care.missing.add(WEB);
        assertEquals("tcp 192.0.2.1:80             has a health rule and is not there\n", run("services").out());
        assertEquals("{\"tcp 192.0.2.1:80\":{\"missing\":true}}\n", run("services --json").out());
    }

    @Test
    void shouldTellOfServersAndTheirHealth() throws ServiceProblem {
        final ServiceSpec wlc = new ServiceSpec("wlc", 0, 0, 32, null);
        services.addService(WEB, wlc);
        services.addService(MARK, wlc);
        for (int i = 6; i >= 2; i--) {
            services.addServer(WEB, server(i), spec(i == 3 || i == 5 ? 0 : 3));
        }
        services.occupy(WEB, server(2), 40, 2);
        services.occupy(WEB, server(4), 1, 0);
        care.known.clear();
        care.known.add(List.of(status(2, Health.UP, Role.SERVER, "http status 200"), status(3, Health.DOWN, Role.SERVER, "tcp connection refused"),
                status(4, Health.UP, Role.DRAINING, "http status 200"), status(7, Health.DOWN, Role.SERVER, "ping no answer")));
        assertEquals("""
                tcp 192.0.2.1:80             wlc     up=2 of 6 down=2 active=41 inactive=2; per second: connections=0 in=0 out=0
                  10.0.0.2:80                up       weight=3 active=40 inactive=2; http status 200, for 7 s
                  10.0.0.3:80                down     weight=3 active=0 inactive=0; tcp connection refused, for 7 s
                  10.0.0.4:80                draining weight=3 active=1 inactive=0; http status 200, for 7 s
                  10.0.0.5:80                quiesced weight=0 active=0 inactive=0
                  10.0.0.6:80                up       weight=3 active=0 inactive=0
                  10.0.0.7:80                down     weight=3 active=0 inactive=0; ping no answer, for 7 s
                mark6 5                      wlc     up=0 of 0 active=0 inactive=0; per second: connections=0 in=0 out=0
                """, run("services").out());
        assertEquals(2, run("services --brief").out().lines().count());
        final String head = "{\"tcp 192.0.2.1:80\":{\"scheduler\":\"wlc\",\"active\":41,\"inactive\":2,\"servers_total\":6,\"servers_up\":2,"
                + "\"servers_down\":2,\"connections_per_second\":0,\"packets_in_per_second\":0,\"packets_out_per_second\":0,"
                + "\"bytes_in_per_second\":0,\"bytes_out_per_second\":0";
        assertTrue(run("services --brief --json").out().startsWith(head + "},\"mark6 5\":{"), run("services --brief --json").out());
        assertTrue(run("services --json").out().startsWith(head + ",\"servers\":{\"10.0.0.2:80\":{\"state\":\"up\",\"weight\":3,\"active\":40,"
                + "\"inactive\":2,\"found\":\"http status 200\",\"for_seconds\":7},"), run("services --json").out());
    }

    @Test
    void shouldSayWhyAServerCannotBeDrained() {
        final ServerCare none = AbsentConnections.services();
        assertThrows(AbsentConnections.Asked.class, () -> none.drain(WEB, server(2), null, false));
        assertThrows(AbsentConnections.Asked.class, () -> none.undrain(WEB, server(2)));
    }
}
