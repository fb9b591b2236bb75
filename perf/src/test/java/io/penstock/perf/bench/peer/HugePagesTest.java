package io.penstock.perf.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.perf.bench.measure.DpdkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HugePagesTest {

    @TempDir
    private Path folder;

    @Test
    void shouldLetTheKernelMakeWhatIsNotThereAndTakeItBack() throws IOException {
        write("10", "3");
        try (HugePages pages = HugePages.reserve(folder, 100)) {
            assertEquals("53", Files.readString(allowed()));
            assertEquals(List.of("--in-memory", "-m", "100"), pages.options());
        }
        assertEquals("3", Files.readString(allowed()));
    }

    @Test
    void shouldChangeNothingWhenEnoughAreFree() throws IOException {
        write("50\n", "3\n");
        try (HugePages pages = HugePages.reserve(folder, 100)) {
            assertEquals(List.of("--in-memory", "-m", "100"), pages.options());
            assertEquals("3\n", Files.readString(allowed()));
        }
        assertEquals("3\n", Files.readString(allowed()));
    }

    @Test
    void shouldDoWithoutOnAKernelThatHasNone() {
        try (HugePages pages = HugePages.reserve(folder.resolve("none"), 100)) {
            assertEquals(List.of("--no-huge", "-m", "100", "--file-prefix=" + DpdkFolder.prefix()), pages.options());
        }
    }

    private void write(final String free, final String allowed) throws IOException {
        Files.writeString(folder.resolve("free_hugepages"), free);
        Files.writeString(allowed(), allowed);
    }

    private Path allowed() {
        return folder.resolve("nr_overcommit_hugepages");
    }
}
