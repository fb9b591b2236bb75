package io.penstock.dataplane.replay;

import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapReader;
import io.penstock.dataplane.pcap.PcapWriter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** A folder with a router's configuration, captures made of packets, and the results of replays. */
final class ReplayFixture {

    /** What the configuration says, for expectations. */
    static final long LAN_MAC = 0x0200_0A00_00FEL;
    static final long WAN_MAC = 0x0200_C000_0201L;
    static final long GATEWAY_MAC = 0x0200_0000_00AAL;

    static final long SECOND_NS = 1_000_000_000L;

    private static final String NETWORK = """
            ports:
              lan: { device: d0 }
              wan: { device: d1 }
            network:
              addresses: { lan: [10.0.0.254/24, "2001:db8::fe/64"], wan: [192.0.2.1/24] }
              routes:
                - { to: default, via: 192.0.2.254, port: wan }
                - { to: "2001:db8:1::/48", port: wan }
                - { to: 198.18.0.0/15, type: blackhole }
                - { to: 198.51.100.0/24, type: prohibit }
              neighbours: [ { ip: 192.0.2.254, mac: "02:00:00:00:00:aa", port: wan } ]
            """;

    private final Path folder;

    ReplayFixture(final Path folder) {
        this.folder = folder;
        write("penstock.yaml", NETWORK);
    }

    Path path(final String name) {
        return folder.resolve(name);
    }

    Path write(final String name, final String text) {
        try {
            return Files.writeString(path(name), text);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String read(final String name) {
        try {
            return Files.readString(path(name));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Configuration configuration() {
        return new ConfigurationBuilder().file(path("penstock.yaml")).build();
    }

    /** A capture with a packet a second, from 1000 s on. */
    ReplayInput input(final String port, final LinkType type, final byte[]... packets) {
        final List<Timed> timed = new ArrayList<>();
        for (final byte[] packet : packets) {
            timed.add(new Timed((1000 + timed.size()) * SECOND_NS, packet));
        }
        return input(port, type, timed);
    }

    /** A capture. */
    ReplayInput input(final String port, final LinkType type, final List<Timed> packets) {
        final Path file = path(port + '-' + type + "-in.pcap");
        try (PcapWriter writer = PcapWriter.create(file, type);
                MappedMemory memory = MappedMemory.reserve(PcapReader.MAX_PACKET_BYTES, MappedMemory.Pages.NORMAL)) {
            for (final Timed packet : packets) {
                Memory.copyFromArray(packet.bytes, 0, memory.address(), packet.bytes.length);
                writer.write(packet.timeNs, memory.address(), packet.bytes.length, packet.bytes.length);
            }
        }
        return new ReplayInput(port, file);
    }

    ReplaySummary replay(final ReplayInput... inputs) {
        return replay(hooks -> { }, inputs);
    }

    ReplaySummary replay(final HookModule hooks, final ReplayInput... inputs) {
        return replay("out", hooks, 1, inputs);
    }

    ReplaySummary replay(final String out, final HookModule hooks, final int batch, final ReplayInput... inputs) {
        return Replay.run(configuration(), List.of(inputs), path(out), null, hooks, batch);
    }

    ReplaySummary replayUntil(final String until, final HookModule hooks, final ReplayInput... inputs) {
        return Replay.run(configuration(), List.of(inputs), path("out"), new BigDecimal(until), hooks);
    }

    /** The verdicts, a line each. */
    String verdicts() {
        return read("out/verdicts.jsonl");
    }

    /** The packets of an output, as time in seconds and bytes. */
    List<String> packets(final String name) {
        final List<String> packets = new ArrayList<>();
        try (PcapReader reader = PcapReader.open(path("out").resolve(name))) {
            while (reader.next()) {
                final byte[] bytes = new byte[reader.capturedBytes()];
                Memory.copyToArray(reader.address(), bytes, 0, bytes.length);
                packets.add(shown(reader.timestampNs(), bytes));
            }
        }
        return packets;
    }

    static String shown(final long timeNs, final byte... bytes) {
        return timeNs / SECOND_NS + "." + timeNs % SECOND_NS + ' ' + HexFormat.of().formatHex(bytes);
    }

    /** Every file of a folder, as its length and checksum. */
    TreeMap<String, String> files(final String name) throws IOException {
        final TreeMap<String, String> files = new TreeMap<>();
        try (var paths = Files.list(path(name))) {
            for (final Path file : paths.toList()) {
                final byte[] bytes = Files.readAllBytes(file);
                final CRC32C sum = new CRC32C();
                sum.update(bytes);
                files.put(file.getFileName().toString(), bytes.length + " bytes " + Long.toHexString(sum.getValue()));
            }
        }
        return files;
    }

    record Timed(long timeNs, byte[] bytes) {
    }
}
