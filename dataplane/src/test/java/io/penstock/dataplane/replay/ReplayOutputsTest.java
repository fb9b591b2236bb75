package io.penstock.dataplane.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.dataplane.pcap.LinkType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a replay writes, beside what it reads. */
class ReplayOutputsTest {

    @TempDir
    private Path folder;

    private ReplayFixture net;

    @BeforeEach
    void network() {
        net = new ReplayFixture(folder);
    }

    /** The outputs are called as operators call what they save. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            iptables-save.txt  | rules: { ipv4: FILE }          | file of rules
            ip6tables-save.txt | rules: { ipv6: FILE }          | file of rules
            ipset.txt          | sets: FILE                     | file of sets
            ipvsadm.txt        | services: FILE                 | file of services
            """)
    void shouldRefuseToReplaceAFileOfTheConfiguration(final String name, final String line, final String what) throws IOException {
        final ReplayInput input = net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64));
        Files.createDirectories(net.path("out"));
        final Path own = Files.createFile(net.path("out/" + name));
        Files.writeString(net.path("penstock.yaml"), line.replace("FILE", own.toString()) + "\n", StandardOpenOption.APPEND);
        final ReplayException refusal = assertThrows(ReplayException.class, () -> net.replay(input));
        assertEquals("the " + what + ' ' + own + " would be replaced by the output of that name; give --out another folder", refusal.getMessage());
        assertEquals("", Files.readString(own));
    }

    @Test
    void shouldRefuseToReplaceTheConfiguration() throws IOException {
        final ReplayInput input = net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64));
        Files.createDirectories(net.path("out"));
        final Path linked = Files.createLink(net.path("out/log.txt"), net.path("penstock.yaml"));
        final String before = Files.readString(linked);
        assertEquals("the configuration " + net.path("penstock.yaml") + " would be replaced by the output of that name; give --out another folder",
                assertThrows(ReplayException.class, () -> net.replay(input)).getMessage());
        assertEquals(before, Files.readString(linked));
    }
}
