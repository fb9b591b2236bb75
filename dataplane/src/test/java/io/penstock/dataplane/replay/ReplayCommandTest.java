package io.penstock.dataplane.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.pcap.LinkType;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
final class ReplayCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private ReplayFixture net;
    private String lan;
    private String wan;

    @BeforeEach
    void create() {
        net = new ReplayFixture(folder);
        lan = "lan=" + net.input("lan", LinkType.ETHERNET, Packets.udp("10.0.0.7", "8.8.8.8", 64)).capture();
        wan = "wan=" + net.input("wan", LinkType.RAW, Packets.ip("8.8.8.8", "10.0.0.254", 64, 1)).capture();
    }

    @Test
    void shouldReplayWhenAllIsWell() {
        assertEquals(ExitCode.DONE, replay("--in", lan, "--in", wan), err::toString);
        assertEquals("packets=2 in 0.000000 s of their time: forward=1 local=1 drop=0 stolen=0 queue=0 unaccounted=0\n",
                out.toString());
        assertEquals("", err.toString());
        assertEquals("""
                {"n":1,"port":"lan","verdict":"forward","out":"wan"}
                {"n":2,"port":"wan","verdict":"local"}
                """, net.verdicts());
    }

    @Test
    void shouldTakeSeveralInputsBehindOneOption() {
        assertEquals(ExitCode.DONE, replay("--in", wan, lan, "--until", "3600.5"), err::toString);
        assertTrue(out.toString().startsWith("packets=2 in 2600.500000 s"), out.toString());
        assertTrue(net.verdicts().startsWith("{\"n\":1,\"port\":\"wan\""), net.verdicts());
    }

    @Test
    void shouldLoadHooksFromJars() throws IOException {
        final Path jar = jar();
        assertEquals(ExitCode.DONE, replay("--in", lan, "--hook-jar", jar.toString()), err::toString);
        assertEquals("{\"n\":1,\"port\":\"lan\",\"verdict\":\"drop\",\"reason\":\"hook_drop\"}\n", net.verdicts());
        assertTrue(out.toString().endsWith("\n  hook_drop=1: A hook function returned DROP.\n"), out.toString());
        assertEquals(ExitCode.FAILED, replay("--in", lan, "--hook-jar", folder.resolve("none.jar").toString()));
        assertEquals("hook jar " + folder.resolve("none.jar") + " cannot be read; check the path given to --hook-jar\n",
                err.toString());
    }

    @Test
    void shouldListThePortsWhenAnInputNamesNone() {
        assertEquals(ExitCode.USAGE, replay("--in", "dmz=x.pcap"));
        assertEquals("--in dmz=x.pcap: there is no port of that name; ports are lan, wan, and local for what the host itself "
                + "sends\n", err.toString());
    }

    @Test
    void shouldRefuseACommandLineThatMakesNoSense() {
        for (final String bad : new String[] {"lan", "=x.pcap", "lan="}) {
            assertEquals(ExitCode.USAGE, replay("--in", bad));
            assertTrue(err.toString().startsWith("--in " + bad + " is not PORT=PCAP; give a port's name and a capture, such as "
                    + "--in lan=lan.pcap\n"), err.toString());
        }
        assertEquals(ExitCode.USAGE, replay("--in", lan, "--until", "-1"));
        assertEquals("--until=-1 is no time; give seconds from 0 to below 4294967296\n", err.toString());
        assertEquals(ExitCode.USAGE, replay());
        assertTrue(err.toString().startsWith("Missing required option: '--in=PORT=PCAP'"), err.toString());
    }

    @Test
    void shouldRefuseAConfigurationThatCannotBe() {
        net.write("penstock.yaml", "ports: { lan: { device: d0, colour: red } }");
        assertEquals(ExitCode.CONFIGURATION_REFUSED, replay("--in", lan));
        assertTrue(err.toString().startsWith(net.path("penstock.yaml") + ":1:"), err.toString());
        net.write("penstock.yaml", """
                ports: { lan: { device: d0 } }
                network:
                  addresses: { lan: [10.0.0.254/24] }
                  routes: [ { to: 10.0.0.0/24, port: lan } ]
                """);
        assertEquals(ExitCode.CONFIGURATION_REFUSED, replay("--in", lan));
        assertEquals("network.routes has a route to where one leads already: to=10.0.0.0/24; remove it, or the other route or "
                + "the address that brings the other\n", err.toString());
        assertFalse(Files.exists(net.path("out")));
    }

    @Test
    void shouldTellWhichFileCannotBeUsed() throws IOException {
        assertEquals(ExitCode.FAILED, replay("--in", "lan=" + folder.resolve("none.pcap")));
        assertEquals(folder.resolve("none.pcap") + ": the capture cannot be opened: no such file or directory; check its path "
                + "and permissions\n", err.toString());
        net.write("text.pcap", "no capture");
        assertEquals(ExitCode.FAILED, replay("--in", lan, "--in", "wan=" + folder.resolve("text.pcap")));
        assertTrue(err.toString().startsWith(folder.resolve("text.pcap") + ": offset=0: this is no capture"), err.toString());
        assertFalse(Files.exists(net.path("out")));
        Files.createFile(net.path("out"));
        assertEquals(ExitCode.FAILED, replay("--in", lan));
        assertEquals("results cannot be written: out=" + net.path("out")
                + ": java.nio.file.FileAlreadyExistsException: " + net.path("out")
                + "; give --out a folder that you may write to\n", err.toString());
    }

    private int replay(final String... options) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        final List<String> words = new ArrayList<>(List.of(
                "--config", net.path("penstock.yaml").toString(), "--out", net.path("out").toString()));
        words.addAll(List.of(options));
        return new CommandLine(new ReplayCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words.toArray(String[]::new));
    }

    /** The module under a name that only the jar has, so that it comes from there. A name of that length changes no offset. */
    private Path jar() throws IOException {
        final String own = "JarredModule";
        final String jarred = "ModuleOfAJar";
        final String bytes;
        try (var in = JarredModule.class.getResourceAsStream(own + ".class")) {
            bytes = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).replace(own, jarred);
        }
        final Path jar = folder.resolve("hooks.jar");
        final String place = JarredModule.class.getPackageName() + '.' + jarred;
        try (OutputStream file = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(file)) {
            entries.putNextEntry(new JarEntry("META-INF/services/" + HookModule.class.getName()));
            entries.write(place.getBytes(StandardCharsets.UTF_8));
            entries.putNextEntry(new JarEntry(place.replace('.', '/') + ".class"));
            entries.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        }
        return jar;
    }
}
