package io.penstock.perf.bench.lab;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.cli.Json;
import io.penstock.perf.bench.compare.Report;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.Folders;
import io.penstock.perf.bench.report.MarkdownWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The results of a run, in a folder: what is measured is kept, and an interrupted run goes on where it stopped.
 *
 * <pre>
 *   DIR/run.json            what must be the same for the run to go on, and the sessions that it was made in
 *   DIR/results/NAME.json   a step's outcome
 *   DIR/report.html, .md    the report, written from these alone
 * </pre>
 *
 * <p>Invariants: 1. a file is written under another name and then renamed, so that what is there is whole; 2. a step without a file, with
 * another command line, or that failed, is still to be made; 3. that a step failed is still known when it was made again.
 *
 * <p>Threads: one.
 */
final class Journal {

    private static final String RUN = "run.json";
    private static final String RESULTS = "results";
    private static final String SUFFIX = ".json";

    private final Path folder;
    private final Identity identity;
    private final List<Session> sessions = new ArrayList<>();

    private Journal(final Path folder, final Identity identity) {
        this.folder = folder;
        this.identity = identity;
    }

    /** Begins a run in a folder, or goes on with one that is there. */
    static Journal open(final Path folder, final Identity identity, final boolean fresh) {
        if (fresh) {
            remove(folder);
        }
        final Journal journal = new Journal(folder, identity);
        if (Files.exists(folder.resolve(RUN))) {
            final Journal there = read(folder);
            final List<String> differences = there.identity.differences(identity);
            if (!differences.isEmpty()) {
                throw new BenchException(ExitCode.USAGE, folder + " holds results that these would not go with: "
                        + String.join("; ", differences) + "; give --fresh to replace them, or another --out");
            }
            journal.sessions.addAll(there.sessions);
        } else if (isForeign(folder)) {
            throw new BenchException(ExitCode.USAGE, folder + " holds files, and no results of 'bench all'; give another --out");
        }
        try {
            Files.createDirectories(folder.resolve(RESULTS));
        } catch (final IOException e) {
            throw new BenchException("no folder for results can be made: " + e + "; give another --out");
        }
        return journal;
    }

    /** A run that was made before. */
    static Journal read(final Path folder) {
        final Path file = folder.resolve(RUN);
        if (!Files.exists(file)) {
            throw new BenchException(ExitCode.USAGE,
                    folder + " holds no results: file=" + RUN + " is missing; give the folder that 'bench all' wrote to");
        }
        try {
            final Report report = Report.parse(file.toString(), Files.readString(file));
            final Journal journal = new Journal(folder, Identity.of(report));
            if (report.values().get("sessions") instanceof final List<?> list) {
                list.forEach(session -> journal.sessions.add(Session.of((Map<?, ?>) session)));
            }
            return journal;
        } catch (final IOException | ClassCastException | NullPointerException e) {
            throw new BenchException(file + " cannot be read: " + e.getMessage() + "; give --fresh to measure anew");
        }
    }

    Path folder() {
        return folder;
    }

    Identity identity() {
        return identity;
    }

    /** In which the run was made, the first one first. */
    List<Session> sessions() {
        return List.copyOf(sessions);
    }

    /** Another session begins, or what was known of this one has changed. */
    void keep(final Session session) {
        sessions.removeIf(other -> other.started().equals(session.started()));
        sessions.add(session);
        final Json json = new Json().object().name("identity");
        identity.write(json);
        json.name("sessions").array();
        sessions.forEach(each -> each.write(json));
        write(folder.resolve(RUN), json.end().end() + "\n");
    }

    /** The outcome that a step has already, if it need not be made again; else null. */
    Outcome done(final Step step) {
        final Path file = file(step.name());
        if (!Files.exists(file)) {
            return null;
        }
        final Outcome outcome = Outcome.read(file);
        return outcome.isDone() && outcome.command().equals(step.command()) ? outcome : null;
    }

    /** Why earlier attempts at a step failed; none where it is made for the first time. */
    List<String> failures(final Step step) {
        final Path file = file(step.name());
        return Files.exists(file) ? Outcome.read(file).failures() : List.of();
    }

    /** Keeps what came of a step. */
    void keep(final Step step, final Outcome outcome) {
        write(file(step.name()), outcome.json());
    }

    /** All outcomes, by measurement and round. */
    List<Outcome> outcomes() {
        final Path results = folder.resolve(RESULTS);
        if (!Files.isDirectory(results)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(results)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX)).map(Outcome::read)
                    .sorted((a, b) -> a.measurement().equals(b.measurement()) ? Integer.compare(a.round(), b.round())
                            : a.measurement().compareTo(b.measurement())).toList();
        } catch (final IOException e) {
            throw new BenchException(results + " cannot be read: " + e.getMessage() + "; give a folder that can");
        }
    }

    private Path file(final String name) {
        return folder.resolve(RESULTS).resolve(name + SUFFIX);
    }

    private static void remove(final Path folder) {
        if (Files.exists(folder.resolve(RUN))) {
            Folders.remove(folder.resolve(RESULTS));
            Folders.remove(folder.resolve(MarkdownWriter.CHARTS));
            try {
                // Of results that are gone, no report stays; what says whose folder this is goes last.
                Files.deleteIfExists(folder.resolve(ReportCommand.HTML));
                Files.deleteIfExists(folder.resolve(ReportCommand.MARKDOWN));
                Files.delete(folder.resolve(RUN));
            } catch (final IOException e) {
                throw new BenchException("old results cannot be removed: " + e + "; give another --out");
            }
        }
    }

    /** Whether somebody else's files are there, which are no place for results. */
    private static boolean isForeign(final Path folder) {
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            // A run that was interrupted before its first file may have left the folder of results, empty.
            return Files.isRegularFile(folder) || files.anyMatch(file -> !file.getFileName().toString().equals(RESULTS)
                    && !file.getFileName().toString().startsWith("report.") && !file.getFileName().toString().equals(MarkdownWriter.CHARTS));
        } catch (final IOException e) {
            throw new BenchException(folder + " cannot be read: " + e.getMessage() + "; give another --out");
        }
    }

    private static void write(final Path file, final String text) {
        final Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (final IOException e) {
            throw new BenchException("a result cannot be kept: " + e + "; free space, or give another --out");
        }
    }
}
