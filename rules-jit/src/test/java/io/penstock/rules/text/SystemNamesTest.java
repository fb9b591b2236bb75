package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemNamesTest {

    @TempDir
    private Path directory;
    private Names names;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(directory.resolve("services"), """
                # comment
                ssh\t22/tcp\t\t# SSH
                domain 53/tcp
                domain 53/udp nameserver
                broken
                """);
        Files.writeString(directory.resolve("protocols"), "ip 0 IP # x\ngre\t47\tGRE\n");
        Files.writeString(directory.resolve("passwd"), "root:x:0:0:root:/root:/bin/sh\nalso:x:0:0::/:\n+::::::\n");
        Files.writeString(directory.resolve("group"), "wheel:x:10:\n");
        Files.writeString(directory.resolve("networks"), "home 192.168.7.0\n");
        names = new SystemNames(directory);
    }

    @Test
    void shouldKnowServicesWhenTheFileHasThem() {
        assertEquals(22, names.port("ssh", "tcp"));
        assertEquals(22, names.port("ssh", null));
        assertEquals(-1, names.port("ssh", "udp"));
        assertEquals(53, names.port("nameserver", "udp"));
        assertEquals("domain", names.service(53, "udp"));
        assertNull(names.service(54, "udp"));
    }

    @Test
    void shouldKnowProtocolsWhenTheFileHasThem() {
        assertEquals(47, names.protocol("gre"));
        assertEquals(47, names.protocol("GRE"));
        assertEquals(-1, names.protocol("none"));
        assertEquals("gre", names.protocolName(47));
    }

    @Test
    void shouldKnowUsersAndGroupsWhenTheFilesHaveThem() {
        assertEquals(0, names.user("also"));
        assertEquals(-1, names.user("none"));
        assertEquals("root", names.userName(0));
        assertEquals(10, names.group("wheel"));
        assertEquals("wheel", names.groupName(10));
        assertNull(names.groupName(11));
    }

    @Test
    void shouldKnowNetworksWhenTheFileHasThem() {
        assertArrayEquals(new byte[] {(byte) 192, (byte) 168, 7, 0}, names.host("home", IpFamily.IPV4).getFirst());
        assertTrue(names.host("", IpFamily.IPV4).isEmpty());
        assertTrue(names.host("no host", IpFamily.IPV4).isEmpty());
    }

    @Test
    void shouldKnowNoNetworksWhenTheToolHasNone() {
        final byte[] home = {(byte) 192, (byte) 168, 7, 0};
        assertEquals("home", names.hostName(home));
        final Names hosts = SystemNames.withoutNetworks(directory);
        assertNull(hosts.hostName(home));
        assertTrue(hosts.host("home", IpFamily.IPV4).isEmpty());
        assertEquals(22, hosts.port("ssh", "tcp"));
    }

    @Test
    void shouldKnowNothingWhenThereAreNoFiles() {
        final Names none = new SystemNames(directory.resolve("none"));
        assertEquals(-1, none.port("ssh", null));
        assertEquals(-1, none.protocol("gre"));
        assertEquals(-1, none.user("root"));
        assertNull(none.protocolName(47));
    }
}
