package io.penstock.os.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.testkit.Privileged;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

@Privileged
class BpfFolderTest {

    @Test
    void shouldOpenTheSameFolderAgain() throws Exception {
        try (BpfFolder folder = BpfFolder.open(); BpfFolder again = BpfFolder.openExisting()) {
            assertTrue(folder.shown("link").matches("(/sys/fs/bpf|/run/penstock/bpf)/penstock/link"), folder.shown("link"));
            assertEquals(folder.shown("link"), again.shown("link"));
            assertEquals(identity(folder), identity(again));
        }
    }

    private static Object identity(final BpfFolder folder) throws IOException {
        return List.of(Files.getAttribute(folder.path(""), "unix:ino"), Files.getAttribute(folder.path(""), "unix:dev"));
    }
}
