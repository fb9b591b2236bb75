package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.testkit.Packets;
import io.penstock.dataplane.testkit.TestEngine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hook modules in jars: the sample in {@code docs/samples}, built from the very source that is shipped, and broken jars. */
class HookJarsTest {

    private static final String SAMPLE = "docs/samples/drop-from-device";
    private static final String DEVICE = "PENSTOCK_DROP_DEVICE";
    private static final String SERVICE = "META-INF/services/io.penstock.dataplane.api.HookModule";

    @TempDir
    private Path folder;

    private final TestEngine engine = new TestEngine();

    @AfterEach
    void close() {
        System.clearProperty(DEVICE);
        engine.assertBooks();
        engine.close();
    }

    @Test
    void shouldDropWhatComesFromTheDeviceWhenTheSampleIsLoaded() throws IOException {
        System.setProperty(DEVICE, "lan");
        HookJars.load(List.of(sample()), engine.hooks);
        engine.receive(TestEngine.LAN, Packets.udp4("10.1.0.5"), Packets.udp6("2001:db8:1::5"), Packets.udp4("10.0.0.254"));
        for (int i = 0; i < 3; i++) {
            assertEquals("dropped hook_drop", engine.outcome(i));
        }
        engine.receive(TestEngine.DMZ, Packets.udp4("10.1.0.5"), Packets.udp6("2001:db8:1::5"), Packets.udp4("10.0.0.254"));
        assertEquals("forwarded", engine.outcome(0));
        assertEquals("forwarded", engine.outcome(1));
        assertEquals("delivered", engine.outcome(2));
        assertEquals(List.of("drop-from-lan"), engine.hooks.list().stream().map(HookOps::name).toList());
    }

    @Test
    void shouldTellWhatTheSampleLacks() throws IOException {
        final Path jar = sample();
        assertEquals("hook jar " + jar + " was refused: PENSTOCK_DROP_DEVICE is not set; name the device whose packets to drop",
                refusal(jar));
    }

    @Test
    void shouldTellWhichJarCannotBeRead() {
        final Path missing = folder.resolve("missing.jar");
        assertEquals("hook jar " + missing + " cannot be read; check the path given to --hook-jar", refusal(missing));
    }

    @Test
    void shouldTellWhichJarHasNoModule() throws IOException {
        final Path jar = jar("empty.jar", folder.resolve("nothing"), "");
        assertEquals("hook jar " + jar + " has no module: name a public class that implements "
                + "io.penstock.dataplane.api.HookModule in " + SERVICE + ", or one of rules' io.penstock.rules.api.MatchKind or "
                + "io.penstock.rules.api.TargetKind in the file of that name", refusal(jar));
    }

    @Test
    void shouldTellWhichFileIsNoJar() throws IOException {
        final Path text = Files.writeString(folder.resolve("hooks.txt"), "not an archive");
        assertEquals("hook jar " + text + " is no jar file; build one with 'jar --create'", refusal(text));
    }

    @Test
    void shouldTellWhichJarNamesAClassThatIsNotThere() throws IOException {
        final Path jar = jar("wrong.jar", folder.resolve("nothing"), "samples.Missing");
        assertTrue(refusal(jar).startsWith("hook jar " + jar + " cannot be loaded: "), refusal(jar));
        assertTrue(refusal(jar).contains("samples.Missing"), refusal(jar));
    }

    @Test
    void shouldTellWhichJarIsForANewerJava() throws IOException {
        final Path classes = compileSample();
        final Path module = classes.resolve("samples/DropFromDevice.class");
        final byte[] bytes = Files.readAllBytes(module);
        bytes[7] = 99;
        Files.write(module, bytes);
        final Path jar = jar("newer.jar", classes, "samples.DropFromDevice");
        assertTrue(refusal(jar).startsWith("hook jar " + jar + " cannot be loaded: "), refusal(jar));
        assertTrue(refusal(jar).contains("class file version 99"), refusal(jar));
    }

    private String refusal(final Path jar) {
        return assertThrows(RunException.class, () -> HookJars.load(List.of(jar), engine.hooks)).getMessage();
    }

    private Path sample() throws IOException {
        return jar("sample.jar", compileSample(), Files.readString(checkout().resolve(SAMPLE).resolve(SERVICE)));
    }

    private Path compileSample() throws IOException {
        final Path classes = Files.createDirectories(folder.resolve("classes"));
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            final boolean done = compiler.getTask(messages, files, null,
                    List.of("-Xlint:all", "-Werror", "-proc:none", "-d", classes.toString(), "-cp", apiClasses().toString()), null,
                    files.getJavaFileObjects(checkout().resolve(SAMPLE).resolve("DropFromDevice.java"))).call();
            assertTrue(done, messages::toString);
        }
        return classes;
    }

    /** Where the API's classes lie: not on the class path proper when a launcher loads them. */
    private static Path apiClasses() {
        return Path.of(HookOps.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    private Path jar(final String name, final Path classes, final String service) throws IOException {
        final Path jar = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
            if (Files.isDirectory(classes)) {
                try (Stream<Path> files = Files.walk(classes)) {
                    files.filter(Files::isRegularFile).forEach(file -> add(entries, classes.relativize(file).toString(), file));
                }
            }
            entries.putNextEntry(new JarEntry(SERVICE));
            entries.write(service.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    private static void add(final JarOutputStream jar, final String name, final Path file) {
        try {
            jar.putNextEntry(new JarEntry(name));
            Files.copy(file, jar);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path checkout() {
        Path here = Path.of("").toAbsolutePath();
        while (here != null && !Files.isDirectory(here.resolve(SAMPLE))) {
            here = here.getParent();
        }
        assertTrue(here != null, "no checkout around " + Path.of("").toAbsolutePath());
        return here;
    }
}
