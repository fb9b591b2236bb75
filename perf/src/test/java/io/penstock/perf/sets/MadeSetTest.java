package io.penstock.perf.sets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MadeSetTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(SetKind.class)
    void shouldHaveAsManyElementsAsAskedFor(final SetKind kind) throws IOException {
        final List<String> lines = lines(new MadeSet(kind, 10_001));
        assertEquals("create x " + kind.type() + " maxelem 10001 timeout 5", lines.getFirst());
        final Set<String> elements = new HashSet<>(lines.subList(1, lines.size()));
        assertEquals(10_001, elements.size());
    }

    @Test
    void shouldHaveNetworksOfEightLengthsWhenThereAreTen() throws IOException {
        final Set<String> lengths = new HashSet<>();
        lines(new MadeSet(SetKind.NET, 10)).stream().filter(line -> line.startsWith("add")).forEach(line ->
                lengths.add(line.substring(line.indexOf('/') + 1)));
        assertEquals(Set.of("20", "22", "24", "26", "28", "29", "30", "32"), lengths);
    }

    @ParameterizedTest
    @EnumSource(SetKind.class)
    void shouldKnowWhatIsInASet(final SetKind kind) {
        final MadeSet set = new MadeSet(kind, 1_000);
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            assertTrue(set.isIn(set.hit(random)));
            assertFalse(set.isIn(set.miss(random)));
        }
    }

    private List<String> lines(final MadeSet set) throws IOException {
        final Path file = folder.resolve("set");
        set.write(file, "x", "timeout 5");
        return Files.readAllLines(file);
    }
}
