package io.penstock.dataplane.hot.icmp;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.testkit.TunRouter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What {@link Router4KernelTest} and {@link Router6KernelTest} show, without the kernel: from packets that it has sent. */
class RouterFixtureTest {

    private static final int ENOUGH = 100;

    @Test
    void shouldSendWhatTheKernelHasSent() throws IOException {
        final List<String> lines = lines("router4.txt");
        try (Router4Model model = new Router4Model(1500, 600)) {
            for (final String line : lines) {
                final String[] words = line.split(" ");
                final byte[] packet = HexFormat.of().parseHex(words[1]);
                assertNull(Sendings.difference(sent(words, 2), model.forward(packet, Integer.parseInt(words[0]))), line);
            }
        }
        assertTrue(lines.size() >= ENOUGH);
    }

    @Test
    void shouldSendWhatTheKernelHasSentWhenIpv6() throws IOException {
        final List<String> lines = lines("router6.txt");
        try (Router6Model model = new Router6Model()) {
            for (final String line : lines) {
                final String[] words = line.split(" ");
                final byte[] packet = HexFormat.of().parseHex(words[0]);
                assertNull(Sendings.difference6(sent(words, 1), model.forward(packet)), line);
            }
        }
        assertTrue(lines.size() >= ENOUGH);
    }

    private static List<TunRouter.Sent> sent(final String[] words, final int from) {
        final List<TunRouter.Sent> sent = new ArrayList<>();
        for (int i = from; i < words.length; i++) {
            sent.add(new TunRouter.Sent(words[i].charAt(0) - '0', HexFormat.of().parseHex(words[i].substring(2))));
        }
        return sent;
    }

    private static List<String> lines(final String name) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(RouterFixtureTest.class.getResourceAsStream(name), name),
                StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }
}
