package io.penstock.perf.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.perf.bench.measure.BenchException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Children that are shells. */
final class LabChildTest {

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    @Test
    void shouldReturnWhatAChildLeaves() {
        final LabChild.Result result = shell("echo one >&2; echo '{}'; echo two >&2; exit 3", 30);
        assertEquals(3, result.exitCode());
        assertEquals("{}\n", result.output());
        assertEquals(List.of("one", "two"), result.errors());
        assertEquals(List.of("one", "two"), said);
    }

    @Test
    void shouldEndOneThatTakesTooLongAndWaitForItsCleanUp() {
        final Path made = folder.resolve("made");
        final LabChild.Result result = shell("touch " + made + "; trap 'rm " + made + "; exit 143' TERM; while :; do sleep 0.1; done", 1);
        assertEquals(-1, result.exitCode());
        assertEquals("it did not end within 1 s, and was ended", result.errors().getLast());
        assertFalse(Files.exists(made));
    }

    @Test
    void shouldSayThatSomethingOutlivedAChildAndKeepsItsOutput() {
        // What ends at once is read to its end by the JVM itself: here somebody is reading when it does.
        final BenchException refusal = assertThrows(BenchException.class,
                () -> LabChild.runProgram(List.of("/bin/sh", "-c", "echo bye >&2; setsid sleep 5 & sleep 0.5"), 30, 1, said::add));
        assertEquals("what a measurement started has outlived it and keeps its output open: seconds=1 last_words=\"bye\"; see 'ps -ef' for what is "
                + "left, and end it", refusal.getMessage());
    }

    @Test
    void shouldWaitAgainForOneThatIsEndedTheHardWay() {
        final LabChild.Result result = LabChild.runProgram(List.of("/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"), 1, 1, said::add);
        assertEquals(-1, result.exitCode());
        assertEquals("it did not end within 1 s, and was ended", result.errors().getLast());
    }

    @Test
    void shouldKeepTheLastOfManyWords() {
        final LabChild.Result result = shell("i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo $i >&2; done", 30);
        assertEquals("100", result.errors().getLast());
        assertTrue(result.errors().size() < 100);
        assertEquals(100, said.size());
    }

    private LabChild.Result shell(final String script, final long mostSeconds) {
        return LabChild.runProgram(List.of("/bin/sh", "-c", script), mostSeconds, 60, said::add);
    }
}
