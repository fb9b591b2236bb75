package io.penstock.conntrack.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The system's names of protocols. */
final class ProtocolNames {

    private final ConntrackFiles files;

    ProtocolNames(final ConntrackFiles files) {
        this.files = files;
    }

    /** The number of a name or an alias, -1 if there is none. */
    int number(final String name) {
        final String[] row = row(name, -1);
        return row == null ? -1 : Integer.parseInt(row[1]);
    }

    /** The name of a number, or null. */
    String name(final int number) {
        final String[] row = row(null, number);
        return row == null ? null : row[0];
    }

    private String[] row(final String name, final int number) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(files.read(ConntrackFiles.PROTOCOLS), StandardCharsets.ISO_8859_1))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                final String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
                if (words.length < 2 || !words[1].matches("[0-9]{1,3}")) {
                    continue;
                }
                boolean isIt = words[1].equals(Integer.toString(number));
                for (int i = 0; name != null && i < words.length; i++) {
                    isIt |= i != 1 && words[i].equals(name);
                }
                if (isIt) {
                    return words;
                }
            }
        } catch (final IOException missing) {
            return null;
        }
        return null;
    }
}
