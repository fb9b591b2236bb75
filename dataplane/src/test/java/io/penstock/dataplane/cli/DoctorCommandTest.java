package io.penstock.dataplane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.doctor.Finding;
import io.penstock.dataplane.doctor.Finding.Level;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

final class DoctorCommandTest {

    private static final List<Finding> FINDINGS = List.of(
            new Finding(Level.OK, "kernel", "release=6.18", ""),
            new Finding(Level.WARN, "ipv4", "net.ipv4.ip_forward=0", "sysctl -w net.ipv4.ip_forward=1"),
            new Finding(Level.FAIL, "bpf", "no", "yes"));

    @Test
    void shouldAlignAndSumUpWhenForPeople() {
        assertEquals("""
                OK   kernel     release=6.18
                WARN ipv4       net.ipv4.ip_forward=0
                                mend: sysctl -w net.ipv4.ip_forward=1
                FAIL bpf        no
                                mend: yes
                Penstock cannot run here: ok=1 warn=1 fail=1
                """, DoctorCommand.text(FINDINGS, Ansi.OFF));
        assertTrue(DoctorCommand.text(FINDINGS, Ansi.ON).startsWith("\u001b[32mOK\u001b["));
        assertTrue(DoctorCommand.text(FINDINGS.subList(0, 2), Ansi.OFF).endsWith("Penstock can run here: ok=1 warn=1 fail=0\n"));
    }

    @Test
    void shouldTellEachFindingWhenJson() {
        assertEquals("{\"worst\":\"WARN\",\"checks\":[{\"level\":\"OK\",\"topic\":\"kernel\",\"what\":\"release=6.18\","
                + "\"mend\":null},{\"level\":\"WARN\",\"topic\":\"ipv4\",\"what\":\"net.ipv4.ip_forward=0\",\"mend\":"
                + "\"sysctl -w net.ipv4.ip_forward=1\"}]}", DoctorCommand.json(FINDINGS.subList(0, 2)));
    }

    @Test
    void shouldExitByTheWorstFindingWhenRun() {
        final StringWriter out = new StringWriter();
        final int exit = new CommandLine(new DoctorCommand()).setOut(new PrintWriter(out)).execute("--json");
        assertEquals(out.toString().startsWith("{\"worst\":\"FAIL\"") ? ExitCode.FAILED : ExitCode.DONE, exit);
        assertTrue(out.toString().endsWith("]}\n"), out.toString());
    }
}
