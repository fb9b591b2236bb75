package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceLockTest {

    @TempDir
    private Path folder;

    @Test
    void shouldNameTheProcessThatHasTheLock() {
        final Path socket = folder.resolve("a.sock");
        final long pid = ProcessHandle.current().pid();
        final InstanceLock held = InstanceLock.lock(socket);
        assertEquals("a data plane runs already in this network namespace: pid=" + pid + "; stop it with 'kill " + pid
                + "', or start this one in another namespace", refusal(socket));
        held.close();
        InstanceLock.lock(socket).close();
    }

    @Test
    void shouldSayInTheSystemsWordsWhyThereIsNoLock() throws IOException {
        final Path file = Files.createFile(folder.resolve("file"));
        final Path lock = file.resolve("a.lock");
        assertEquals("the lock file cannot be made: " + lock + ": a file is where the folder should be; run as root, or give "
                + "--socket a path in a folder that you may write to", refusal(file.resolve("a.sock")));
    }

    private static String refusal(final Path socket) {
        return assertThrows(RunException.class, () -> InstanceLock.lock(socket)).getMessage();
    }
}
