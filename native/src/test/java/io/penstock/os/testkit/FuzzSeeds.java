package io.penstock.os.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The inputs that are kept for a fuzz target, under {@code fuzz/NAME} of its module's test resources: good ones for the fuzzer to
 * start from, and, named {@code find-...}, each that once showed a defect.
 */
public final class FuzzSeeds {

    private FuzzSeeds() {
    }

    /** A test for each input, named after its file. */
    public static Stream<DynamicTest> tests(final String name, final Consumer<byte[]> target) {
        return files(name).stream().map(file -> DynamicTest.dynamicTest(
                name + '/' + file.getFileName(), () -> target.accept(Files.readAllBytes(file))));
    }

    private static List<Path> files(final String name) {
        final URL folder = FuzzSeeds.class.getResource("/fuzz/" + name);
        if (folder == null) {
            throw new IllegalArgumentException("the target has no inputs: name=" + name);
        }
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            return files.sorted().toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
