package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.StatJson;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.replay.Replay;
import io.penstock.dataplane.replay.ReplayInput;
import io.penstock.dataplane.replay.ReplaySummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * {@code demo forward} for users who may not open interfaces: what two hosts would send is written to captures, replayed
 * through the same engine, and looked at when it comes out.
 *
 * <p>Invariants:
 * <ol>
 *   <li>It needs no privilege, and leaves no trace outside of its folder.</li>
 *   <li>The files in the folder are enough to do it again by hand: {@link #command}.</li>
 * </ol>
 */
final class ReplayDemo {

    /** Full data segments of each of the four connections: 100,000 in all, for which a second or two is enough. */
    static final long SEGMENTS = 25_000;

    private static final double NS_PER_SECOND = 1e9;

    private final Path folder;
    private final long segments;

    ReplayDemo(final Path folder, final long segments) {
        this.folder = folder;
        this.segments = segments;
    }

    /** Does it all but the cleaning up. */
    ReplayReport run(final Obstacle obstacle) {
        final Conversation conversation = Conversation.write(segments, folder);
        try {
            Files.writeString(configuration(), configurationText());
        } catch (final IOException e) {
            throw new DemoException(configuration() + ": " + e.getMessage(), e);
        }
        final List<ReplayInput> inputs = new ArrayList<>();
        for (final Side side : Side.values()) {
            inputs.add(new ReplayInput(side.port(), Conversation.capture(folder, side)));
        }
        final long start = System.nanoTime();
        final ReplaySummary summary = Replay.run(new ConfigurationBuilder().file(configuration()).build(), inputs, results());
        final double seconds = (System.nanoTime() - start) / NS_PER_SECOND;
        return new ReplayReport(obstacle, conversation, Arrivals.read(conversation, results()),
                Counts.parse(StatJson.counts(summary.counters())), seconds);
    }

    /** What replays the files again. */
    String command() {
        final StringBuilder command = new StringBuilder("./penstock replay --config ").append(configuration());
        for (final Side side : Side.values()) {
            command.append(" --in ").append(side.port()).append('=').append(Conversation.capture(folder, side));
        }
        return command.append(" --out ").append(results()).toString();
    }

    private Path configuration() {
        return folder.resolve("penstock.yaml");
    }

    private Path results() {
        return folder.resolve("out");
    }

    private static String configurationText() {
        final StringBuilder text = new StringBuilder("ports:\n");
        for (final Side side : Side.values()) {
            text.append("  ").append(side.port()).append(": { device: ").append(side.port()).append(" }\n");
        }
        text.append("network:\n  addresses:\n");
        for (final Side side : Side.values()) {
            text.append("    ").append(side.port()).append(": [").append(side.routerIpv4()).append(Side.LENGTH_IPV4)
                    .append(", \"").append(side.routerIpv6()).append(Side.LENGTH_IPV6).append("\"]\n");
        }
        text.append("  neighbours:\n");
        for (final Side side : Side.values()) {
            for (final String ip : new String[] {side.ipv4(), side.ipv6()}) {
                text.append("    - { ip: \"").append(ip).append("\", mac: \"").append(mac(side.mac())).append("\", port: ")
                        .append(side.port()).append(" }\n");
            }
        }
        return text.toString();
    }

    private static String mac(final long mac) {
        final byte[] bytes = new byte[6];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (mac >>> 8 * (bytes.length - 1 - i));
        }
        return HexFormat.ofDelimiter(":").formatHex(bytes);
    }
}
