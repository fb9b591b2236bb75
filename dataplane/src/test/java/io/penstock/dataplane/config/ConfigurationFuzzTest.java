package io.penstock.dataplane.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever the bytes of the file: a configuration, or a refusal in one line that starts with the file. */
class ConfigurationFuzzTest {

    private static final String SEED = """
            ports: { lan: { device: d0 }, wan: { device: d1, attach: auto, queues: 1 } }
            workers: { cpus: [1], idle: adaptive }
            sysctl: { net.netfilter.nf_conntrack_max: 1048576 }
            network:
              addresses: { lan: &a [10.0.0.254/24, "2001:db8::fe/64"], wan: *a }
              routes: [ { to: default, via: 192.0.2.254, port: wan } ]
              neighbours:
                - ip: 192.0.2.254
                  mac: "02:00:00:00:00:fe"
                  port: wan
            """;

    private static Path file;

    @BeforeContainer
    static void create() throws IOException {
        file = Files.createTempFile("penstock", ".yaml");
    }

    @AfterContainer
    static void delete() throws IOException {
        Files.delete(file);
    }

    @Property(tries = 1_000)
    void shouldRefuseInOneLineWhenTheFileIsDamaged(@ForAll final long seed) throws IOException {
        final Random random = new Random(seed);
        final byte[] bytes = SEED.getBytes(StandardCharsets.UTF_8);
        final String interesting = "[]{}:,-?&*!|>'\"%@`# \n\t~<0a";
        for (int i = random.nextInt(6); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = random.nextInt(10) == 0
                    ? (byte) random.nextInt()
                    : (byte) interesting.charAt(random.nextInt(interesting.length()));
        }
        Files.write(file, bytes);
        try {
            new ConfigurationBuilder().file(file).build();
        } catch (final ConfigurationException e) {
            assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
            assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
        }
    }
}
