package io.penstock.perf.bench.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.cli.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LatencyCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldSayWhatIsSupportedWhenOptionsAreWrong() {
        assertRefused("there is no --mode 'air'; supported are engine, wire", "--mode", "air");
        assertRefused("there is no --arrivals 'often'; supported are constant, poisson, burst:N such as burst:32", "--arrivals", "often");
        assertRefused("--ring=100 is no power of two; the next is 128", "--ring", "100");
        assertRefused("--rate and --load do not go together; leave one of them out", "--rate", "1000", "--load", "50");
        assertRefused("there are no --connections 'some'; supported are none, tracked, snat", "--connections", "some");
        assertRefused("--rules, --rules-file and --connections do not go together; give one of them",
                "--rules", "equality", "--connections", "tracked");
        assertRefused("--rule-count needs --rules MIX, the rules that it is about", "--rule-count", "10");
        assertRefused("--rule-count needs --rules MIX, the rules that it is about", "--connections", "snat", "--rule-count", "10");
        assertRefused("--rule-count needs --rules MIX; a file has the rules that it has", "--rules-file", "f", "--rule-count", "10");
        assertRefused("--rule-count is for --mode engine; leave it out, or give Penstock a --config", "--mode", "wire", "--rule-count", "10");
        assertRefused("--inject pause:x: not a number: x", "--inject", "pause:x");
        assertRefused("--inject pause:0 is out of range: least=0.01 most=1000.0 ms", "--inject", "pause:0");
        assertRefused("there is no --inject 'rain'; supported are slow:NS and allocate:BYTES, each with @prerouting, @forward (the default) or "
                + "@postrouting; and pause:MS and gc, once a second", "--inject", "rain");
        assertRefused("--ring is for --mode engine; leave it out, or give Penstock a --config", "--mode", "wire", "--ring", "64");
        assertRefused("--inject slow:20@forward is for --mode engine; with wire there are pause:MS and gc", "--mode", "wire", "--inject", "slow:20");
    }

    @Test
    void shouldMeasureThroughConnectionsWhenAskedTo() {
        assertEquals(ExitCode.DONE, run(new LatencyCommand(), "--seconds", "0.5", "--warm-up", "1", "--rate", "20000", "--connections", "snat",
                "--ring", "65536", "--arrivals", "poisson", "--json"), err::toString);
        final String json = out.toString();
        assertTrue(json.startsWith("{\"mode\":\"engine\",\"rate_pps\":20000,"), json);
        assertTrue(json.contains("\"lost\":0,") && json.contains("\"arrivals\":\"poisson\"") && json.contains("\"uncorrected_us\":{\"p50\":"), json);
        assertTrue(json.contains("\"percentiles\":[[0") && json.contains("\"causes\":["), json);
    }

    @Test
    void shouldTellDriftWhenItHasSoaked() {
        assertEquals(ExitCode.DONE, run(new SoakCommand(), "--seconds", "1.2", "--every", "0.1", "--warm-up", "1", "--rate", "20000", "--ring",
                "65536"), err::toString);
        final String text = out.toString();
        assertTrue(text.contains("12 points") && text.contains(" 0 lost, 0 unaccounted"), text);
        assertTrue(text.lines().anyMatch(line -> line.strip().startsWith("connections ") && line.endsWith("none")), text);
        assertEquals(12, err.toString().lines().filter(line -> line.contains("Mpps")).count(), err::toString);
    }

    @Test
    void shouldRefuseANumberOfRulesThatThereAreNotWhenItSoaks() {
        assertEquals(ExitCode.USAGE, run(new SoakCommand(), "--seconds", "1", "--rule-count", "10"));
        assertTrue(err.toString().startsWith("--rule-count needs --rules MIX, the rules that it is about"), err::toString);
    }

    @Test
    void shouldRefuseTwoTimesWhenItSoaks() {
        assertEquals(ExitCode.USAGE, run(new SoakCommand(), "--seconds", "1", "--hours", "1"));
        assertTrue(err.toString().startsWith("--seconds and --hours do not go together; leave one of them out"), err::toString);
    }

    private void assertRefused(final String message, final String... arguments) {
        err.getBuffer().setLength(0);
        assertEquals(ExitCode.USAGE, run(new LatencyCommand(), arguments));
        assertEquals(message, err.toString().lines().findFirst().orElse(""));
    }

    private int run(final Object command, final String... arguments) {
        return new CommandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }
}
