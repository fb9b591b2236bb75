package io.penstock.dataplane.replay;

import static io.penstock.dataplane.replay.ConversationPackets.ACK;
import static io.penstock.dataplane.replay.ConversationPackets.COOKIE_ACK;
import static io.penstock.dataplane.replay.ConversationPackets.COOKIE_ECHO;
import static io.penstock.dataplane.replay.ConversationPackets.FIN;
import static io.penstock.dataplane.replay.ConversationPackets.HEARTBEAT;
import static io.penstock.dataplane.replay.ConversationPackets.HEARTBEAT_ACK;
import static io.penstock.dataplane.replay.ConversationPackets.INIT;
import static io.penstock.dataplane.replay.ConversationPackets.INIT_ACK;
import static io.penstock.dataplane.replay.ConversationPackets.RST;
import static io.penstock.dataplane.replay.ConversationPackets.SHUTDOWN;
import static io.penstock.dataplane.replay.ConversationPackets.SHUTDOWN_ACK;
import static io.penstock.dataplane.replay.ConversationPackets.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.model.ConnSysctl;
import io.penstock.conntrack.model.ConnSysctls;
import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.replay.ReplayFixture.Timed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How long connections live: for each state of each protocol, a capture that leads there. A second before its time is over a connection is listed and
 * found; when it is over it is neither, and the packet that began it begins another one.
 *
 * <p>Source: the kernel's Documentation/networking/nf_conntrack-sysctl.rst. That the settings' defaults are the kernel's is for {@code ConnSysctlsTest}.
 */
@Timeout(60)
final class ReplayTimeoutsTest {

    private static final ConversationPackets IPV4 = new ConversationPackets("10.0.0.7", "8.8.8.8");
    private static final ConversationPackets IPV6 = new ConversationPackets("2001:db8::7", "2001:db8:1::9");
    private static final int START = 1000;
    /** Other seconds than any default. */
    private static final int OTHER = 17;
    private static final String RULES = """
            *filter
            -A FORWARD -m conntrack --ctstate NEW
            -A FORWARD -m conntrack --ctstate ESTABLISHED
            -A FORWARD -m conntrack --ctstate INVALID
            COMMIT
            """;
    private static final Pattern COUNTED = Pattern.compile("\\[(\\d+):\\d+] -A FORWARD -m conntrack --ctstate (\\w+)");

    private static final Step TCP_SYN = client(0, IPV4.tcp(true, SYN, 0, 0));
    private static final Step TCP_ANSWER = server(1, IPV4.tcp(false, SYN | ACK, 0, 1));
    private static final Step TCP_OPEN = client(2, IPV4.tcp(true, ACK, 1, 1));
    private static final Step TCP_FIN = client(3, IPV4.tcp(true, FIN | ACK, 1, 1));
    private static final Step TCP_FIN_ACKED = server(4, IPV4.tcp(false, ACK, 1, 2));
    private static final Step TCP_OTHER_FIN = server(5, IPV4.tcp(false, FIN | ACK, 1, 2));
    private static final byte[] TCP_OTHER_SYN = IPV4.tcp(false, SYN, 0, 0);
    private static final byte[] TCP_ACK = IPV4.tcp(false, ACK, 1, 1);
    private static final Step SCTP_INIT = client(0, IPV4.sctp(true, INIT));
    private static final Step SCTP_INIT_ACK = server(0.25, IPV4.sctp(false, INIT_ACK));
    private static final Step SCTP_ECHO = client(0.5, IPV4.sctp(true, COOKIE_ECHO));
    private static final Step SCTP_OPEN = server(0.75, IPV4.sctp(false, COOKIE_ACK));

    private static final List<Lifetime> LIFETIMES = List.of(
            new Lifetime("tcp_timeout_syn_sent", 120, "tcp 6 SYN_SENT", IPV4.tcp(false, SYN | ACK, 0, 1), After.INVALID, TCP_SYN),
            new Lifetime("tcp_timeout_syn_recv", 60, "tcp 6 SYN_RECV", IPV4.tcp(false, SYN | ACK, 0, 1), After.INVALID, TCP_SYN, TCP_ANSWER),
            // The first SYN of the other end is no answer yet.
            new Lifetime(null, 120, "tcp 6 SYN_SENT2", TCP_OTHER_SYN, After.NEW, TCP_SYN, server(1, TCP_OTHER_SYN), server(2, TCP_OTHER_SYN)),
            new Lifetime("tcp_timeout_established", 432_000, "tcp 6 ESTABLISHED", TCP_ACK, After.NEW, TCP_SYN, TCP_ANSWER, TCP_OPEN),
            new Lifetime("tcp_timeout_fin_wait", 120, "tcp 6 FIN_WAIT", IPV4.tcp(false, ACK, 1, 2), After.NEW,
                    TCP_SYN, TCP_ANSWER, TCP_OPEN, TCP_FIN),
            new Lifetime("tcp_timeout_close_wait", 60, "tcp 6 CLOSE_WAIT", IPV4.tcp(false, ACK, 1, 2), After.NEW,
                    TCP_SYN, TCP_ANSWER, TCP_OPEN, TCP_FIN, TCP_FIN_ACKED),
            new Lifetime("tcp_timeout_last_ack", 30, "tcp 6 LAST_ACK", IPV4.tcp(false, FIN | ACK, 1, 2), After.INVALID,
                    TCP_SYN, TCP_ANSWER, TCP_OPEN, TCP_FIN, TCP_FIN_ACKED, TCP_OTHER_FIN),
            new Lifetime("tcp_timeout_time_wait", 120, "tcp 6 TIME_WAIT", IPV4.tcp(false, ACK, 2, 2), After.NEW,
                    TCP_SYN, TCP_ANSWER, TCP_OPEN, TCP_FIN, TCP_FIN_ACKED, TCP_OTHER_FIN, client(6, IPV4.tcp(true, ACK, 2, 2))),
            new Lifetime("tcp_timeout_close", 10, "tcp 6 CLOSE", TCP_ACK, After.NEW,
                    TCP_SYN, TCP_ANSWER, TCP_OPEN, client(3, IPV4.tcp(true, RST | ACK, 1, 1))),
            // Data that nobody acknowledges.
            new Lifetime("tcp_timeout_unacknowledged", 300, "tcp 6 ESTABLISHED", TCP_ACK, After.NEW,
                    TCP_SYN, TCP_ANSWER, TCP_OPEN, client(3, IPV4.tcp(true, ACK, 1, 1, 1000, 10))),
            // Picked up, and nobody has answered.
            new Lifetime("tcp_timeout_unacknowledged", 300, "tcp 6 ESTABLISHED", TCP_ACK, After.NEW, client(0, IPV4.tcp(true, ACK, 1, 1))),
            // The same again and again.
            new Lifetime("tcp_timeout_max_retrans", 300, "tcp 6 ESTABLISHED", TCP_ACK, After.NEW,
                    TCP_SYN, TCP_ANSWER, TCP_OPEN, client(3, TCP_OPEN.packet), client(4, TCP_OPEN.packet), client(5, TCP_OPEN.packet)),
            // A closed window.
            new Lifetime("tcp_timeout_max_retrans", 300, "tcp 6 ESTABLISHED", TCP_ACK, After.NEW,
                    TCP_SYN, TCP_ANSWER, TCP_OPEN, server(3, IPV4.tcp(false, ACK, 1, 1, 0, 0))),
            new Lifetime("udp_timeout", 30, "udp 17", IPV4.udp(false), After.NEW, client(0, IPV4.udp(true))),
            new Lifetime("udp_timeout", 30, "udp 17", IPV4.udp(false), After.NEW,
                    client(0, IPV4.udp(true)), server(0.5, IPV4.udp(false)), client(1.5, IPV4.udp(true))),
            new Lifetime("udp_timeout_stream", 120, "udp 17", IPV4.udp(false), After.NEW,
                    client(0, IPV4.udp(true)), server(0.5, IPV4.udp(false)), client(2.5, IPV4.udp(true))),
            new Lifetime("udp_timeout", 30, "udplite 136", IPV6.udpLite(false), After.NEW, client(0, IPV6.udpLite(true))),
            new Lifetime("udp_timeout_stream", 120, "udplite 136", IPV6.udpLite(false), After.NEW,
                    client(0, IPV6.udpLite(true)), server(0.5, IPV6.udpLite(false)), client(2.5, IPV6.udpLite(true))),
            new Lifetime("icmp_timeout", 30, "icmp 1", IPV4.echo(false), After.INVALID, client(0, IPV4.echo(true))),
            new Lifetime("icmp_timeout", 30, "icmp 1", IPV4.echo(false), After.INVALID,
                    client(0, IPV4.echo(true)), server(1, IPV4.echo(false))),
            new Lifetime("icmpv6_timeout", 30, "icmpv6 58", IPV6.echo(false), After.INVALID, client(0, IPV6.echo(true))),
            new Lifetime("icmpv6_timeout", 30, "icmpv6 58", IPV6.echo(false), After.INVALID,
                    client(0, IPV6.echo(true)), server(1, IPV6.echo(false))),
            new Lifetime("gre_timeout", 30, "gre 47", IPV4.gre(false), After.NEW, client(0, IPV4.gre(true))),
            new Lifetime("gre_timeout_stream", 180, "gre 47", IPV4.gre(false), After.NEW,
                    client(0, IPV4.gre(true)), server(1, IPV4.gre(false)), client(2, IPV4.gre(true))),
            new Lifetime("generic_timeout", 600, "unknown 253", IPV4.other(false), After.NEW, client(0, IPV4.other(true))),
            new Lifetime("generic_timeout", 600, "unknown 253", IPV6.other(false), After.NEW,
                    client(0, IPV6.other(true)), server(1, IPV6.other(false))),
            new Lifetime("sctp_timeout_closed", 10, "sctp 132 CLOSED", IPV4.sctp(false, INIT_ACK), After.INVALID, SCTP_INIT),
            new Lifetime("sctp_timeout_cookie_wait", 3, "sctp 132 COOKIE_WAIT", IPV4.sctp(false, INIT_ACK), After.INVALID, SCTP_INIT, SCTP_INIT_ACK),
            new Lifetime("sctp_timeout_cookie_echoed", 3, "sctp 132 COOKIE_ECHOED", IPV4.sctp(false, COOKIE_ACK), After.INVALID,
                    SCTP_INIT, SCTP_INIT_ACK, SCTP_ECHO),
            new Lifetime("sctp_timeout_established", 210, "sctp 132 ESTABLISHED", IPV4.sctp(false, SHUTDOWN), After.INVALID,
                    SCTP_INIT, SCTP_INIT_ACK, SCTP_ECHO, SCTP_OPEN),
            new Lifetime("sctp_timeout_shutdown_sent", 3, "sctp 132 SHUTDOWN_SENT", IPV4.sctp(false, SHUTDOWN_ACK), After.NEW,
                    SCTP_INIT, SCTP_INIT_ACK, SCTP_ECHO, SCTP_OPEN, client(1, IPV4.sctp(true, SHUTDOWN))),
            new Lifetime("sctp_timeout_shutdown_recd", 3, "sctp 132 SHUTDOWN_RECD", IPV4.sctp(false, SHUTDOWN), After.INVALID,
                    SCTP_INIT, SCTP_INIT_ACK, SCTP_ECHO, SCTP_OPEN, server(1, IPV4.sctp(false, SHUTDOWN))),
            new Lifetime("sctp_timeout_shutdown_ack_sent", 3, "sctp 132 SHUTDOWN_ACK_SENT", IPV4.sctp(false, SHUTDOWN_ACK), After.NEW,
                    SCTP_INIT, SCTP_INIT_ACK, SCTP_ECHO, SCTP_OPEN, client(1, IPV4.sctp(true, SHUTDOWN)),
                    server(2, IPV4.sctp(false, SHUTDOWN_ACK))),
            new Lifetime("sctp_timeout_heartbeat_sent", 30, "sctp 132 HEARTBEAT_SENT", IPV4.sctp(false, HEARTBEAT_ACK), After.NEW,
                    client(0, IPV4.sctp(true, HEARTBEAT))));

    /** What a repetition does not prolong. */
    private static final Set<String> UNANSWERED = Set.of("tcp 6 SYN_SENT", "sctp 132 CLOSED");

    @TempDir
    private Path folder;

    private ReplayFixture net;

    /** What a packet of the server's is when the connection is gone. */
    private enum After { NEW, INVALID }

    /** A packet, some seconds after the first. */
    private record Step(double second, boolean isClients, byte[] packet) {
    }

    /**
     * A state and how long it lasts.
     *
     * @param setting what decides it, or null when nothing can
     * @param shown   how a listing begins, without the time
     * @param answer  a packet of the server's that belongs to it
     * @param after   what that packet is when the connection is gone
     * @param steps   what leads to the state
     */
    private record Lifetime(String setting, int seconds, String shown, byte[] answer, After after, Step... steps) {

        double lastSecond() {
            return steps[steps.length - 1].second;
        }

        String outputOf(final String name) {
            return (answer[0] >>> 4 == 4 ? "out/ip" : "out/ip6") + name;
        }

        @Override
        public String toString() {
            return shown + " after " + steps.length + ": " + seconds + " s, " + (setting == null ? "fixed" : setting);
        }
    }

    @ParameterizedTest
    @FieldSource("LIFETIMES")
    void shouldEndWithItsTimeAndNotASecondEarlier(final Lifetime lifetime) {
        create("");
        replay(lifetime, lifetime.seconds - 1);
        assertListed(lifetime);
        final int[] before = counts(lifetime);
        replay(lifetime, lifetime.seconds);
        assertEquals("", net.read("out/conntrack.txt"));
        replay(lifetime, lifetime.seconds, server(lifetime.lastSecond() + lifetime.seconds - 1, lifetime.answer));
        assertEquals("0 new, 1 established, 0 invalid", since(before, lifetime));
        replay(lifetime, lifetime.seconds, server(lifetime.lastSecond() + lifetime.seconds, lifetime.answer));
        assertEquals(lifetime.after == After.NEW ? "1 new, 0 established, 0 invalid" : "0 new, 0 established, 1 invalid",
                since(before, lifetime));
        replay(lifetime, lifetime.seconds, client(lifetime.lastSecond() + lifetime.seconds, lifetime.steps[0].packet));
        assertEquals("1 new, 0 established, 0 invalid", since(before, lifetime));
        assertTrue(net.read("out/conntrack.txt").contains("[UNREPLIED]"));
    }

    @ParameterizedTest
    @MethodSource("settable")
    void shouldEndWithTheTimeThatIsSet(final Lifetime lifetime) {
        final ConnSysctl sysctl = ConnSysctls.of(ConnSysctls.PREFIX + lifetime.setting);
        assertEquals(sysctl.byDefault(), lifetime.seconds);
        create("sysctl: { " + sysctl.name() + ": " + OTHER + " }\n");
        replay(lifetime, OTHER - 1);
        assertListed(lifetime);
        replay(lifetime, OTHER);
        assertEquals("", net.read("out/conntrack.txt"));
    }

    @Test
    void shouldNotLiveLongerWhenWhatBeganItIsRepeatedWithoutAnAnswer() {
        create("");
        for (final Lifetime lifetime : LIFETIMES.stream().filter(l -> l.steps.length == 1 && UNANSWERED.contains(l.shown)).toList()) {
            final Step again = client(lifetime.seconds / 2.0, lifetime.steps[0].packet);
            replay(lifetime, lifetime.seconds - 1, again);
            assertListed(lifetime);
            replay(lifetime, lifetime.seconds, again);
            assertEquals("", net.read("out/conntrack.txt"), lifetime.shown);
        }
    }

    static Stream<Lifetime> settable() {
        return LIFETIMES.stream().filter(lifetime -> lifetime.setting != null);
    }

    private void create(final String settings) {
        net = new ReplayFixture(folder);
        net.write("rules", RULES);
        net.write("penstock.yaml", net.read("penstock.yaml") + "rules: { ipv4: rules, ipv6: rules }\n" + settings);
    }

    private void assertListed(final Lifetime lifetime) {
        final String[] words = net.read("out/conntrack.txt").split("\\s+");
        assertTrue(words.length > 4, "a connection is listed");
        assertEquals(lifetime.shown + " with 1", words[0] + ' ' + words[1] + (words[3].indexOf('=') < 0 ? ' ' + words[3] : "") + " with " + words[2]);
        assertEquals(1, net.read("out/conntrack.txt").lines().count());
    }

    /** Until some seconds after the last step, which are the state's. */
    private void replay(final Lifetime lifetime, final int seconds, final Step... more) {
        final List<Step> steps = new ArrayList<>(List.of(lifetime.steps));
        steps.addAll(List.of(more));
        replay(lifetime.lastSecond() + seconds, steps.toArray(Step[]::new));
    }

    private void replay(final double until, final Step... steps) {
        final List<Timed> client = new ArrayList<>();
        final List<Timed> server = new ArrayList<>();
        for (final Step step : steps) {
            (step.isClients ? client : server).add(new Timed(START * ReplayFixture.SECOND_NS + nanoseconds(step.second), step.packet));
        }
        net.replayUntil(Double.toString(START + until), hooks -> { },
                net.input("lan", LinkType.RAW, client), net.input("wan", LinkType.RAW, server));
    }

    private int[] counts(final Lifetime lifetime) {
        final int[] counts = new int[3];
        final Matcher counted = COUNTED.matcher(net.read(lifetime.outputOf("tables-save.txt")));
        while (counted.find()) {
            counts[List.of("NEW", "ESTABLISHED", "INVALID").indexOf(counted.group(2))] = Integer.parseInt(counted.group(1));
        }
        assertTrue(counts[0] > 0, "the first packet is new");
        return counts;
    }

    private String since(final int[] before, final Lifetime lifetime) {
        final int[] counts = counts(lifetime);
        return "%d new, %d established, %d invalid".formatted(counts[0] - before[0], counts[1] - before[1], counts[2] - before[2]);
    }

    private static Step client(final double second, final byte[] packet) {
        return new Step(second, true, packet);
    }

    private static Step server(final double second, final byte[] packet) {
        return new Step(second, false, packet);
    }

    private static long nanoseconds(final double seconds) {
        return (long) (seconds * ReplayFixture.SECOND_NS);
    }
}
