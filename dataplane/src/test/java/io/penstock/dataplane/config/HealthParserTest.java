package io.penstock.dataplane.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.ipvs.health.BodyTest;
import io.penstock.dataplane.ipvs.health.Check;
import io.penstock.dataplane.ipvs.health.DnsCheck;
import io.penstock.dataplane.ipvs.health.HealthRule;
import io.penstock.dataplane.ipvs.health.HttpCheck;
import io.penstock.dataplane.ipvs.health.Names;
import io.penstock.dataplane.ipvs.health.PingCheck;
import io.penstock.dataplane.ipvs.health.ScriptCheck;
import io.penstock.dataplane.ipvs.health.SorryServer;
import io.penstock.dataplane.ipvs.health.StatusRange;
import io.penstock.dataplane.ipvs.health.TcpCheck;
import io.penstock.dataplane.ipvs.health.UdpCheck;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.os.netlink.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;

final class HealthParserTest {

    @TempDir
    private Path folder;

    private List<HealthRule> parse(final String text) {
        final LoadSettings settings = LoadSettings.builder().setAllowDuplicateKeys(true).setAllowNonScalarKeys(true).build();
        return HealthParser.parse(
                new Yaml("t.yaml", "health", null, new Compose(settings).composeString(text).orElseThrow()), folder);
    }

    private Check check(final String text) {
        return parse("[ { service: all, check: " + text + " } ]").getFirst().check();
    }

    private String refusal(final String text) {
        return assertThrows(ConfigurationException.class, () -> parse(text)).getMessage();
    }

    @Test
    void shouldReadEveryKeyWhenARuleIsFull() {
        final HealthRule rule = parse("""
                - service: tcp 10.0.0.1:80
                  check: { http: { path: /health, status: [200-299, 304], host: www.example.org, body: "ok" } }
                  port: 8080
                  interval: 5s
                  timeout: 1500ms
                  rise: 4
                  fall: 5
                  jitter: 20%
                  initial: down
                  on-down: remove
                  on-removal: rehash
                  quorum: 2
                  sorry: { server: "10.0.0.99:8000", method: nat }
                """).getFirst();
        assertEquals(new HealthRule(
                ServiceKey.of(6, IpAddress.parse("10.0.0.1"), 80),
                new HttpCheck(null, HttpCheck.Method.GET, "/health", "www.example.org",
                        List.of(new StatusRange(200, 299), new StatusRange(304, 304)), new BodyTest.Contains("ok")),
                8080, Duration.ofSeconds(5), Duration.ofMillis(1500), 4, 5, 20, HealthRule.Initial.DOWN, HealthRule.OnDown.REMOVE,
                RemovalPolicy.REHASH, 2, new SorryServer(IpAddress.parse("10.0.0.99"), 8000, Forwarding.MASQUERADE)), rule);
    }

    @Test
    void shouldHaveDefaultsWhenARuleSaysLittle() {
        assertEquals(List.of(new HealthRule(null, new TcpCheck(), 0, Duration.ofSeconds(2), Duration.ofSeconds(1), 2, 3, 10,
                HealthRule.Initial.UP, HealthRule.OnDown.WEIGHT_ZERO, null, 1, null)), parse("[ { service: all, check: tcp } ]"));
        assertEquals(Duration.ofMillis(500), parse("[ { service: all, check: tcp, interval: 500ms } ]").getFirst().timeout());
        assertEquals(List.of(), parse("[]"));
    }

    @ParameterizedTest
    @CsvSource({
            "tcp 10.0.0.1:80, 6, 10.0.0.1, 80, 0",
            "udp [2001:db8::1]:53, 17, 2001:db8::1, 53, 0",
            "sctp 10.0.0.1:0, 132, 10.0.0.1, 0, 0",
            "mark 5, 0, 0.0.0.0, 0, 5",
            "mark6 4294967295, 0, ::, 0, -1"})
    void shouldReadTheServiceWhenItIsNamedAsMessagesNameIt(
            final String text, final int protocol, final String address, final int port, final int mark) {
        final IpAddress ip = IpAddress.parse(address);
        final ServiceKey key = parse("[ { service: \"" + text + "\", check: tcp } ]").getFirst().service();
        assertEquals(new ServiceKey(ip.family(), protocol, ip, port, mark), key);
        assertEquals(text, Names.of(key));
    }

    @Test
    void shouldReadEachKindOfCheck() throws IOException {
        assertEquals(new TcpCheck(), check("{ tcp: {} }"));
        assertEquals(new PingCheck(), check("ping"));
        assertEquals(new HttpCheck(null, HttpCheck.Method.HEAD, "/", null, List.of(new StatusRange(200, 200)), null),
                check("{ http: { method: HEAD, status: 200 } }"));
        assertEquals(new DnsCheck(".", 6, 0), check("{ dns: {} }"));
        assertEquals(new DnsCheck("www.example.org", 28, 3), check("{ dns: { name: www.example.org, type: AAAA, rcode: NXDOMAIN } }"));
        final UdpCheck udp = assertInstanceOf(UdpCheck.class, check("{ udp: { send: \"PING\\r\\n\", expect-hex: \"00 ff\" } }"));
        assertArrayEquals("PING\r\n".getBytes(), udp.payload());
        assertArrayEquals(new byte[] {0, -1}, udp.expect());
        final UdpCheck silent = assertInstanceOf(UdpCheck.class, check("{ udp: {} }"));
        assertEquals(0, silent.payload().length);
        assertNull(silent.expect());
        final Path script = Files.createFile(folder.resolve("check.sh"));
        assertTrue(script.toFile().setExecutable(true));
        assertEquals(new ScriptCheck(script, List.of("-a", "{address}")),
                check("{ script: { run: check.sh, arguments: [ -a, \"{address}\" ] } }"));
        final HttpCheck https = assertInstanceOf(HttpCheck.class,
                check("{ https: { verify: false, sni: www.example.org, body-regex: \"^ok$\" } }"));
        assertNotNull(https.tls());
        assertEquals("https", https.kind());
        final String md5 = "d41d8cd98f00b204e9800998ecf8427e";
        assertEquals(new BodyTest.Digest("MD5", md5), ((HttpCheck) check("{ http: { digest: " + md5 + " } }")).body());
        assertEquals(new BodyTest.Digest("SHA-256", md5 + md5),
                ((HttpCheck) check("{ http: { digest: \"sha256:" + md5 + md5.toUpperCase() + "\" } }")).body());
    }

    @Test
    void shouldReadRulesWhenTheyHaveNoCheck() {
        final HealthRule rule = parse("[ { service: mark 5, on-removal: keep } ]").getFirst();
        assertNull(rule.check());
        assertEquals(RemovalPolicy.KEEP, rule.onRemoval());
        assertEquals(new SorryServer(IpAddress.parse("2001:db8::9"), 0, Forwarding.ROUTE),
                parse("[ { service: \"tcp [2001:db8::1]:80\", sorry: { server: \"2001:db8::9\", method: dr }, quorum: 3 } ]")
                        .getFirst().sorry());
    }

    @Test
    void shouldRefuseWithPlaceAndNearestWordWhenARuleIsWrong() {
        assertEquals("t.yaml:1:3: health: the key 'service' is missing; add it", refusal("[ { check: tcp } ]"));
        assertEquals("t.yaml:1:19: unknown key 'chek' in health: the nearest known key is 'check'; supported here: service, check, port, "
                + "interval, timeout, rise, fall, jitter, initial, on-down, on-removal, quorum, sorry",
                refusal("[ { service: all, chek: tcp } ]"));
        assertEquals("t.yaml:1:14: health.service: 'http 10.0.0.1:80' is not a service; write one such as 'tcp 192.0.2.1:80', "
                + "'udp [2001:db8::1]:53', 'mark 5', 'mark6 5', or all", refusal("[ { service: \"http 10.0.0.1:80\", check: tcp } ]"));
        assertEquals("t.yaml:3:12: health: service=tcp 10.0.0.1:80 has a rule already, at t.yaml:1:12; keep one",
                refusal("- service: tcp 10.0.0.1:80\n  check: tcp\n- service: tcp 10.0.0.1:80\n  check: tcp"));
        assertTrue(refusal("[ { service: all } ]").endsWith(
                "health: a rule without check, sorry and on-removal does nothing; add check: { tcp: {} } or remove it"));
        assertTrue(refusal("[ { service: all, on-removal: keep, fall: 2 } ]").endsWith(
                "health.fall does nothing without a check; add check: { tcp: {} } or remove it"));
        assertTrue(refusal("[ { service: all, check: ping, port: 2 } ]").endsWith(
                "health.port does nothing for a ping, which has no ports; remove it"));
        assertTrue(refusal("[ { service: all, check: tcp, interval: 2 } ]").endsWith(
                "health.interval: '2' is not a time from 10ms to 24h; write one with its unit, such as 2s or 500ms"));
        assertTrue(refusal("[ { service: all, check: tcp, timeout: 5s } ]").endsWith(
                "health.timeout=5s is longer than the interval of 2s, in which the next check begins; make it no longer"));
        assertTrue(refusal("[ { service: all, check: tcp, jitter: 101% } ]").endsWith(
                "health.jitter: '101%' is not a share of the interval; write one from 0% to 100%"));
        assertTrue(refusal("[ { service: all, check: tcp, on-down: wait } ]").endsWith(
                "health.on-down='wait' is not known: the nearest known value is 'remove'; supported: weight-zero, remove"));
        assertTrue(refusal("[ { service: all, check: tcp, on-removal: reste } ]").endsWith("the nearest known value is 'reset';"
                + " supported: kernel, keep, reset, rehash"));
    }

    @Test
    void shouldRefuseWhenASorryServerCannotBeReached() {
        assertTrue(refusal("[ { service: \"tcp 10.0.0.1:80\", sorry: { server: \"[2001:db8::9]:80\" } } ]").endsWith(
                "health.sorry.server=[2001:db8::9]:80 is not of the family of tcp 10.0.0.1:80, which only method=tunnel can bridge;"
                        + " name another server"));
        assertTrue(refusal("[ { service: \"tcp 10.0.0.1:80\", sorry: { server: \"10.0.0.9:81\", method: dr } } ]").endsWith(
                "health.sorry.server=10.0.0.9:81 has another port than tcp 10.0.0.1:80, which only method=nat and fullnat can change;"
                        + " leave the port out"));
        assertTrue(refusal("[ { service: all, sorry: { server: 10.0.0.9, method: masq } } ]").endsWith(
                "health.sorry.method='masq' is not known: the nearest known value is 'nat'; supported: nat, dr, tunnel, fullnat"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{ tcp: {}, ping: {} } | health.check must name one kind of check, not 2; supported: tcp, http, https, udp, dns, ping, script",
            "{ htpp: {} } | unknown key 'htpp' in health.check: the nearest known key is 'http'; supported here: tcp, http, https, udp, dns, ping, script",
            "{ http: { verify: false } } | supported here: path, method, host, status, body, body-regex, digest",
            "{ http: { path: health } } | health.check.http.path='health' must be a path such as /health, without spaces",
            "{ http: { host: \"a\\r\\nb\" } } | must be a host such as www.example.org, without spaces",
            "{ http: { status: [2xx] } } | health.check.http.status: '2xx' is not a status from 100 to 599; write one such as 200 or 200-299",
            "{ http: { status: 299-200 } } | health.check.http.status: '299-200' runs backwards; write 200-299",
            "{ http: { body: a, digest: b } } | health.check.http has body and digest, which say twice what the body is; keep one",
            "{ http: { body: a, method: HEAD } } | health.check.http.method=HEAD brings no body to be looked at; write GET",
            "{ http: { digest: 12 } } | health.check.http.digest: '12' is not a digest; write md5: and 32 digits, or sha256: and 64 digits",
            "{ https: { ca: none.pem } } | health.check.https.ca=none.pem cannot be read: it is no file of certificates",
            "{ https: { ca: . } } | health.check.https.ca=. cannot be read: it is no file of certificates; check the path and permissions",
            "{ https: { ca: x, verify: false } } | health.check.https.ca does nothing with verify: false; remove one of them",
            "{ udp: { send: a, send-hex: 00 } } | health.check.udp has send and send-hex; keep one",
            "{ udp: { expect-hex: 0 } } | health.check.udp.expect-hex: '0' is not bytes in hexadecimal digits; write two for each, such as",
            "{ dns: { name: a..b } } | health.check.dns.name='a..b' is not a domain name; write one such as www.example.org",
            "{ dns: { type: AAA } } | health.check.dns.type='AAA' is not known: the nearest known value is",
            "{ script: { run: none.sh } } | health.check.script.run=none.sh is no executable file; name one, by its path"})
    void shouldRefuseWhenACheckIsWrong(final String text, final String message) {
        final String refusal = refusal("[ { service: all, check: " + text + " } ]");
        assertTrue(refusal.startsWith("t.yaml:1:") && refusal.contains(message), refusal);
    }

    @Test
    void shouldRefuseWhenAnExpressionIsNone() {
        final String refusal = refusal("[ { service: all, check: { http: { body-regex: \"(\" } } } ]");
        assertTrue(refusal.contains("health.check.http.body-regex: '(' is not a regular expression: Unclosed group near index 1; mend it"),
                refusal);
    }
}
