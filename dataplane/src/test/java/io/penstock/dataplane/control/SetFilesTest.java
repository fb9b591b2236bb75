package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.worker.Quiescence;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.set.SetRegistry;
import io.penstock.rules.set.SetStore;
import io.penstock.rules.set.text.IpsetCommand;
import io.penstock.rules.text.CommandFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of sets: put in at the start, and at a reload whole or not at all. */
class SetFilesTest {

    @TempDir
    private Path folder;

    private final SetRegistry sets = new SetRegistry(new Quiescence(), System::nanoTime);
    private final List<String> warnings = new ArrayList<>();

    @AfterEach
    void close() {
        sets.close();
    }

    private Path file(final String... lines) throws IOException {
        return Files.writeString(folder.resolve("sets"), String.join("\n", lines) + "\n", StandardCharsets.ISO_8859_1);
    }

    private void restore(final SetStore into, final String... lines) throws IOException {
        SetFiles.restore(into, file(lines), warnings::add);
    }

    private StagedSets staged(final String... lines) throws IOException {
        final StagedSets staged = new StagedSets(sets);
        restore(staged, lines);
        return staged;
    }

    /** The elements of each set, by name. */
    private String there() {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(text, false, StandardCharsets.ISO_8859_1);
        new IpsetCommand(sets, CommandFiles.OWN).run(List.of("save", "-sorted"), InputStream.nullInputStream(), out, out);
        out.flush();
        return text.toString(StandardCharsets.ISO_8859_1).lines()
                .map(line -> line.startsWith("create ") ? line.split(" ")[1] + ':' : line.split(" ", 3)[2].replaceFirst(" timeout.*", ""))
                .collect(Collectors.joining(" "));
    }

    @Test
    void shouldRestoreWhatAFileSaysAndNothingWithoutOne() throws IOException {
        restore(sets, "create a hash:net", "add a 10.0.0.0/8", "# a comment", "", "create g list:set", "add g a");
        SetFiles.restore(sets, null, warnings::add);
        assertEquals("a: 10.0.0.0/8 g: a", there());
        assertEquals(List.of(), warnings);
    }

    @Test
    void shouldSayFileLineAndReasonWhenAFileIsRefused() throws IOException {
        final Path bad = file("create a hash:ip", "# a comment", "add a 10.0.0.1", "add a 10.0.0.1");
        assertEquals(bad + ":4: the sets are refused: Element cannot be added to the set: it's already added", refusal(bad));
        final Path word = file("create b hash:ip", "", "bogus b 10.0.0.1");
        assertEquals(word + ":3: the sets are refused: No command specified: unknown argument bogus", refusal(word));
        final Path early = file("create d hash:ip", "add d 10.0.0.1", "add d 10.0.0.1", "add d 10.0.0.2", "create e hash:ip");
        assertEquals(early + ":3: the sets are refused: Element cannot be added to the set: it's already added", refusal(early));
        final Path type = file("create c hash:none");
        assertEquals(type + ":1: the sets are refused: Syntax error: typename 'hash:none' is unknown", refusal(type));
        final Path none = folder.resolve("none");
        assertEquals(none + ": there is no such file of sets; check sets: or --sets", refusal(none));
        assertEquals(folder + ": there is no such file of sets; check sets: or --sets", refusal(folder));
    }

    @ParameterizedTest
    @CsvSource({"quit", "test a 10.0.0.1"})
    void shouldRefuseAFileWhenALineEndsItEarly(final String line) throws IOException {
        final Path ended = file("create a hash:ip", "add a 10.0.0.1", line);
        assertEquals(ended + ":3: the sets are refused: this line ends what ipset restores; "
                + "a file of sets holds what ipset save prints, without test and quit", refusal(ended));
    }

    private String refusal(final Path file) {
        return assertThrows(RulesException.class, () -> SetFiles.restore(sets, file, warnings::add)).getMessage();
    }

    @Test
    void shouldPutAFilesSetsInThePlacesOfThoseThatAreThere() throws IOException {
        restore(sets, "create a hash:ip", "add a 10.0.0.1", "create own hash:ip", "add own 10.9.9.9", "create g list:set", "add g a");
        final SetPlace held = sets.acquire("a", "rules").orElseThrow();
        final StagedSets staged = staged("create a hash:ip timeout 9", "add a 10.0.0.2", "create b hash:ip", "add b 10.0.0.3",
                "create g list:set", "add g b", "add g a");
        assertTrue(there().startsWith("a: 10.0.0.1 own: 10.9.9.9 "), there());
        assertEquals(4, sets.familyOf("b"), "rules can name it already");
        staged.apply();
        assertEquals("a: 10.0.0.2 own: 10.9.9.9 b: 10.0.0.3 g: b a", there());
        sets.release(held, "rules");
        staged.abandon();
        assertEquals("a: 10.0.0.2 own: 10.9.9.9 b: 10.0.0.3 g: b a", there());
    }

    @Test
    void shouldChangeNothingWhenWhatWasStagedIsAbandoned() throws IOException {
        restore(sets, "create a hash:ip", "add a 10.0.0.1");
        final StagedSets staged = staged("create g list:set", "create a hash:ip", "add a 10.0.0.2", "create b hash:ip", "add g b", "add g a");
        staged.abandon();
        assertEquals("a: 10.0.0.1", there());
        final StagedSets half = new StagedSets(sets);
        assertThrows(RulesException.class, () -> restore(half, "create b hash:ip", "create a hash:ip", "add a 10.0.0.2", "add a x/y"));
        half.abandon();
        assertEquals("a: 10.0.0.1", there());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            create a hash:net                     | set a is in force with another type, and a set keeps its own; give this one another name
            create a hash:ip family inet6         | set a is in force for another family, and a set keeps its own; give this one another name
            add a 10.0.0.9                        | The set with the given name does not exist
            flush a                               | The set with the given name does not exist
            destroy a                             | The set with the given name does not exist
            rename a b                            | The set with the given name does not exist
            """)
    void shouldSpeakOfNoSetsButItsOwn(final String line, final String told) throws IOException {
        restore(sets, "create a hash:ip", "add a 10.0.0.1");
        final StagedSets staged = new StagedSets(sets);
        final String message = assertThrows(RulesException.class, () -> restore(staged, line)).getMessage();
        assertEquals(folder.resolve("sets") + ":1: the sets are refused: " + told, message);
        staged.abandon();
        assertEquals("a: 10.0.0.1", there());
    }

    @Test
    void shouldDoWhatAFileSaysOfItsOwnSets() throws IOException {
        restore(sets, "create a hash:ip", "add a 10.0.0.1", "create c hash:ip", "add c 10.0.0.7");
        staged("create t hash:ip", "add t 10.0.0.2", "create a hash:ip", "add a 10.0.0.9", "swap a t", "destroy t", "create x hash:ip",
                "add x 10.0.0.3", "rename x b", "create y hash:ip", "add y 10.0.0.4", "rename y c", "create z hash:ip", "add z 10.0.0.5",
                "flush z", "-exist create z hash:ip", "del -exist z 10.0.0.5").apply();
        assertEquals("a: 10.0.0.2 c: 10.0.0.4 b: 10.0.0.3 z:", there().replaceFirst("b: 10.0.0.3 c: 10.0.0.4", "c: 10.0.0.4 b: 10.0.0.3"));
        assertEquals(4, sets.names().size(), sets.names().toString());
    }
}
