package io.penstock.dataplane.ipvs.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of check but HTTP's, against what is really there, on loopback or in a namespace. */
@Timeout(60)
final class ChecksTest {

    private static final String LOOPBACK = "127.0.0.1";

    private final Asked asked = new Asked();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        asked.close();
    }

    @Test
    void shouldPassWhenAServerTakesConnections() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            assertEquals("connected", asked.of(new TcpCheck(), LOOPBACK, socket.getLocalPort()));
        }
    }

    @Test
    void shouldPassWhenAServerTakesConnectionsOverIpv6() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            assertEquals("connected", asked.of(new TcpCheck(), "::1", socket.getLocalPort()));
        }
    }

    @Test
    void shouldFailWhenNobodyListens() throws IOException {
        assertEquals("FAILED connection refused", asked.of(new TcpCheck(), LOOPBACK, freePort()));
    }

    @Test
    @Privileged
    void shouldFailWhenTheConnectionIsNotAnswered() throws Exception {
        try (TestNetNs ns = TestNetNs.create("hc"); TestNetNs deaf = TestNetNs.create("hc")) {
            ns.veth("v0", deaf, "v1");
            ns.ip("addr add 10.77.0.1/24 dev v0");
            // It has another link address, so that frames reach nobody.
            ns.ip("neigh add 10.77.0.2 lladdr 02:00:00:00:00:02 dev v0");
            try (Asked there = NetNs.within(ns.name(), Asked::new)) {
                assertEquals("FAILED no answer within 150ms", there.of(new TcpCheck(), "10.77.0.2", 80, Asked.SHORT));
                assertEquals("FAILED no answer within 150ms", there.of(new PingCheck(), "10.77.0.2", 0, Asked.SHORT));
                assertEquals("answered", there.of(new PingCheck(), "10.77.0.1", 0));
                assertEquals("FAILED network is unreachable", there.of(new PingCheck(), "192.0.2.1", 0));
                assertEquals("FAILED network is unreachable", there.of(new TcpCheck(), "192.0.2.1", 80));
            }
        }
    }

    @Test
    @Privileged
    void shouldPassWhenAnAddressAnswersPing() {
        assertEquals("answered", asked.of(new PingCheck(), LOOPBACK, 0));
        assertEquals("answered", asked.of(new PingCheck(), "::1", 0));
    }

    @Test
    void shouldJudgeTheAnswerWhenADatagramIsAnswered() throws IOException {
        try (DatagramSocket server = answering(bytes -> bytes + " to you")) {
            final int port = server.getLocalPort();
            assertEquals("answered", asked.of(new UdpCheck(bytes("hello"), bytes("hello to")), LOOPBACK, port));
            assertEquals("answered", asked.of(new UdpCheck(bytes("hello"), new byte[0]), LOOPBACK, port));
            assertEquals("answered", asked.of(new UdpCheck(bytes("hello"), null), LOOPBACK, port));
            assertEquals("FAILED answered 'hello to you', wanted 'bye'",
                    asked.of(new UdpCheck(bytes("hello"), bytes("bye")), LOOPBACK, port));
            assertEquals("FAILED answered 0x01ff20746f20796f75, wanted 0x01fe",
                    asked.of(new UdpCheck(bytes("\u0001\u00ff"), bytes("\u0001\u00fe")), LOOPBACK, port));
        }
    }

    @Test
    void shouldTellSilenceFromAnErrorWhenNoAnswerToADatagramIsWanted() throws IOException {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getByName(LOOPBACK))) {
            final int port = silent.getLocalPort();
            assertEquals("no error", asked.of(new UdpCheck(bytes("x"), null), LOOPBACK, port, Asked.SHORT));
            assertEquals("FAILED no answer within 150ms",
                    asked.of(new UdpCheck(bytes("x"), new byte[0]), LOOPBACK, port, Asked.SHORT));
        }
        assertEquals("FAILED port unreachable", asked.of(new UdpCheck(bytes("x"), null), LOOPBACK, freeUdpPort()));
    }

    @Test
    void shouldJudgeTheCodeWhenADnsServerAnswers() throws IOException {
        final DnsCheck check = new DnsCheck("www.Example.org.", 1, 0);
        final StringBuilder question = new StringBuilder();
        try (DatagramSocket good = answering(query -> {
            question.append(query.substring(12));
            return dnsAnswer(query, 0).replace("Example", "eXAMPLE");
        })) {
            assertEquals("rcode noerror", asked.of(check, LOOPBACK, good.getLocalPort()));
            assertEquals("\3www\7Example\3org\0\0\1\0\1", question.toString());
        }
        try (DatagramSocket failing = answering(query -> dnsAnswer(query, 2))) {
            assertEquals("FAILED rcode servfail, wanted noerror", asked.of(check, LOOPBACK, failing.getLocalPort()));
            assertEquals("rcode servfail", asked.of(new DnsCheck("example.org", 1, 2), LOOPBACK, failing.getLocalPort()));
        }
        try (DatagramSocket foreign = answering(query -> "xx" + dnsAnswer(query, 0).substring(2))) {
            assertEquals("FAILED no answer within 150ms", asked.of(check, LOOPBACK, foreign.getLocalPort(), Asked.SHORT));
        }
    }

    @Test
    void shouldJudgeTheExitStatusWhenAScriptEnds() throws IOException {
        final Path out = folder.resolve("out");
        final Path script = script("echo \"$@\" > " + out + "; exit 0");
        assertEquals("exit status 0", asked.of(
                new ScriptCheck(script, List.of("{address}", "p={port}", "{service}", "{other}")), "10.1.0.2", 8080));
        assertEquals("10.1.0.2 p=8080 tcp 10.0.0.1:80 {other}\n", Files.readString(out));
        assertEquals("FAILED exit status 3", asked.of(new ScriptCheck(script("exit 3"), List.of()), LOOPBACK, 0));
        assertEquals("UNABLE there is no executable file /no/such/file",
                asked.of(new ScriptCheck(Path.of("/no/such/file"), List.of()), LOOPBACK, 0));
    }

    @Test
    @Privileged
    void shouldRunAScriptInTheNamespaceOfTheChecks() throws Exception {
        try (TestNetNs ns = TestNetNs.create("hc"); Asked there = NetNs.within(ns.name(), Asked::new)) {
            final long inode = NetNs.within(ns.name(), NetNs::inode);
            final Path script = script("test $(readlink /proc/self/ns/net) = net:[" + inode + "]");
            assertEquals("exit status 0", there.of(new ScriptCheck(script, List.of()), LOOPBACK, 0));
            assertEquals("FAILED exit status 1", asked.of(new ScriptCheck(script, List.of()), LOOPBACK, 0));
        }
    }

    @Test
    void shouldKillAScriptAndItsChildrenWhenTheTimeIsOver() throws IOException {
        final Path pids = folder.resolve("pids");
        final Path script = script("sleep 1000 & echo $! $$ > " + pids + ".new; mv " + pids + ".new " + pids + "; wait");
        String result = "";
        // A busy machine may not have come to the script's second line in time; then again, with more.
        for (int ms = 300; !Files.exists(pids) && ms < 20_000; ms *= 4) {
            result = asked.of(new ScriptCheck(script, List.of()), LOOPBACK, 0, Duration.ofMillis(ms));
        }
        assertTrue(result.matches("FAILED no answer within \\w+, killed"), result);
        for (final String pid : Files.readString(pids).strip().split(" ")) {
            final ProcessHandle process = ProcessHandle.of(Long.parseLong(pid)).orElse(null);
            final long start = System.nanoTime();
            while (isRunning(process) && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            assertTrue(!isRunning(process), "pid=" + pid + " is alive");
        }
    }

    /** An orphan that was killed and that nobody has waited for is not. */
    private static boolean isRunning(final ProcessHandle process) {
        try {
            return process != null && process.isAlive()
                    && !Files.readString(Path.of("/proc/" + process.pid() + "/stat")).contains(") Z ");
        } catch (final IOException e) {
            return false;
        }
    }

    private Path script(final String body) throws IOException {
        final Path script = Files.createTempFile(folder, "check", ".sh");
        Files.writeString(script, "#!/bin/sh\n" + body + '\n');
        assertTrue(script.toFile().setExecutable(true));
        return script;
    }

    /** The query as a response with a code. */
    private static String dnsAnswer(final String query, final int code) {
        return query.substring(0, 2) + '\u0081' + (char) (0x80 | code) + query.substring(4);
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static DatagramSocket answering(final UnaryOperator<String> answer) throws IOException {
        final DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
        Thread.ofVirtual().start(() -> {
            final DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
            try {
                for (;;) {
                    packet.setLength(2048);
                    socket.receive(packet);
                    packet.setData(bytes(answer.apply(
                            new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1))));
                    socket.send(packet);
                    packet.setData(new byte[2048]);
                }
            } catch (final IOException e) {
                // The test has closed it.
            }
        });
        return socket;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            return socket.getLocalPort();
        }
    }

    private static int freeUdpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(LOOPBACK))) {
            return socket.getLocalPort();
        }
    }
}
