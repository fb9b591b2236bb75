package io.penstock.perf.bench.peer;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.cli.Json;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.MachineFacts;
import io.penstock.perf.bench.measure.Options;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench peers}: who can be measured beside Penstock on this machine. */
@Command(
        name = "peers",
        description = "Tell which peers can be measured here, and install those that cannot yet.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:not everything could be installed", "2:usage"})
public final class PeersCommand implements Callable<Integer> {

    private static final String ROW = "%-10s %-5s %-34s %s%n";
    private static final String INDENT = " ".repeat(12);

    @Spec
    private CommandSpec spec;

    @Option(names = "--install", description = "Install the absent ones by apt-get, as root; no service is started.")
    private boolean install;

    @Option(names = "--json", description = "One JSON object, in one line.")
    private boolean json;

    private final PackageInstaller installer;

    /** The command as a user starts it. */
    public PeersCommand() {
        this(new PackageInstaller());
    }

    /** A command that installs by something else. */
    PeersCommand(final PackageInstaller installer) {
        this.installer = installer;
    }

    @Override
    public Integer call() {
        final PrintWriter err = spec.commandLine().getErr();
        try {
            List<Found> found = look();
            final List<String> missing = missing(found);
            if (install && !missing.isEmpty()) {
                installer.install(missing, line -> {
                    err.println(line);
                    err.flush();
                });
                found = look();
            }
            Options.print(spec, json ? json(found, install ? missing : List.of()) + '\n' : text(found, install ? missing : List.of()));
            final List<String> still = missing(found);
            if (install && !still.isEmpty()) {
                err.println("installed, but still absent: packages=" + String.join(",", still) + "; see what 'dpkg -L' says of them");
                return ExitCode.FAILED;
            }
            return ExitCode.DONE;
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private static List<Found> look() {
        return Peers.all().stream().map(peer -> new Found(peer, peer.findVersion())).toList();
    }

    private static List<String> missing(final List<Found> found) {
        return found.stream().filter(each -> each.version == null).flatMap(each -> each.peer.packages().stream()).distinct().toList();
    }

    /** {@code {"peers":[...],"installed":[...],"machine":{...}}}. */
    static String json(final List<Found> found, final List<String> installed) {
        final Json json = new Json().object().name("peers").array();
        found.forEach(each -> {
            json.object().field("peer", each.peer.name()).field("present", each.version != null).field("packaged", each.peer.isPackaged())
                    .field("version", each.version).name("packages").array();
            each.peer.packages().forEach(json::value);
            json.end().field("use", each.peer.use()).field("commands", each.peer.commands()).end();
        });
        json.end().name("installed").array();
        installed.forEach(json::value);
        MachineFacts.ofThis().write(json.end().name("machine"));
        return json.end().toString();
    }

    /** For people. */
    static String text(final List<Found> found, final List<String> installed) {
        final StringBuilder out = new StringBuilder(String.format(Locale.ROOT, ROW, "peer", "here", "version", "Debian package"));
        found.forEach(each -> {
            out.append(String.format(Locale.ROOT, ROW, each.peer.name(), each.version != null ? "yes" : "no",
                    each.version == null ? "-" : each.version, each.peer.isPackaged() ? String.join(" ", each.peer.packages()) : "none"));
            out.append(INDENT).append(each.peer.use()).append('\n');
            if (!each.peer.commands().isEmpty()) {
                out.append(INDENT).append("bench ").append(each.peer.commands()).append('\n');
            }
        });
        if (!installed.isEmpty()) {
            out.append("\ninstalled: ").append(String.join(" ", installed)).append('\n');
        } else if (!missing(found).isEmpty()) {
            out.append("\nabsent: 'apt install ").append(String.join(" ", missing(found))).append("', or 'bench peers --install', brings them\n");
        }
        return out.toString();
    }

    /**
     * A peer on this machine.
     *
     * @param version null when it is not here
     */
    record Found(Peer peer, String version) {
    }
}
