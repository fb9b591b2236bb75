package io.penstock.dataplane.ipset;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.log.PacketLog;
import io.penstock.dataplane.replay.OfflineEngine;
import io.penstock.dataplane.rules.RuleTables;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetRegistry;
import io.penstock.rules.set.SetType;
import io.penstock.rules.set.text.IpsetCommand;
import io.penstock.rules.text.CommandFiles;
import io.penstock.rules.text.Extensions;
import io.penstock.rules.text.IptablesCommand;
import io.penstock.rules.text.IptablesSaveCommand;
import io.penstock.rules.text.SystemNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A host whose commands know sets, tables and packets of memory only.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Time passes with {@code sleep}, and a little of it with every other command, as on a real machine: what lasts a second is over
 *       after {@code sleep 1}.</li>
 *   <li>What rules log is in a file when the command that sent the packet returns.</li>
 * </ol>
 *
 * <p>Threads: any. Commands of {@code ipset} may overlap, as they wait for what they read; others do not.
 */
final class SetHost implements AutoCloseable {

    private static final int FRAME_BYTES = 4096;
    private static final int FRAMES = 2048;
    /** When it begins, so that lines of the log have a date. Unit: ns since 1970. */
    private static final long START_NS = 1_700_000_000L * 1_000_000_000L;
    /** What a command takes. Unit: ns; about as much as one of a real machine does. */
    private static final long COMMAND_NS = 1_000_000;
    /** Steps of a sleep. Unit: ns; as often as a data plane looks after its sets. */
    private static final long STEP_NS = 100_000_000;
    private static final int NANOSECOND_DIGITS = 9;
    private static final int IPV4_BITS = 32;
    private static final Map<String, BigDecimal> UNITS =
            Map.of("s", BigDecimal.ONE, "m", BigDecimal.valueOf(60), "h", BigDecimal.valueOf(3600));

    private final Extensions extensions = RuleExtensions.installed();
    private final OfflineEngine engine;
    private final RuleTables tables;
    private final SetRegistry sets;
    private final Loopback loopback;
    private final PacketLog log;
    private final Path logFile;
    private final List<String> logged = new ArrayList<>();
    private long nowNs = START_NS;

    /** A host without sets and rules, which logs to a file. */
    SetHost(final Path logFile) {
        this.logFile = logFile;
        engine = new OfflineEngine(configuration(), FRAME_BYTES, FRAMES, MappedMemory.Pages.NORMAL);
        engine.settle(nowNs);
        tables = engine.tables().rules();
        sets = tables.sets();
        loopback = new Loopback(engine);
        log = PacketLog.to(List.of(engine.lane().packetLog), (level, line) -> log(line));
    }

    private static Configuration configuration() {
        try {
            final Path file = Files.createTempFile("penstock-ipset-", ".yaml");
            try {
                return new ConfigurationBuilder().file(Files.writeString(file, Loopback.NETWORK)).build();
            } finally {
                Files.delete(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs a command.
     *
     * @return its exit status
     */
    int run(final String name, final List<String> words, final CommandFiles files, final InputStream in, final PrintStream out,
            final PrintStream err) {
        final int status = name.equals("ipset") ? new IpsetCommand(sets, files).run(words, in, out, err) : other(name, words, out, err);
        pass(COMMAND_NS);
        return status;
    }

    private synchronized int other(final String name, final List<String> words, final PrintStream out, final PrintStream err) {
        final IpFamily family = name.startsWith(IpFamily.IPV6.tool()) ? IpFamily.IPV6 : IpFamily.IPV4;
        final SystemNames names = new SystemNames(sets::familyOf);
        switch (name) {
            case "iptables", "ip6tables" -> {
                return new IptablesCommand(tables, extensions, names, family).run(words, out, err);
            }
            case "iptables-save", "ip6tables-save" -> {
                return new IptablesSaveCommand(tables, names, family, Clock.fixed(Instant.EPOCH.plusNanos(nowNs), ZoneOffset.UTC))
                        .run(words, out, err);
            }
            case "sendip" -> {
                loopback.send(SentPacket.of(words), nowNs);
                log.drain();
            }
            case "sleep" -> pass(nanoseconds(words.getFirst()));
            case "lsmod" -> modules(out);
            case "dmesg" -> logged.forEach(line -> out.print(line + '\n'));
            case "netmask" -> range(words.getLast(), out);
            default -> {
                // modprobe, rmmod: there are no modules.
            }
        }
        return 0;
    }

    private synchronized void pass(final long ns) {
        final long endNs = nowNs + ns;
        while (nowNs < endNs) {
            nowNs = Math.min(nowNs + STEP_NS, endNs);
            engine.settle(nowNs);
        }
    }

    private static long nanoseconds(final String word) {
        final String unit = word.substring(word.length() - 1);
        final BigDecimal number = new BigDecimal(UNITS.containsKey(unit) ? word.substring(0, word.length() - 1) : word);
        return number.multiply(UNITS.getOrDefault(unit, BigDecimal.ONE)).movePointRight(NANOSECOND_DIGITS).longValue();
    }

    /** The types as the kernel's modules, with the number of sets that each has. */
    private void modules(final PrintStream out) {
        out.printf("%-23s %s  %s%n", "Module", "Size", "Used by");
        for (final SetType type : SetType.values()) {
            long users = 0;
            for (final String name : sets.names()) {
                try {
                    users += sets.header(name).spec().type() == type ? 1 : 0;
                } catch (final SetProblem gone) {
                    // Destroyed meanwhile.
                }
            }
            out.printf("%-23s %d  %d%n", "ip_set_" + type.word().replace(",", "").replace(':', '_'), 0, users);
        }
    }

    /** {@code netmask -r}: the first and the last address of a network. */
    private static void range(final String network, final PrintStream out) {
        final int slash = network.indexOf('/');
        final int bits = IPV4_BITS - Integer.parseInt(network.substring(slash + 1));
        long first = 0;
        for (final String part : network.substring(0, slash).split("\\.")) {
            first = first << Byte.SIZE | Integer.parseInt(part);
        }
        out.printf("%15s-%s (%d)%n", dotted(first), dotted(first + (1L << bits) - 1), 1L << bits);
    }

    private static String dotted(final long address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + '.' + (address >>> 8 & 0xFF) + '.' + (address & 0xFF);
    }

    private void log(final String line) {
        final String dated = Instant.EPOCH.plusNanos(nowNs) + " host kernel: " + line;
        logged.add(dated);
        try {
            Files.writeString(logFile, dated + '\n', StandardCharsets.ISO_8859_1, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        log.close();
        engine.close();
    }
}
