package io.penstock.conntrack.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that the command reads: those of whoever gave it. Names are bytes, a character each. */
@FunctionalInterface
public interface ConntrackFiles {

    /** Names of labels. */
    String LABELS = "/etc/xtables/connlabel.conf";
    /** Names of protocols. */
    String PROTOCOLS = "/etc/protocols";

    /** This process's own. */
    ConntrackFiles OWN = name -> {
        try {
            return Files.newInputStream(Path.of(name));
        } catch (final NoSuchFileException missing) {
            throw new IOException("No such file or directory", missing);
        }
    };

    /**
     * Opens a file to read it.
     *
     * @throws IOException whose message is the reason in the C library's words
     */
    InputStream read(String name) throws IOException;
}
