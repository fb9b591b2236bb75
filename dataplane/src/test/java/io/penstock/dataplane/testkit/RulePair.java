package io.penstock.dataplane.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Shell;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.SystemNames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * A kernel's router and Penstock's, with the same rules, to be given the same packets.
 *
 * <p>10.0.0.0/24 and fd00::/64 are t0's, 10.9.0.0/24 and fd09::/64 t1's; the router's own addresses end in 254 and fe. Behind t1 lie
 * 10.1.0.0/16 and fd01::/64, and by a route with an MTU of 1,280 bytes 10.3.0.0/16 and fd03::/64; of each kind that refuses there is one.
 */
public final class RulePair implements AutoCloseable {

    private static final int FRAME_BYTES = 4096;
    private static final int FRAMES = 2048;
    private static final int ETHERNET_BYTES = 14;
    private static final int ID_AT = 4;
    private static final int CHECKSUM_AT = 10;
    /** Destination unreachable, redirect, time exceeded, parameter problem. */
    private static final int ERRORS = 1 << 3 | 1 << 5 | 1 << 11 | 1 << 12;

    private static final String NETWORK = """
            ports:
              t0: { device: t0 }
              t1: { device: t1 }
            network:
              addresses:
                t0: [10.0.0.254/24, "fd00::fe/64"]
                t1: [10.9.0.254/24, "fd09::fe/64"]
              routes:
                - { to: 10.1.0.0/16, port: t1 }
                - { to: "fd01::/64", port: t1 }
                - { to: 10.3.0.0/16, port: t1, mtu: 1280 }
                - { to: "fd03::/64", port: t1, mtu: 1280 }
                - { to: 10.66.0.0/16, type: blackhole }
                - { to: 10.67.0.0/16, type: unreachable }
                - { to: 10.68.0.0/16, type: prohibit }
                - { to: "fd66::/64", type: blackhole }
                - { to: "fd67::/64", type: unreachable }
              mtu: { t0: 1450, t1: 1400 }
            sysctl:
              net.ipv4.icmp_ratelimit: 0
              net.ipv4.icmp_msgs_per_sec: 100000000
              net.ipv6.icmp.ratelimit: 0
              net.ipv6.auto_flowlabels: 0
              net.ipv4.conf.all.send_redirects: 0
              net.ipv4.conf.t0.send_redirects: 0
              net.ipv4.conf.t1.send_redirects: 0
            """;

    public final TunRouter kernel;
    public final OfflineEngine engine;
    private final ListPortIo[] ports = new ListPortIo[2];
    private final Batch batch = new Batch();
    private long nowNs = 1_000_000_000_000L;

    /** Both, without rules. */
    public RulePair(final ProgramKind programs) throws Exception {
        kernel = TunRouter.open("rules");
        kernel.sysctl("net/ipv6/auto_flowlabels", "0");
        kernel.sysctl("net/ipv4/conf/all/send_redirects", "0");
        for (int i = 0; i < 2; i++) {
            kernel.sysctl("net/ipv4/conf/t" + i + "/send_redirects", "0");
            kernel.ip("link set t%d mtu %d", i, i == 0 ? 1450 : 1400);
            kernel.ip("addr add 10.%d.0.254/24 brd + dev t%d", i * 9, i);
            kernel.ip("addr add fd0%d::fe/64 dev t%d nodad", i * 9, i);
        }
        kernel.ip("route add 10.1.0.0/16 dev t1");
        kernel.ip("route add fd01::/64 dev t1");
        kernel.ip("route add 10.3.0.0/16 dev t1 mtu 1280");
        kernel.ip("route add fd03::/64 dev t1 mtu 1280");
        kernel.ip("route add blackhole 10.66.0.0/16");
        kernel.ip("route add unreachable 10.67.0.0/16");
        kernel.ip("route add prohibit 10.68.0.0/16");
        kernel.ip("route add blackhole fd66::/64");
        kernel.ip("route add unreachable fd67::/64");
        final Path file = Files.createTempFile("penstock-rules-", ".yaml");
        try {
            engine = new OfflineEngine(new ConfigurationBuilder().file(Files.writeString(file, NETWORK)).build(), FRAME_BYTES,
                    FRAMES, MappedMemory.Pages.NORMAL, programs);
        } finally {
            Files.delete(file);
        }
        engine.resolveAtOnce();
        for (int i = 0; i < 2; i++) {
            ports[i] = new ListPortIo(engine.frames());
            engine.port(i, ports[i]);
        }
    }

    /** Runs a command of iptables or ip6tables, such as {@code -A FORWARD -j DROP}, on both sides. */
    public void rule(final IpFamily family, final String command) throws Exception {
        kernel.during(() -> Shell.sh((family.tool() + "-legacy -w " + command).replace("%", "%%")));
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        final int status = new IptablesCommand(
                engine.tables().rules(), RuleExtensions.installed(), new SystemNames(), family)
                .run(List.of(command.split(" ")), out, out);
        assertEquals(0, status, () -> command + ": " + said);
    }

    /** Takes a packet in by a port on both sides; what they send must be the same. Returns a word on what that was. */
    public String same(final int port, final byte[] packet) {
        final List<TunRouter.Sent> theirs = kernel.forward(port, packet);
        final List<TunRouter.Sent> ours = forward(port, packet);
        assertEquals(text(theirs), text(ours), () -> "of " + HexFormat.of().formatHex(packet));
        return describe(theirs);
    }

    /** The counters of both sides' rules must be the same. Returns them. */
    public String sameCounters(final IpFamily family) throws Exception {
        final List<String> theirs = new ArrayList<>();
        kernel.during(() -> theirs.addAll(rules(Shell.sh(family.tool() + "-legacy-save -c"))));
        final List<String> ours = rules(engine.tables().save(family, Clock.systemUTC()));
        assertEquals(onlyIn(theirs, ours), onlyIn(ours, theirs));
        return String.join("\n", theirs);
    }

    /** A line each, in the order of the rules, so that what differs stands in the same place. */
    private static String onlyIn(final List<String> some, final List<String> others) {
        return String.join("\n", some.stream().filter(line -> !others.contains(line))
                .sorted(Comparator.comparing(line -> line.substring(line.indexOf(']')))).toList());
    }

    private static List<String> rules(final String saved) {
        return saved.lines().filter(line -> line.startsWith("[")).toList();
    }

    private List<TunRouter.Sent> forward(final int port, final byte[] packet) {
        final boolean ipv4 = packet[0] >>> 4 == 4;
        final byte[] frame = ByteBuffer.allocate(ETHERNET_BYTES + packet.length)
                .putLong(0x0200_0000_0001_0200L).putInt(2).putShort((short) (ipv4 ? 0x0800 : 0x86DD)).put(packet).array();
        ports[port].offer(frame);
        Arrays.fill(batch.inPort, port);
        // Long enough for all limits to forget.
        nowNs += 1_000_000_000L;
        batch.nowNs = nowNs;
        batch.count = ports[port].receive(batch, Batch.CAPACITY);
        engine.lane().process(batch);
        engine.settle(nowNs);
        assertEquals(0, engine.lane().counters.unaccounted(), "unaccounted");
        assertEquals(FRAMES, engine.frames().count(), "frames");
        final List<TunRouter.Sent> sent = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            for (final byte[] one : ports[i].sent) {
                sent.add(new TunRouter.Sent(i, Arrays.copyOfRange(one, ETHERNET_BYTES, one.length)));
            }
            ports[i].sent.clear();
        }
        return sent;
    }

    /** As text, without the identification of ICMP errors, which is random. */
    private static String text(final List<TunRouter.Sent> sent) {
        final StringBuilder text = new StringBuilder();
        for (final TunRouter.Sent one : sent) {
            final byte[] packet = one.packet().clone();
            if (isError4(packet)) {
                Arrays.fill(packet, ID_AT, ID_AT + 2, (byte) 0);
                Arrays.fill(packet, CHECKSUM_AT, CHECKSUM_AT + 2, (byte) 0);
            }
            text.append("\n  t").append(one.device()).append(' ').append(HexFormat.of().formatHex(packet));
        }
        return text.isEmpty() ? "nothing" : text.toString();
    }

    private static boolean isError4(final byte[] packet) {
        return packet[0] >>> 4 == 4 && packet[9] == IpPackets.ICMP && (ERRORS >>> packet[(packet[0] & 0xF) << 2] & 1) != 0;
    }

    private static String describe(final List<TunRouter.Sent> sent) {
        final List<String> words = new ArrayList<>();
        for (final TunRouter.Sent one : sent) {
            final byte[] packet = one.packet();
            final boolean ipv4 = packet[0] >>> 4 == 4;
            final int protocol = packet[ipv4 ? 9 : 6];
            final int header = ipv4 ? (packet[0] & 0xF) << 2 : 40;
            final boolean reset = protocol == IpPackets.TCP && (packet[header + 13] & 4) != 0;
            final boolean error = isError4(packet) || protocol == IpPackets.ICMPV6 && packet[header] > 0;
            words.add("t" + one.device() + (reset ? " reset" : error ? " " + packet[header] + "/" + packet[header + 1] : ""));
        }
        return words.isEmpty() ? "nothing" : String.join(", ", words);
    }

    @Override
    public void close() {
        kernel.close();
        engine.close();
    }
}
