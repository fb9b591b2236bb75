package io.penstock.conntrack.hot.frag;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Fragments with what the kernel sent on for each, in files whose heads say how to read them: the store and the cutters make the same of them. */
final class FragmentTablesTest {

    private static final int MTU = 1500;
    private static final int FRAMES = 64;
    private static final int NEW_ID = 0x5EED_5EED;
    private static final long MILLISECOND_NS = 1_000_000;

    @TestFactory
    Stream<DynamicTest> shouldSendOnWhatTheKernelSendsWhenIpv4FragmentsCome() throws IOException {
        return tests("ipv4.txt");
    }

    @TestFactory
    Stream<DynamicTest> shouldSendOnWhatTheKernelSendsWhenIpv6FragmentsCome() throws IOException {
        return tests("ipv6.txt");
    }

    @TestFactory
    Stream<DynamicTest> shouldSendOnWhatTheKernelSendsWhenRandomIpv4FragmentsCome() throws IOException {
        return tests("ipv4-random.txt");
    }

    @TestFactory
    Stream<DynamicTest> shouldSendOnWhatTheKernelSendsWhenRandomIpv6FragmentsCome() throws IOException {
        return tests("ipv6-random.txt");
    }

    private static Stream<DynamicTest> tests(final String file) throws IOException {
        final List<List<String>> scenarios = new ArrayList<>();
        try (InputStream in = FragmentTablesTest.class.getResourceAsStream(file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (final String line : reader.lines().filter(line -> line.charAt(0) != '#').toList()) {
                if (line.startsWith("scenario ")) {
                    scenarios.add(new ArrayList<>());
                }
                scenarios.get(scenarios.size() - 1).add(line);
            }
        }
        return scenarios.stream().map(lines -> DynamicTest.dynamicTest(lines.get(0).substring(9), () -> {
            try (Router router = new Router()) {
                lines.subList(1, lines.size()).forEach(router::line);
            }
        }));
    }

    /** Forwards as a router does that gathers fragments on arrival and cuts on departure. */
    private static final class Router implements AutoCloseable {

        private final FragmentSettings settings = new FragmentSettings();
        private final FragmentMemory account = new FragmentMemory();
        private final FragmentStore store = new FragmentStore(settings, account, FRAMES, FRAMES, 2048, 1, 2);
        private final TestFrames frames = new TestFrames(FRAMES);
        private int mtu = MTU;
        private long nowNs;

        void line(final String line) {
            final int equals = line.indexOf(" = ");
            final String[] words = (equals < 0 ? line : line.substring(0, equals)).split(" ");
            switch (words[0]) {
                case "mtu" -> mtu = Integer.parseInt(words[1]);
                case "set" -> set(words[1], Long.parseLong(words[2]));
                case "wait" -> {
                    nowNs += Long.parseLong(words[1]) * MILLISECOND_NS;
                    assertEquals(expected(line, equals), expire(), line);
                }
                default -> assertEquals(expected(line, equals), receive(Arrays.copyOfRange(words, 1, words.length)), line);
            }
        }

        /** How much of a packet an error quotes is not ours to say. */
        private static String expected(final String line, final int equals) {
            return line.substring(equals + 3).replaceAll("(![0-9.]+)\\+[0-9]+", "$1");
        }

        private void set(final String sysctl, final long value) {
            switch (sysctl) {
                case "net.ipv4.ipfrag_time" -> settings.ipfragTime = (int) value;
                case "net.ipv4.ipfrag_max_dist" -> settings.ipfragMaxDist = (int) value;
                case "net.ipv4.ipfrag_high_thresh" -> settings.ipfragHighThresh = value;
                case "net.netfilter.nf_conntrack_frag6_timeout" -> settings.frag6Timeout = (int) value;
                case "net.netfilter.nf_conntrack_frag6_high_thresh" -> settings.frag6HighThresh = value;
                default -> assertEquals("_low_thresh", sysctl.substring(sysctl.length() - 11));
            }
        }

        private String receive(final String[] words) {
            final byte[] packet = FragmentLine.packet(words);
            final int id = Integer.parseInt(words[1]);
            final boolean is4 = packet[0] >>> 4 == 4;
            if (is4 && ((packet[6] & 0x3F) | packet[7]) == 0) {
                return FragmentLine.describe(forwarded(packet), id);
            }
            final int result = frames.add(store, packet, nowNs, Arrays.asList(words).contains("in=2") ? 2 : 0);
            final String sent = switch (result) {
                case FragmentResult.WHOLE -> is4 ? leave4(id) : leave6(id);
                case FragmentResult.PASS -> packet.length > mtu ? "!2.0." + mtu : FragmentLine.describe(forwarded(packet), id);
                default -> "-";
            };
            frames.freeReleased(store);
            return sent;
        }

        private String leave4(final int id) {
            final int bytes = frames.copyWhole(store).length;
            final long ip = frames.whole() + TestFrames.LINK_BYTES;
            Ipv4Layout.decrementTtl(ip);
            final int count = Gathered4.count(frames.plan(), ip, bytes, mtu);
            final List<String> sent = new ArrayList<>();
            for (int k = 0; k < count; k++) {
                sent.add(FragmentLine.describe(frames.cut4(bytes, mtu, k), id));
            }
            return count == Gathered4.TOO_BIG ? "!3.4." + mtu : String.join(" ", sent);
        }

        private String leave6(final int id) {
            final byte[] packet = frames.copyWhole(store);
            final long ip = frames.whole() + TestFrames.LINK_BYTES;
            Ipv6Layout.decrementHopLimit(ip);
            assertEquals(id, GatheredPlan.identification(frames.plan()));
            final int count = Gathered6.count(frames.plan(), ip, packet.length, mtu);
            final List<String> sent = new ArrayList<>();
            for (int k = 0; k < count; k++) {
                // The kernel draws a new one.
                sent.add(FragmentLine.describe(frames.cut6(packet.length, k, NEW_ID), id));
            }
            return switch (count) {
                case Gathered6.TOO_BIG -> "!2.0." + mtu;
                case Gathered6.AS_IT_IS -> FragmentLine.describe(forwarded(packet), id);
                default -> String.join(" ", sent);
            };
        }

        private String expire() {
            final List<String> sent = new ArrayList<>();
            for (int result = store.expire(nowNs); result != FragmentStore.NOTHING; result = store.expire(nowNs)) {
                final long ip = store.expired().frame() + store.expired().network();
                if (result == FragmentStore.EXPIRED_WITH_FIRST) {
                    if (store.expired().family() == 6) {
                        sent.add("!3.1.0");
                    } else if ((Ipv4Layout.destination(ip) & 0xFF) == 1) {
                        sent.add("!11.1.0");
                    }
                }
                frames.freeReleased(store);
            }
            return sent.isEmpty() ? "-" : String.join(" ", sent);
        }

        /** The packet with one hop less to go. */
        private static byte[] forwarded(final byte[] packet) {
            final byte[] sent = packet.clone();
            if (packet[0] >>> 4 == 4) {
                sent[8]--;
                final int checksum = (sent[10] & 0xFF) << 8 | sent[11] & 0xFF;
                final int after = checksum + 0x100 + (checksum + 0x100 >>> 16);
                sent[10] = (byte) (after >>> 8);
                sent[11] = (byte) after;
            } else {
                sent[7]--;
            }
            return sent;
        }

        @Override
        public void close() {
            store.giveUpAll();
            frames.freeReleased(store);
            assertEquals(0, frames.held());
            assertEquals(0, account.bytes4() + account.bytes6());
            store.close();
            account.close();
            frames.close();
        }
    }
}
