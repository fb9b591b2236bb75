package io.penstock.dataplane.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The load balancer's demonstration with a real data plane. */
final class BalancerDemoTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    @Privileged
    void shouldLoseNothingButWhatTheDeadServerHadWhenServersDieComeAndGo() {
        final int exit = new CommandLine(new DemoCommand(TestPenstock.command(), Optional::empty))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute("balancer", "--json", "--seconds", "6");
        assertEquals(0, exit, () -> err + "\n" + out);
        final Counts result = Counts.parse(out.toString());
        assertEquals(List.of("kill", "kill", "add", "drain", "drain", "return", "return"),
                list(result, "events").stream().map(event -> ((Map<?, ?>) event).get("deed")).toList());
        assertTrue(result.number("errors") <= result.number("held_by_the_dead") + 1, out::toString);
        assertTrue(result.number("requests") > 1_000, out::toString);
        assertTrue(result.text("ipvsadm").contains("TCP  192.0.2.80:80 "), out::toString);
        assertTrue(result.text("ipvsadm").contains("  -> 203.0.113.66:80 "), out::toString);
        assertEquals(-1, result.text("ipvsadm").indexOf("203.0.113.34:80"), "server 2 is drained and removed");
        assertEquals(List.of(), Shell.sh("ip netns list").lines()
                .filter(line -> line.startsWith("penstock-" + ProcessHandle.current().pid() + '-')).toList());
    }

    private static List<?> list(final Counts counts, final String name) {
        return (List<?>) counts.values().get(name);
    }
}
