package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapWriter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Privileged;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class JudgeCommandTest {

    private static final String CONFIGURATION = """
            ports: { lan: { device: d0 }, wan: { device: d1 } }
            network:
              addresses: { lan: [10.0.0.1/24], wan: [10.1.0.1/24] }
            """;

    @TempDir
    private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String... args) {
        return new CommandLine(new JudgeCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
    }

    private String capture(final LinkType type, final byte[]... packets) {
        final Path file = folder.resolve("in.pcap");
        try (PcapWriter writer = PcapWriter.create(file, type);
                MappedMemory memory = MappedMemory.reserve(1 << 16, MappedMemory.Pages.NORMAL)) {
            for (final byte[] packet : packets) {
                Memory.copyFromArray(packet, 0, memory.address(), packet.length);
                writer.write(0, memory.address(), packet.length, packet.length);
            }
        }
        return file.toString();
    }

    private String configuration() throws IOException {
        return Files.writeString(folder.resolve("router.yaml"), CONFIGURATION).toString();
    }

    @Test
    void shouldSayWhatIsMissingWhenOptionsDoNotFit() {
        assertEquals(ExitCode.USAGE, run());
        assertTrue(err.toString().contains("give either --config FILE with --in PORT=PCAP, or --random N"), err::toString);
        assertEquals(ExitCode.USAGE, run("--config", "x.yaml"));
        assertTrue(err.toString().contains("--config needs packets; add --in PORT=PCAP"), err::toString);
        assertEquals(ExitCode.USAGE, run("--random", "1", "--flows", "--rules"));
        assertTrue(err.toString().contains("--flows has rules of its own, which run as a user's do; remove --rules and --tiers"), err::toString);
        assertEquals(ExitCode.USAGE, run("--config", "x.yaml", "--in", "a=b", "--flows"));
        assertTrue(err.toString().contains("--rules, --flows and --tiers are for --random"), err::toString);
        for (final String[] wrong : new String[][] {{"--random", "1", "--sets", "--rules"}, {"--random", "1", "--sets", "--json"},
            {"--config", "x.yaml", "--in", "a=b", "--sets"}, {"--random", "1", "--sets", "--engine", "both"}}) {
            assertEquals(ExitCode.USAGE, run(wrong));
            assertTrue(err.toString().contains("--sets is for --random, alone, and prints text; remove --rules,"), err::toString);
        }
        assertEquals(ExitCode.USAGE, run("--random", "1", "--packets", "0"));
        assertTrue(err.toString().contains("--packets 1000000 at most"), err::toString);
        assertEquals(ExitCode.USAGE, run("--random", "1", "--ipv4", "--ipv6"));
        assertTrue(err.toString().contains("both families are the default; remove --ipv4 and --ipv6"), err::toString);
    }

    @Test
    void shouldNamePortsWhenThereIsNoneOfThatName() throws IOException {
        assertEquals(ExitCode.USAGE, run("--config", configuration(), "--in", "lam=x.pcap"));
        assertTrue(err.toString().contains("there is no port of that name; ports are lan, wan"), err::toString);
    }

    @Test
    void shouldRefuseWhenTheCapturesHoldNoIpPacket() throws IOException {
        assertEquals(ExitCode.FAILED, run("--config", configuration(), "--in",
                "lan=" + capture(LinkType.ETHERNET, new byte[60])));
        assertTrue(err.toString().contains("the captures hold no IP packet that can be judged: skipped=1"), err::toString);
    }

    @Test
    @Privileged(programs = {"iptables-legacy-restore", "ip6tables-legacy-restore"})
    void shouldFindNoDifferenceWhenAPacketIsForwarded() throws IOException {
        assertEquals(ExitCode.DONE, run("--config", configuration(), "--in",
                "lan=" + capture(LinkType.RAW, JudgePackets.ipv4(8), JudgePackets.ipv4(9)), "--json"), err::toString);
        assertTrue(out.toString().startsWith("{\"setups\":1,\"packets\":2,\"differences\":0,\"refused\":0,"), out::toString);
    }
}
