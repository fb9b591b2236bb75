package io.penstock.dataplane.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AvailableMemoryTest {

    @TempDir
    Path folder;

    @Test
    void shouldGivePagesWhenTheFileTells() throws IOException {
        assertEquals(1_250, pages("MemTotal:  999999 kB\nMemFree:     100 kB\nMemAvailable:    5003 kB\nBuffers: 1 kB\n"));
    }

    @Test
    void shouldNotBeShortWhenNobodyCanTell() throws IOException {
        assertEquals(AvailableMemory.UNKNOWN, pages("MemTotal:  999999 kB\n"));
        assertEquals(AvailableMemory.UNKNOWN, pages("MemAvailable: much kB\n"));
        assertEquals(AvailableMemory.UNKNOWN, new AvailableMemory(folder.resolve("none")).getAsLong());
    }

    @Test
    void shouldReadThisMachinesWhenItHasOne() {
        final long pages = new AvailableMemory(Path.of("/proc/meminfo")).getAsLong();
        assertTrue(pages > 0 && pages < AvailableMemory.UNKNOWN, () -> "pages=" + pages);
    }

    private long pages(final String text) throws IOException {
        return new AvailableMemory(Files.writeString(folder.resolve("meminfo"), text)).getAsLong();
    }
}
