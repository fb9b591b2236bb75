package io.penstock.rules.text;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;

/** Files that commands name: those of whoever gave the command. Names are bytes, a character each. */
public interface CommandFiles {

    /** This process's own. */
    CommandFiles OWN = new CommandFiles() {

        @Override
        public InputStream read(final String name) throws IOException {
            try {
                // Like the C library's, which opens a directory and reads nothing from it.
                return Files.isDirectory(FileNames.of(name)) ? InputStream.nullInputStream()
                        : new FileInputStream(FileNames.of(name).toFile());
            } catch (final IOException | InvalidPathException problem) {
                throw new IOException(FileNames.reason(name), problem);
            }
        }

        @Override
        public OutputStream write(final String name) throws IOException {
            try {
                return new FileOutputStream(FileNames.of(name).toFile());
            } catch (final IOException | InvalidPathException problem) {
                throw new IOException(FileNames.reason(name), problem);
            }
        }
    };

    /**
     * Opens a file to read it.
     *
     * @throws IOException whose message is the reason in the C library's words
     */
    InputStream read(String name) throws IOException;

    /**
     * Opens a file to write it, which empties it.
     *
     * @throws IOException whose message is the reason in the C library's words
     */
    OutputStream write(String name) throws IOException;
}
