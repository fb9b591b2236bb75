package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.model.Timeouts;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.dataplane.ipvs.text.IpvsadmCommand;
import io.penstock.os.netlink.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of services: put in at the start, and at a reload whole or not at all, without touching what is as it was. */
class ServiceFilesTest {

    private static final String WEB = "-A -t 192.0.2.1:80 -s wrr";
    private static final String WEB_2 = "-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1";
    private static final String WEB_3 = "-a -t 192.0.2.1:80 -r 10.0.0.3:80 -m -w 1";
    private static final ServiceKey WEB_KEY = ServiceKey.of(6, IpAddress.parse("192.0.2.1"), 80);
    private static final ServerKey KEY_2 = new ServerKey(IpAddress.parse("10.0.0.2"), 80);

    @TempDir
    private Path folder;

    private final MemoryServices services = new MemoryServices();
    /** What has been asked of the services. */
    private final List<String> asked = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final ServiceStore told = new ForwardedServices(services) {

        @Override
        public void addService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
            asked.add("add " + key.port());
            super.addService(key, spec);
        }

        @Override
        public void editService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
            asked.add("edit " + key.port());
            if ((spec.flags() & ServiceSpec.ONE_PACKET) != 0 && services.service(key).orElseThrow().servers().stream()
                    .anyMatch(server -> server.spec().method() == Forwarding.FULL)) {
                throw new ServiceProblem(ServiceProblem.Kind.INVALID, "it has a server that is reached by --fullnat");
            }
            super.editService(key, spec);
        }

        @Override
        public void deleteService(final ServiceKey key) throws ServiceProblem {
            asked.add("delete " + key.port());
            super.deleteService(key);
        }

        @Override
        public void addServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
            asked.add("add " + key.port() + ' ' + server.address());
            super.addServer(key, server, spec);
        }

        @Override
        public void editServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
            asked.add("edit " + key.port() + ' ' + server.address() + " weight " + spec.weight());
            super.editServer(key, server, spec);
        }

        @Override
        public void deleteServer(final ServiceKey key, final ServerKey server) throws ServiceProblem {
            asked.add("delete " + key.port() + ' ' + server.address());
            super.deleteServer(key, server);
        }

        @Override
        public void withdraw(final ServiceKey key, final ServerKey server, final boolean is) throws ServiceProblem {
            asked.add((is ? "withdraw " : "take ") + key.port() + ' ' + server.address());
            super.withdraw(key, server, is);
        }

        @Override
        public String advice(final ServiceKey key) {
            return key.port() == 7 ? "nobody comes to port 7" : null;
        }
    };

    private Path file(final String... lines) throws IOException {
        return Files.writeString(folder.resolve("services"), String.join("\n", lines) + "\n", StandardCharsets.ISO_8859_1);
    }

    private List<ServicePlan.Told> load(final List<HealthStatus> health, final String... lines) throws IOException {
        final Path file = file(lines);
        return ServiceFiles.apply(file, ServiceFiles.read(file, told, warnings::add), told, health, warnings::add);
    }

    private void load(final String... lines) throws IOException {
        assertEquals(List.of(), load(List.of(), lines));
    }

    private String refusal(final String... lines) {
        return assertThrows(RulesException.class, () -> load(lines)).getMessage().replace(folder.toString(), "FOLDER");
    }

    private String saved() {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(text, false, StandardCharsets.ISO_8859_1);
        new IpvsadmCommand(services).run(List.of("-S", "-n"), InputStream.nullInputStream(), out, out);
        out.flush();
        return text.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldPutInWhatAFileSays() throws IOException {
        load("# web", "ipvsadm " + WEB, "", WEB_2, "\t" + WEB_3 + "\r", "-A -f 5 -6 -p 60", "-A -u 192.0.2.1:7", "--set 0 7 0");
        assertEquals(WEB_2 + "\n" + WEB_3 + "\n", saved().lines().filter(line -> line.startsWith("-a ")).map(line -> line + "\n")
                .reduce("", String::concat));
        assertEquals(3, services.services().size());
        assertEquals(new Timeouts(900, 7, 300), services.timeouts());
        assertEquals(List.of("nobody comes to port 7"), warnings);
        assertEquals(1, services.publications());
    }

    @Test
    void shouldChangeServersFirstWhenTheServiceIsToKeepNoConnections() throws IOException {
        final String[] kept = {"-A -u 192.0.2.1:53 -s rr", "-a -u 192.0.2.1:53 -r 10.0.0.2:53 --fullnat -w 1"};
        load(kept);
        asked.clear();
        load("-A -u 192.0.2.1:53 -s rr --ops", "-a -u 192.0.2.1:53 -r 10.0.0.2:53 -m -w 1");
        assertEquals(List.of("edit 53 10.0.0.2 weight 1", "edit 53"), asked);
        asked.clear();
        load(kept);
        assertEquals(List.of("edit 53", "edit 53 10.0.0.2 weight 1"), asked);
    }

    private static final String DNS = "-A -u 192.0.2.1:53 -s rr";
    private static final String DNS_2 = "-a -u 192.0.2.1:53 -r 10.0.0.2:53 --fullnat -w 1";

    private static HealthStatus dnsDown() {
        return new HealthStatus(ServiceKey.of(17, IpAddress.parse("192.0.2.1"), 53), new ServerKey(IpAddress.parse("10.0.0.2"), 53),
                Health.DOWN, Role.SERVER, new ServerSpec(Forwarding.FULL, 1, 0, 0, TunnelSpec.IPIP), false, 3, 3, 3, 0, "udp no answer");
    }

    @Test
    void shouldRemoveServersFirstThatKeepTheServiceFromKeepingNoConnections() throws IOException {
        load(DNS, DNS_2);
        asked.clear();
        load(DNS + " --ops", "-a -u 192.0.2.1:53 -r 10.0.0.3:53 -m -w 1");
        assertEquals(List.of("add 53 10.0.0.3", "delete 53 10.0.0.2", "edit 53"), asked);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAddServersAgainThatWereRemovedFirstWhenTheFileIsRefused(final boolean isDown) throws IOException {
        load(DNS, isDown ? DNS_2.replace("-w 1", "-w 0") : DNS_2);
        final String before = saved();
        asked.clear();
        assertThrows(RulesException.class, () -> load(isDown ? List.of(dnsDown()) : List.of(), DNS + " --ops", "-A -t 192.0.2.1:81 -s rr",
                "-a -t 192.0.2.1:81 -r 224.0.0.1 -m"));
        final List<String> expected = new ArrayList<>(List.of("delete 53 10.0.0.2", "edit 53", "add 81", "add 81 224.0.0.1", "delete 81",
                "edit 53", "add 53 10.0.0.2"));
        if (isDown) {
            expected.add("withdraw 53 10.0.0.2");
        }
        assertEquals(expected, asked);
        assertEquals(before, saved());
    }

    @Test
    void shouldReachServersThatAreDownOtherwiseFirstWhenTheServiceIsToKeepNoConnections() throws IOException {
        load(DNS, DNS_2.replace("-w 1", "-w 0"));
        final String before = saved();
        asked.clear();
        final HealthStatus down = dnsDown();
        final String masqueraded = DNS_2.replace("--fullnat", "-m");
        assertThrows(RulesException.class, () -> load(List.of(down), DNS + " --ops", masqueraded, "-A -t 192.0.2.1:81 -s rr",
                "-a -t 192.0.2.1:81 -r 224.0.0.1 -m"));
        assertEquals(before, saved());
        asked.clear();
        assertEquals(List.of(new ServicePlan.Told(down.service(), down.server(), new ServerSpec(Forwarding.MASQUERADE, 1, 0, 0, TunnelSpec.IPIP))),
                load(List.of(down), DNS + " --ops", masqueraded));
        assertEquals(List.of("edit 53 10.0.0.2 weight 0", "edit 53"), asked);
    }

    @Test
    void shouldRefuseAWayThatTheServiceRulesOutWhenChecksHaveTheServerOut() {
        final String reason = ": the services are refused: answers of a server that is reached by --fullnat find their client by a connection,"
                + " and the service keeps none; say -m, -g or -i, or edit the service without --ops first";
        final HealthStatus out = dnsDown();
        final Path file = folder.resolve("services");
        assertEquals(file + ":2" + reason, assertThrows(RulesException.class, () -> load(List.of(out), DNS + " --ops", DNS_2)).getMessage());
        assertEquals(file + ":3" + reason, assertThrows(RulesException.class,
                () -> load(List.of(out), DNS, DNS_2, "-E -u 192.0.2.1:53 -s rr --ops")).getMessage());
        assertEquals(List.of(), asked);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -A -t 192.0.2.1:80 -s wrr           | Service already exists: line 1 has it already
            -a -t 192.0.2.1:80 -r 10.0.0.2 -m   | Destination already exists: line 2 has it already
            -a -t 192.0.2.9:80 -r 10.0.0.2 -m   | Service not defined
            -d -t 192.0.2.1:80 -r 10.0.0.9      | No such destination
            -D -t 192.0.2.1:81                  | No such service
            -A -t 192.0.2.1:0                   | Zero port specified for non-persistent service
            -A -t 192.0.2.1:81 -s bogus         | scheduler=bogus does not exist; give one of [rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos, maglev]
            -e -t 192.0.2.1:80 -r 10.0.0.2 -m -x 1 -y 2 | lower threshold=2 is above upper threshold=1; give -x a number that is at least that of -y
            -a -t 192.0.2.1:80 -r 224.0.0.1 -m  | INVALID
            --start-daemon master               | --start-daemon is not supported: connections are not synchronized with other hosts
            """)
    void shouldSayFileLineAndReasonAndChangeNothingWhenALineIsRefused(final String line, final String reason) throws IOException {
        load(WEB, WEB_3, "-A -u 192.0.2.1:53");
        final String before = saved();
        assertEquals("FOLDER/services:4: the services are refused: " + reason,
                refusal(WEB, WEB_2, "-A -u 192.0.2.1:54 -s rr", line, "-A -u 192.0.2.1:55", "--set 1 1 1"));
        assertEquals(before, saved());
        assertEquals(new Timeouts(900, 120, 300), services.timeouts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-L", "-S", "-R", "-Z", "-h", "-l --timeout", "bogus", "-L -c"})
    void shouldRefuseWhatIsNoLineOfAFile(final String line) {
        assertEquals("FOLDER/services:2: the services are refused: a file of services holds what 'ipvsadm -S' prints, lines of -A and -a, and "
                + "--set for timeouts", refusal(WEB, line));
    }

    @Test
    void shouldSayWhichFileIsNotThere() {
        final Path none = folder.resolve("none");
        assertEquals(none + ": there is no such file of services; check services: or --services",
                assertThrows(RulesException.class, () -> ServiceFiles.read(none, told, warnings::add)).getMessage());
    }

    @Test
    void shouldTouchOnlyWhatTheFileHasOtherwise() throws IOException {
        load(WEB, WEB_2, WEB_3, "-A -u 192.0.2.1:53 -s rr", "-A -t 192.0.2.1:443 -s rr");
        asked.clear();
        load(WEB, WEB_2, WEB_3, "-A -u 192.0.2.1:53 -s rr", "-A -t 192.0.2.1:443 -s rr");
        assertEquals(List.of(), asked);
        load(WEB, WEB_2.replace("-w 1", "-w 4"), "-a -t 192.0.2.1:80 -r 10.0.0.4:80 -m -w 1", "-A -t 192.0.2.1:443 -s lc", "-A -t 192.0.2.1:81");
        assertEquals(List.of("edit 80 10.0.0.2 weight 4", "add 80 10.0.0.4", "edit 443", "add 81", "delete 80 10.0.0.3", "delete 53"), asked);
    }

    @Test
    void shouldNotEditAServerThatIsThisHostForTheWayThatIsAskedFor() throws IOException, ServiceProblem {
        load(WEB, WEB_2);
        services.editServer(WEB_KEY, KEY_2, new ServerSpec(Forwarding.LOCAL, 1, 0, 0, TunnelSpec.IPIP));
        asked.clear();
        load(WEB, WEB_2);
        load(WEB, WEB_2.replace("-m", "-g"));
        assertEquals(List.of(), asked);
        load(WEB, WEB_2.replace("-w 1", "-w 2"));
        assertEquals(List.of("edit 80 10.0.0.2 weight 2"), asked);
    }

    @Test
    void shouldTakeBackWhatCameBeforeARefusal() throws IOException {
        load(WEB, WEB_2, "-A -t 192.0.2.1:443 -s rr");
        final String before = saved();
        asked.clear();
        refusal(WEB.replace("wrr", "rr"), WEB_2.replace("-w 1", "-w 9"), WEB_3, "-A -t 192.0.2.1:81 -s bogus");
        assertEquals(List.of("edit 80", "edit 80 10.0.0.2 weight 9", "add 80 10.0.0.3", "add 81", "delete 80 10.0.0.3",
                "edit 80 10.0.0.2 weight 1", "edit 80"), asked);
        assertEquals(before, saved());
    }

    private static HealthStatus status(final Role role, final int weight) {
        return new HealthStatus(WEB_KEY, KEY_2, Health.DOWN, role, new ServerSpec(Forwarding.MASQUERADE, weight, 0, 0, TunnelSpec.IPIP), false, 3, 3, 3,
                0, "tcp connection refused");
    }

    @Test
    void shouldLeaveServersThatAreDownToTheChecks() throws IOException {
        load(WEB, WEB_2.replace("-w 1", "-w 0"), WEB_3);
        asked.clear();
        assertEquals(List.of(), load(List.of(status(Role.SERVER, 1)), WEB, WEB_2, WEB_3));
        final ServerSpec five = new ServerSpec(Forwarding.MASQUERADE, 5, 0, 0, TunnelSpec.IPIP);
        assertEquals(List.of(new ServicePlan.Told(WEB_KEY, KEY_2, five)),
                load(List.of(status(Role.SERVER, 1)), WEB, WEB_2.replace("-w 1", "-w 5"), WEB_3));
        assertEquals(List.of(), asked);
        assertEquals(List.of(), load(List.of(status(Role.SERVER, 1)), WEB, WEB_3));
        assertEquals(List.of("delete 80 10.0.0.2"), asked);
        // Now one that checks have taken out.
        assertEquals(List.of(), load(List.of(status(Role.SERVER, 1)), WEB, WEB_2, WEB_3));
        assertEquals(List.of(new ServicePlan.Told(WEB_KEY, KEY_2, null)), load(List.of(status(Role.SERVER, 1)), WEB, WEB_3));
        assertEquals(List.of("delete 80 10.0.0.2"), asked);
    }

    @Test
    void shouldLeaveSorryServersToTheChecks() throws IOException {
        load(WEB, WEB_2, WEB_3);
        asked.clear();
        assertEquals(List.of(), load(List.of(status(Role.SORRY, 1)), WEB, WEB_3));
        assertEquals(List.of(), asked);
    }
}
