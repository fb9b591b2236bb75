package io.penstock.dataplane.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.config.NetworkConfig.Address;
import io.penstock.dataplane.config.NetworkConfig.Neighbour;
import io.penstock.dataplane.config.NetworkConfig.NextHop;
import io.penstock.dataplane.config.NetworkConfig.Prefix;
import io.penstock.dataplane.config.NetworkConfig.Route;
import io.penstock.dataplane.config.NetworkConfig.RouteType;
import io.penstock.dataplane.config.NetworkConfig.Scope;
import io.penstock.dataplane.hot.ipvs.ServiceSettings;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import io.penstock.dataplane.ipvs.VirtualServerSettings;
import io.penstock.os.netlink.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigurationTest {

    private static final String FULL = """
            ports:
              lan: { device: d0 }            # the inside
              wan: { device: d1, attach: native, copy: zero, queues: 2 }
            workers: { cpus: [1, 3-4], idle: spin }
            local: kernel
            on-death: kernel
            network:
              addresses: { lan: [10.0.0.254/24, "2001:db8::fe/64"], wan: [192.0.2.1/24] }
              routes:
                - { to: default, via: 192.0.2.254, port: wan }
                - { to: "2001:db8:1::/48", port: wan }
                - { to: 198.51.100.0/24, type: blackhole }
              neighbours: [ { ip: 192.0.2.254, mac: "02:00:00:00:00:fe", port: wan } ]
            """;

    @TempDir
    private Path folder;

    @Test
    void shouldReadEveryKeyWhenTheFileIsFull() throws IOException {
        final Configuration c = parse(FULL);
        assertEquals(
                List.of(
                        new PortConfig("lan", "d0", PortConfig.Attach.AUTO, PortConfig.Copy.AUTO, 0),
                        new PortConfig("wan", "d1", PortConfig.Attach.NATIVE, PortConfig.Copy.ZERO, 2)),
                c.ports());
        assertEquals(new WorkersConfig(List.of(1, 3, 4), WorkersConfig.Idle.SPIN), c.workers());
        assertEquals(Configuration.Local.KERNEL, c.local());
        assertEquals(Configuration.OnDeath.KERNEL, c.onDeath());
        final NetworkConfig n = c.network();
        assertEquals(List.of(Address.of(prefix("10.0.0.254", 24)), Address.of(prefix("2001:db8::fe", 64))),
                n.addresses().get("lan"));
        assertEquals(
                List.of(
                        new Route(prefix("0.0.0.0", 0), ip("192.0.2.254"), "wan", RouteType.UNICAST),
                        new Route(prefix("2001:db8:1::", 48), null, "wan", RouteType.UNICAST),
                        new Route(prefix("198.51.100.0", 24), null, null, RouteType.BLACKHOLE)),
                n.routes());
        assertEquals(List.of(new Neighbour(ip("192.0.2.254"), 0x0200_0000_00FEL, "wan")), n.neighbours());
        assertEquals(1, c.portIndex("wan"));
        assertEquals(-1, c.portIndex("dmz"));
    }

    @Test
    void shouldReadRoutesInFullWhenTheySayMore() throws IOException {
        final NetworkConfig n = parse("""
                ports: { a: {}, b: {} }
                network:
                  mtu: { a: 1400 }
                  addresses: { a: [ { ip: 10.5.0.1, peer: 10.6.0.2/24, broadcast: 10.6.0.99, scope: link } ] }
                  routes:
                    - { to: 10.0.0.0/8, via: [ { via: 10.5.0.2, port: a, weight: 3 }, { via: "fe80::1", onlink: true } ], port: b, metric: 5 }
                    - { to: 10.1.0.0/16, port: a, mtu: lock 1300, src: 10.5.0.1 }
                    - { to: 10.2.0.0/16, type: local }
                sysctl: { net.ipv4.ip_forward: 0, net.ipv4.conf.a.forwarding: 1 }
                """).network();
        assertEquals(Map.of("a", 1400), n.mtu());
        assertEquals(List.of(new Address(ip("10.5.0.1"), 24, ip("10.6.0.2"), ip("10.6.0.99"), Scope.LINK)),
                n.addresses().get("a"));
        assertEquals(
                List.of(
                        new Route(prefix("10.0.0.0", 8), RouteType.UNICAST,
                                List.of(new NextHop(ip("10.5.0.2"), "a", 3, false), new NextHop(ip("fe80::1"), "b", 1, true)),
                                null, 0, false, 5, Scope.GLOBAL),
                        new Route(prefix("10.1.0.0", 16), RouteType.UNICAST, List.of(new NextHop(null, "a", 1, false)),
                                ip("10.5.0.1"), 1300, true, 0, Scope.LINK),
                        new Route(prefix("10.2.0.0", 16), RouteType.LOCAL, List.of(new NextHop(null, null, 1, false)), null, 0,
                                false, 0, Scope.HOST)),
                n.routes());
    }

    @Test
    void shouldSayWhoseTheSettingsAreWhenAKernelSuppliesTheNetwork() throws IOException {
        final Path file = write("ports: { a: {} }\nsysctl: { net.ipv4.ip_forward: 1 }\n");
        assertEquals(file + ":2:11: 'net.ipv4.ip_forward': Linux is the control plane of live ports; run 'sysctl -w "
                + "net.ipv4.ip_forward=1' and remove the key", refusal(new ConfigurationBuilder().file(file).kernelsNetwork()));
    }

    @Test
    void shouldTakeSettingsOfConnectionTrackingAlsoWhereAKernelSuppliesTheNetwork() throws IOException {
        final Path file = write("ports: { a: {} }\nsysctl: { net.netfilter.nf_conntrack_max: 1048576 }\n");
        assertEquals(Map.of("net.netfilter.nf_conntrack_max", "1048576"),
                new ConfigurationBuilder().file(file).kernelsNetwork().build().sysctl());
        final String head = "ports: { a: {} }\nsysctl: { net.netfilter.nf_conntrack_";
        refused(head + "max: -1 }\n", "2:11", "'net.netfilter.nf_conntrack_max' must be a whole number from 0 to 2147483647, not '-1'");
        refused(head + "count: 1 }\n", "2:11", "'net.netfilter.nf_conntrack_count' can only be read; remove it");
        refused(head + "mx: 1 }\n", "2:11", "'net.netfilter.nf_conntrack_mx' is not followed by this version: the nearest that is, is "
                + "'net.netfilter.nf_conntrack_max'; remove it");
    }

    @Test
    void shouldRefuseAnIpv6AddressWhenTheMtuIsTooSmall() throws IOException {
        refused("ports: { a: {} }\nnetwork: { mtu: { a: 1000 }, addresses: { a: ['::2/64'] } }\n", "2:22",
                "network.mtu.a=1000 is too small for IPv6, of which the port has an address; set at least 1280 or remove the "
                        + "address");
    }

    @Test
    void shouldKeepBusyPollingWhenOptionsOverrideTheRest() throws IOException {
        final Configuration c = new ConfigurationBuilder()
                .file(write("ports: { a: { busy-poll: 20, busy-poll-budget: 8 }, b: { busy-poll: 50 }, c: { busy-poll: 0 } }\n"))
                .attach(PortConfig.Attach.NATIVE)
                .build();
        assertEquals(
                List.of(new PortConfig.BusyPoll(20, 8), new PortConfig.BusyPoll(50, 64), PortConfig.BusyPoll.OFF),
                c.ports().stream().map(PortConfig::busyPoll).toList());
    }

    @Test
    void shouldKeepRingsWhenOptionsOverrideTheRest() throws IOException {
        final Configuration c = new ConfigurationBuilder().file(write("ports: { a: { ring: 512 }, b: {} }\n")).copy(PortConfig.Copy.COPY).build();
        assertEquals(List.of(512, PortConfig.DEFAULT_RING), c.ports().stream().map(PortConfig::ring).toList());
    }

    @Test
    void shouldUseDefaultsWhenOnlyPortsAreGiven() throws IOException {
        final Configuration c = parse("ports: { lan: }\n");
        assertEquals("lan", c.ports().getFirst().device());
        assertEquals(Configuration.Local.AUTO, c.local());
        assertEquals(Configuration.OnDeath.KERNEL, c.onDeath());
        assertEquals(new WorkersConfig(List.of(), WorkersConfig.Idle.ADAPTIVE), c.workers());
        assertTrue(c.network().isEmpty());
        assertNull(c.rules4());
    }

    @Test
    void shouldOverrideTheFileWhenOptionsAreGiven() throws IOException {
        final Configuration c = new ConfigurationBuilder()
                .file(write(FULL))
                .port("d1")
                .port("d2")
                .cpus(Literals.cpus("7"))
                .idle(WorkersConfig.Idle.ADAPTIVE)
                .attach(PortConfig.Attach.GENERIC)
                .copy(null)
                .build();
        assertEquals(List.of("lan", "wan", "d2"), c.ports().stream().map(PortConfig::name).toList());
        assertTrue(c.ports().stream().allMatch(p -> p.attach() == PortConfig.Attach.GENERIC));
        assertEquals(PortConfig.Copy.ZERO, c.ports().get(1).copy());
        assertEquals(new WorkersConfig(List.of(7), WorkersConfig.Idle.ADAPTIVE), c.workers());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "portz: {}|1:1|unknown key 'portz' in the top level: the nearest known key is 'ports'; supported here: ports, "
                + "workers, local, on-death, rules, sets, services, health, log, sysctl, network",
        "ports: { a: { devise: x } }|1:15|unknown key 'devise' in ports.a: the nearest known key is 'device'; "
                + "supported here: device, attach, copy, queues, ring, busy-poll, busy-poll-budget",
        "log: { too: x }|1:8|unknown key 'too' in log: the nearest known key is 'to'; supported here: to",
        "log: { to: '' }|1:12|log.to must be the path of a file",
        "ports: 3|1:8|ports must be a mapping, not '3'",
        "workers: [1]|1:10|workers must be a mapping with keys among cpus, idle, not a list",
        "[1]|1:1|the top level must be a mapping with keys among ports, workers, local, on-death, rules, sets, services, "
                + "health, log, sysctl, network, not a list",
        "ports: { a: {}, a: {} }|1:17|the key 'a' is given twice, first in line 1; keep one",
        "ports: { a: { device: x }, b: { device: x } }|1:41|device 'x' is already port 'a'; a device can be one port only",
        "ports: { a: { device: this-is-too-long }}|1:23|'this-is-too-long' cannot be a Linux interface; use 1 to 15 "
                + "visible ASCII characters without / and :",
        "ports: { local: {} }|1:10|a port cannot be named 'local', which stands for this host's own sockets; choose "
                + "another name",
        "ports: { a/b: {} }|1:10|the port name 'a/b' is not usable; use up to 31 letters, digits and any of _ . @ : -",
        "ports: { a: { attach: nativ } }|1:23|ports.a.attach='nativ' is not known: the nearest known value is 'native'; "
                + "supported: auto, native, generic, packet",
        "ports: { a: { queues: 0 } }|1:23|ports.a.queues must be a whole number from 1 to 256, not '0'",
        "ports: { a: { ring: 3000 } }|1:21|ports.a.ring must be a power of two, not 3000: take 2048 or 4096",
        "ports: { a: { ring: 128 } }|1:21|ports.a.ring must be a whole number from 256 to 1048576, not '128'",
        "ports: { a: { attach: packet, ring: 256 } }|1:10|port a is to run through AF_PACKET (attach=packet), which has a ring of its "
                + "own size: ring=256; remove ring, or choose another attach",
        "ports: { a: { busy-poll: 10001 } }|1:26|ports.a.busy-poll must be a whole number from 0 to 10000, not '10001'",
        "ports: { a: { busy-poll: 20, busy-poll-budget: 0 } }|1:48|ports.a.busy-poll-budget must be a whole number from 1 to "
                + "65535, not '0'",
        "ports: { a: { busy-poll-budget: 8 } }|1:15|ports.a.busy-poll-budget does nothing without busy-poll; add busy-poll: 20 "
                + "or remove it",
        "ports: { a: { device: d, attach: packet, copy: zero } }|1:23|port a is to run through AF_PACKET (attach=packet), which "
                + "always copies; remove copy: zero, or choose another attach",
        "ports: { a: { attach: packet, queues: 2 } }|1:10|port a is to run through AF_PACKET (attach=packet), which has one "
                + "queue: queues=2; remove queues, or choose another attach",
        "ports: { a: { attach: packet, busy-poll: 5 } }|1:10|port a is to run through AF_PACKET (attach=packet), which has no busy "
                + "polling: busy-poll=5; remove busy-poll, or choose another attach",
        "ports: { a: { queues: } }|1:22|ports.a.queues has no value; give it one or remove the key",
        "ports: { a: { queues: [1] } }|1:23|ports.a.queues must be a single value, not a list",
        "ports: { a: { device: !x y } }|1:23|ports.a.device has the tag !x; remove the tag",
        "workers: { cpus: 1 }|1:18|workers.cpus must be a list such as [1, 2], not '1'",
        "workers: { cpus: [] }|1:18|workers.cpus is empty; name at least one CPU or remove the key",
        "workers: { cpus: [1, 1] }|1:22|workers.cpus: CPU 1 is named twice; each worker needs a CPU of its own, name it "
                + "once",
        "workers: { cpus: [x] }|1:19|workers.cpus: 'x' is not a list of CPUs; write numbers from 0 to 1023 and ranges, "
                + "such as 1-3,5",
        "ports: {|1:9|this is not YAML: expected the node content, but found '<stream end>'",
        "? [a]|1:3|a key must be a plain word",
    })
    void shouldPointAtThePlaceWhenTheFormIsWrong(final String text, final String place, final String sentence)
            throws IOException {
        refused(text, place, sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "addresses: { b: [10.0.0.1/8] }|15|unknown port 'b': the nearest port is 'a'; ports: a",
        "addresses: { a: [10.0.0.300/8] }|19|network.addresses.a: '10.0.0.300' is not an IP address; an IPv4 "
                + "address is four numbers of 0 to 255, such as 192.0.2.1",
        "addresses: { a: [10.0.0.1/33] }|19|network.addresses.a: '10.0.0.1/33' has a bad prefix length: length=33; write a "
                + "number from 0 to 32",
        "addresses: { a: [10.0.0.1, 10.0.0.1/32] }|29|network.addresses.a: the address 10.0.0.1/32 is given twice; keep one",
        "addresses: { a: 10.0.0.1/8 }|18|network.addresses.a must be a list such as [192.0.2.1/24, \"2001:db8::1/64\"], "
                + "not '10.0.0.1/8'",
        "routes: [ { via: 10.0.0.1 } ]|12|network.routes: the key 'to' is missing; add it",
        "routes: [ { to: 10.0.0.1/8, port: a } ]|18|network.routes.to: '10.0.0.1/8' has host bits set; write 10.0.0.0/8",
        "routes: [ { to: default, port: a } ]|18|network.routes: 'default' without via could be either family; write "
                + "0.0.0.0/0 or ::/0",
        "routes: [ { to: '::/0', via: 10.0.0.1, port: a } ]|31|network.routes.via: the gateway 10.0.0.1 is not of the same "
                + "family as to=::/0; name one that is",
        "routes: [ { to: 10.0.0.0/8, port: a, type: blackhole } ]|30|network.routes: a blackhole route has no port; "
                + "remove it",
        "routes: [ { to: 10.0.0.0/8, port: x } ]|36|unknown port 'x': the nearest port is 'a'; ports: a",
        "addresses: { a: [ { ip: 10.0.0.1/24, peer: 10.0.1.1/24 } ] }|26|network.addresses.a.ip=10.0.0.1/24 has a prefix length "
                + "beside a peer, whose length counts; write 10.0.0.1",
        "addresses: { a: [ { ip: '::1', broadcast: 10.0.0.1 } ] }|33|network.addresses.a: IPv6 has no broadcast; remove it",
        "addresses: { a: [ { ip: 10.0.0.1, broadcast: '::1' } ] }|47|network.addresses.a.broadcast: ::1 and 10.0.0.1 are not "
                + "of the same family; name one that is",
        "mtu: { a: 67 }|12|network.mtu.a must be a whole number from 68 to 65535, not '67'",
        "mtu: { b: 1500 }|9|unknown port 'b': the nearest port is 'a'; ports: a",
        "routes: [ { to: 10.0.0.0/8, port: a, mtu: lok 5 } ]|44|network.routes.mtu must be a whole number from 68 to 65535, with "
                + "'lock' before it if it is not to be lowered, not 'lok 5'",
        "routes: [ { to: 10.0.0.0/8, type: throw, mtu: 500 } ]|43|network.routes: a throw route has no mtu; remove it",
        "routes: [ { to: '::/0', type: broadcast } ]|32|network.routes: IPv6 has no broadcast routes; use another type",
        "routes: [ { to: 10.0.0.0/8, port: a, onlink: true } ]|39|network.routes.onlink is about a gateway, and there is none; "
                + "add via or remove it",
        "routes: [ { to: 10.0.0.0/8, via: [ ], port: a } ]|35|network.routes.via must have 1 to 128 ways: ways=0",
        "routes: [ { to: 10.0.0.0/8, via: [ { port: x } ] } ]|45|unknown port 'x': the nearest port is 'a'; ports: a",
        "routes: [ { to: 10.0.0.0/8, via: [ { prt: x } ] } ]|39|unknown key 'prt' in network.routes.via: the nearest known key is "
                + "'port'; supported here: via, port, weight, onlink",
        "routes: [ { to: 10.0.0.0/8, via: 10.0.0.1, port: a, scope: link } ]|61|network.routes: a destination of scope link has no "
                + "gateway; remove via or scope",
        "neighbours: [ { ip: 10.0.0.1, mac: 02:00, port: a } ]|37|network.neighbours.mac: '02:00' is not an Ethernet address; "
                + "write one such as \"02:00:00:00:00:fe\"",
        "neighbours: [ { ip: 10.0.0.1, port: a } ]|16|network.neighbours: the key 'mac' is missing; add it",
    })
    void shouldPointAtThePlaceWhenTheNetworkIsWrong(final String text, final int column, final String sentence)
            throws IOException {
        refused("ports: { a: {} }\nnetwork:\n " + text, "3:" + column, sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "sysctl: { net.ipv4.vs.sync_ports: 1 }|11|'net.ipv4.vs.sync_ports' is not followed: no daemon hands connections to another machine; "
                + "those that are: FOLLOWED",
        "sysctl: { net.ipv4.vs.drop_entry: 4 }|11|net.ipv4.vs.drop_entry='4' cannot be set: write a number from 0 to 3",
        "sysctl: { penstock.bogus: 4 }|11|'penstock.bogus' is no setting of virtual servers; those that are: FOLLOWED",
        "sysctl: { a.b: 1 }|11|'a.b'=1: this version has no sysctl of that name; remove it",
        "sysctl: { net.ipv4.conf.a.rp_filter: 3 }|11|'net.ipv4.conf.a.rp_filter' must be a whole number from 0 to 2, not '3'",
        "sysctl: { net.ipv4.conf.b.rp_filter: 1 }|11|'net.ipv4.conf.b.rp_filter': there is no port 'b'; name one of a, all, "
                + "default",
        "sysctl: { net.ipv4.conf.a.log_martians: 1 }|11|'net.ipv4.conf.a.log_martians' is not followed by this version: the "
                + "nearest that is, is 'net.ipv4.conf.a.forwarding'; remove it",
        "sysctl: { net.ipv6.icmp.ratemask: '0-1,x' }|11|'net.ipv6.icmp.ratemask'='0-1,x' is not a list of ICMPv6 types; write "
                + "numbers from 0 to 255 and ranges, such as 0-1,3-127",
    })
    void shouldRefuseByNameWhenTheKeyIsNotSupported(final String text, final int column, final String sentence)
            throws IOException {
        refused("ports: { a: {} }\n" + text, "2:" + column, sentence.replace("FOLDER", folder.toString()).replace("FOLLOWED",
                String.join(" ", new VirtualServerSettings(new ServiceSettings(), new SchedulerSettings()).names())));
    }

    @Test
    void shouldNameTheOptionWhenTheOptionIsNotSupported() {
        final ConfigurationBuilder builder = new ConfigurationBuilder();
        assertEquals("--port a b: 'a b' cannot be a Linux interface; use 1 to 15 visible ASCII characters without / and :",
                assertThrows(ConfigurationException.class, () -> builder.port("a b")).getMessage());
    }

    @Test
    void shouldNameTheFilesOfRulesWhenFileOrOptionDoes() throws IOException {
        final Path file = write("ports: { a: {} }\nrules: { ipv4: r4, ipv6: r6 }\nsets: s\nservices: v\n");
        final Configuration c = new ConfigurationBuilder().file(file).rules6(Path.of("option")).build();
        assertEquals(folder.resolve("r4"), c.rules4());
        assertEquals(folder.resolve("s"), c.sets());
        assertEquals(Path.of("t"), new ConfigurationBuilder().file(file).sets(Path.of("t")).build().sets());
        assertEquals(Path.of("option"), c.rules6());
        assertEquals(Path.of("other"), c.withRules(Path.of("other"), null, null).rules4());
        assertNull(c.withRules(Path.of("other"), null, null).rules6());
        assertEquals(Path.of("others"), c.withRules(null, null, Path.of("others")).sets());
        assertEquals(folder.resolve("v"), c.services());
        assertEquals(Path.of("w"), new ConfigurationBuilder().file(file).services(Path.of("w")).build().services());
        final Configuration other = new ConfigurationBuilder().port("b").services(Path.of("w")).build();
        assertEquals(Path.of("w"), c.withFiles(other).services());
        assertNull(c.withFiles(other).sets());
        assertEquals(c.ports(), c.withFiles(other).ports());
    }

    @Test
    void shouldTakeSettingsOfVirtualServersWhereverTheNetworkComesFrom() throws IOException {
        final Path file = write("ports: { a: {} }\nsysctl: { net.ipv4.vs.drop_entry: 1, penstock.maglev_table: 65537 }\n");
        assertEquals(Map.of("net.ipv4.vs.drop_entry", "1", "penstock.maglev_table", "65537"),
                new ConfigurationBuilder().file(file).kernelsNetwork().build().sysctl());
    }

    @Test
    void shouldSayWhatToAddWhenThereIsNoPort() throws IOException {
        assertEquals("the configuration: no port is given; add one such as 'ports: { lan: { device: eth0 } }' or the option "
                + "--port eth0", refusal(new ConfigurationBuilder()));
        final Path file = write("");
        assertEquals(file + ": no port is given; add one such as 'ports: { lan: { device: eth0 } }' or the option --port eth0",
                refusal(new ConfigurationBuilder().file(file)));
    }

    @Test
    void shouldSayWhyWhenTheFileCannotBeRead() throws IOException {
        final Path absent = folder.resolve("absent");
        assertEquals(absent + ": there is no such file; check the path given to --config",
                assertThrows(ConfigurationException.class, () -> new ConfigurationBuilder().file(absent)).getMessage());
        final Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xFF});
        assertEquals(binary + ": the file is not UTF-8 text; save it as UTF-8",
                assertThrows(ConfigurationException.class, () -> new ConfigurationBuilder().file(binary)).getMessage());
        refused("a: \u0007", "1:4", "the character U+0007 is not allowed in YAML; remove it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- ", "? ", "[\"]\", "})
    void shouldRefuseWhenNestedTooDeeply(final String opening) throws IOException {
        final Path file = write(opening.repeat(100_000));
        final String message =
                assertThrows(ConfigurationException.class, () -> new ConfigurationBuilder().file(file)).getMessage();
        assertTrue(message.contains("nested too deeply: limit=64 levels"), message);
    }

    @Test
    void shouldNotOverflowWhenIndentedDeeply() throws IOException {
        final StringBuilder text = new StringBuilder();
        for (int depth = 0; depth < 1_400; depth++) {
            text.repeat(' ', depth).append("a:\n");
        }
        final Path file = write(text.toString());
        final String message =
                assertThrows(ConfigurationException.class, () -> new ConfigurationBuilder().file(file)).getMessage();
        assertTrue(message.startsWith(file + ":65:65: the file is nested too deeply"), message);
    }

    @Test
    @Timeout(10)
    void shouldRefuseSoonWhenANameIsEndless() throws IOException {
        final Path file = write("ports: { a: { device: d0 } }\nsysctl:\n  ? net.ipv4.conf." + "x".repeat(100_000) + ".foo\n  : 1\n");
        final String message =
                assertThrows(ConfigurationException.class, () -> new ConfigurationBuilder().file(file).build()).getMessage();
        assertTrue(message.startsWith(file + ":3:5: "), message);
    }

    @Test
    void shouldStayOneLineWhenANameHasSeveral() throws IOException {
        refused("ports: { \"a\\n\\e[31mb\": {} }", "1:10", "the port name 'a\\u000A\\u001B[31mb' is not usable; "
                + "use up to 31 letters, digits and any of _ . @ : -");
    }

    private void refused(final String text, final String place, final String sentence) throws IOException {
        final Path file = write(text);
        final String message = assertThrows(
                ConfigurationException.class, () -> new ConfigurationBuilder().file(file).build()).getMessage();
        assertEquals(file + ":" + place + ": " + sentence, message);
    }

    private static String refusal(final ConfigurationBuilder builder) {
        return assertThrows(ConfigurationException.class, builder::build).getMessage();
    }

    private Configuration parse(final String text) throws IOException {
        return new ConfigurationBuilder().file(write(text)).build();
    }

    private Path write(final String text) throws IOException {
        return Files.writeString(folder.resolve("penstock.yaml"), text);
    }

    private static Prefix prefix(final String address, final int length) {
        return new Prefix(ip(address), length);
    }

    private static IpAddress ip(final String address) {
        return IpAddress.parse(address);
    }
}
