package io.penstock.dataplane.packetdrill;

import io.penstock.rules.api.IpFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The kernel's own scripts about connection tracking ({@code tools/testing/selftests/net/netfilter/packetdrill/*.pkt}), through the engine, with both
 * families.
 */
public final class PacketdrillScripts {

    private PacketdrillScripts() {
    }

    /**
     * Runs the scripts of a folder.
     *
     * @param args the folder
     */
    public static void main(final String[] args) throws IOException {
        final Path folder = Path.of(args[0]);
        final List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".pkt")).sorted().toList();
        }
        int runs = 0;
        int passed = 0;
        int packets = 0;
        int checks = 0;
        int calls = 0;
        for (final Path file : files) {
            for (final IpFamily family : IpFamily.values()) {
                runs++;
                try (DrillRun run = new DrillRun(DrillParser.parse(Files.readAllLines(file)), family, folder)) {
                    final String wrong = failure(run);
                    passed += wrong == null ? 1 : 0;
                    packets += run.packets();
                    checks += run.checks();
                    calls += run.calls();
                    System.out.printf("%s %s: packets=%d (and %d that it does not look for) checks=%d calls=%d %s%n",
                            file.getFileName(), family, run.packets(), run.unshown(), run.checks(), run.calls(),
                            wrong == null ? "ok" : "FAIL: " + wrong);
                }
            }
        }
        System.out.printf("packetdrill: scripts=%d runs=%d packets=%d checks=%d calls=%d passed=%d failed=%d%n",
                files.size(), runs, packets, checks, calls, passed, runs - passed);
        System.exit(runs > 0 && passed == runs ? 0 : 1);
    }

    /** What went wrong in a run, or null. */
    private static String failure(final DrillRun run) {
        try {
            run.run();
            return null;
        } catch (final DrillFailure | AssertionError e) {
            return e.getMessage();
        }
    }
}
