package io.penstock.dataplane.replay;

import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.conntrack.text.ConntrackCommand;
import io.penstock.conntrack.text.ConntrackFiles;
import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.control.NamespaceServices;
import io.penstock.dataplane.control.NamespaceTables;
import io.penstock.dataplane.hot.log.PacketLogProxy;
import io.penstock.dataplane.log.PacketLog;
import io.penstock.dataplane.pcap.LinkType;
import io.penstock.dataplane.pcap.PcapException;
import io.penstock.dataplane.pcap.PcapWriter;
import io.penstock.rules.api.IpFamily;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * The files in the folder of {@code --out}.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Files of these names are replaced, all others are left alone; what is read is never replaced: captures, the configuration, its files.</li>
 *   <li>{@code counters.json} is removed first and written last: where it is, the replay is complete.</li>
 *   <li>All captures are Ethernet, {@code local.pcap} too: what reaches this host may be ARP.</li>
 * </ol>
 */
final class ReplayOutputs implements AutoCloseable {

    private static final String CAPTURE_SUFFIX = ".pcap";
    private static final String LOCAL = ReplayInput.LOCAL + CAPTURE_SUFFIX;
    private static final String VERDICTS = "verdicts.jsonl";
    private static final String COUNTERS = "counters.json";
    private static final String LOG = "log.txt";
    private static final String CONNECTIONS = "conntrack.txt";
    private static final String SERVICES = "ipvsadm.txt";
    private static final String SERVED = "ipvs-connections.txt";
    private static final String SETS = "ipset.txt";
    private static final Map<IpFamily, String> RULES =
            Map.of(IpFamily.IPV4, "iptables-save.txt", IpFamily.IPV6, "ip6tables-save.txt");

    private final Path folder;
    private final List<PcapWriter> captures = new ArrayList<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private PcapWriter local;
    private Writer verdicts;

    private ReplayOutputs(final Path folder) {
        this.folder = folder;
    }

    /** Makes the folder where there is none, and opens everything in it. */
    static ReplayOutputs create(final Path folder, final Configuration configuration, final List<ReplayInput> inputs) {
        final List<String> ports = configuration.ports().stream().map(PortConfig::name).toList();
        final ReplayOutputs outputs = new ReplayOutputs(folder);
        try {
            Files.createDirectories(folder);
            outputs.refuseInputs(ports, configuration, inputs);
            Files.deleteIfExists(folder.resolve(COUNTERS));
            Files.deleteIfExists(folder.resolve(LOG));
            outputs.verdicts = outputs.keep(Files.newBufferedWriter(folder.resolve(VERDICTS)));
            for (final String port : ports) {
                outputs.captures.add(outputs.capture(port + CAPTURE_SUFFIX));
            }
            outputs.local = outputs.capture(LOCAL);
            return outputs;
        } catch (final IOException e) {
            outputs.close();
            throw failure(folder, e);
        } catch (final RuntimeException e) {
            outputs.close();
            throw e;
        }
    }

    /** What leaves by a port. */
    PcapWriter port(final int index) {
        return captures.get(index);
    }

    /** What is delivered to the host. */
    PcapWriter local() {
        return local;
    }

    /** A line for each input packet. */
    Writer verdicts() {
        return verdicts;
    }

    /** What rules have logged, dated by the packets, in UTC; a file only where they have. */
    PacketLog log(final PacketLogProxy ring) {
        return keep(PacketLog.toFile(List.of(ring), folder.resolve(LOG), ZoneOffset.UTC));
    }

    /** Writes the tables with their counters, as of a time in nanoseconds since 1970. */
    void rules(final NamespaceTables tables, final long timeNs) {
        final Clock time = Clock.fixed(Instant.EPOCH.plusNanos(timeNs), ZoneOffset.UTC);
        RULES.forEach((family, name) -> {
            try {
                Files.writeString(folder.resolve(name), tables.save(family, time), StandardCharsets.ISO_8859_1);
            } catch (final IOException e) {
                throw failure(folder, e);
            }
        });
    }

    /** Writes the sets as {@code ipset save} tells them. */
    void sets(final NamespaceTables tables) {
        try {
            Files.writeString(folder.resolve(SETS), tables.saveSets(), StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            throw failure(folder, e);
        }
    }

    /** Writes the virtual services, with what has passed, and their connections as {@code ipvsadm} tells them. */
    void services(final NamespaceServices services) {
        try {
            Files.writeString(folder.resolve(SERVICES), services.list(List.of("-L", "-n", "--stats", "--exact")), StandardCharsets.ISO_8859_1);
            Files.writeString(folder.resolve(SERVED), services.list(List.of("-L", "-n", "-c")), StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            throw failure(folder, e);
        }
    }

    /** Writes the connections as {@code conntrack -L} tells them, as of a time in nanoseconds since 1970; by their entries' order, which does not change. */
    void connections(final ConnectionStore store, final long timeNs) {
        final Clock time = Clock.fixed(Instant.EPOCH.plusNanos(timeNs), ZoneOffset.UTC);
        try (PrintStream out = new PrintStream(
                new BufferedOutputStream(Files.newOutputStream(folder.resolve(CONNECTIONS))), false, StandardCharsets.ISO_8859_1)) {
            final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.ISO_8859_1);
            new ConntrackCommand(store, ConntrackFiles.OWN, time, () -> {
            }).run(List.of("-L"), InputStream.nullInputStream(), out, nowhere);
            if (out.checkError()) {
                throw new IOException("the disk is full, or " + CONNECTIONS + " cannot be written");
            }
        } catch (final IOException e) {
            throw failure(folder, e);
        }
    }

    /** Writes what is still to be written, the counters last. */
    void complete(final String counters) {
        close();
        try {
            Files.writeString(folder.resolve(COUNTERS), counters + '\n');
        } catch (final IOException e) {
            throw failure(folder, e);
        }
    }

    /** Closes the files, all of them whatever one says; a second close does nothing. */
    @Override
    public void close() {
        RuntimeException failed = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (final Exception e) {
                failed = e instanceof PcapException said ? said : failure(folder, e);
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private void refuseInputs(final List<String> ports, final Configuration configuration, final List<ReplayInput> inputs) throws IOException {
        final List<String> names = new ArrayList<>(ports.stream().map(port -> port + CAPTURE_SUFFIX).toList());
        names.addAll(List.of(LOCAL, VERDICTS, COUNTERS, LOG, CONNECTIONS, SERVICES, SERVED, SETS));
        names.addAll(RULES.values());
        for (final String name : names) {
            final Path file = folder.resolve(name);
            if (Files.exists(file)) {
                for (final ReplayInput input : inputs) {
                    refuse(file, "capture", input.capture());
                }
                refuse(file, "configuration", configuration.file());
                refuse(file, "file of rules", configuration.rules4());
                refuse(file, "file of rules", configuration.rules6());
                refuse(file, "file of sets", configuration.sets());
                refuse(file, "file of services", configuration.services());
            }
        }
    }

    private static void refuse(final Path output, final String what, final Path input) throws IOException {
        if (input != null && Files.isSameFile(output, input)) {
            throw new ReplayException(ExitCode.USAGE, "the " + what + ' ' + input + " would be replaced by the output of that name; "
                    + "give --out another folder");
        }
    }

    private PcapWriter capture(final String name) {
        return keep(PcapWriter.create(folder.resolve(name), LinkType.ETHERNET));
    }

    private <T extends AutoCloseable> T keep(final T file) {
        open.push(file);
        return file;
    }

    private static ReplayException failure(final Path folder, final Exception e) {
        return new ReplayException(ExitCode.FAILED, "results cannot be written: out=" + folder + ": " + e
                + "; give --out a folder that you may write to", e);
    }
}
