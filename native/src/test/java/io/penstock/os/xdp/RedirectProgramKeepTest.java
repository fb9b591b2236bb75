package io.penstock.os.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.bpf.BpfFolder;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import io.penstock.os.xdp.RedirectProgram.AttachMode;
import java.io.BufferedReader;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attachments that outlive their process, and those who take them over. */
@Privileged
class RedirectProgramKeepTest {

    private static final String NAME = "test-keep-" + ProcessHandle.current().pid();

    private TestNetNs ns;
    private TestNetNs peer;
    private BpfFolder folder;
    private Path pin;

    @BeforeEach
    void make() {
        ns = TestNetNs.create("keep");
        peer = TestNetNs.create("keep");
        ns.veth("p0", peer, "p1");
        ns.ip("addr add 10.9.0.1/24 dev p0");
        peer.ip("addr add 10.9.0.2/24 dev p1");
        folder = BpfFolder.open();
        pin = folder.path(NAME);
    }

    @AfterEach
    void remove() throws Exception {
        Files.deleteIfExists(pin);
        folder.close();
        ns.close();
        peer.close();
    }

    @Test
    void shouldDropAfterTheProcessIsKilledUntilAnotherTakesOver() throws Exception {
        // Inside a mount namespace of its own, as 'ip netns exec' makes one: the pin must not go with it.
        final Process child = new ProcessBuilder("ip", "netns", "exec", ns.name(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-cp", classPath(),
                Keeper.class.getName(),
                Integer.toString(ifindex()), NAME).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("kept", out.readLine());
            assertFalse(answers(), "a program that drops what nobody serves");
        } finally {
            child.destroyForcibly().waitFor();
        }

        assertTrue(ns.ip("-d link show p0").contains("prog/xdp id"), "still attached");
        assertFalse(answers());
        resume(AttachMode.AUTO, program -> {
            assertEquals(XdpMode.NATIVE, program.attachment().mode());
            assertFalse(answers(), "the old program is in force until the new one serves");
            program.serve(null);
            assertFalse(Files.exists(pin));
            assertTrue(answers());
        });
        assertFalse(ns.ip("-d link show p0").contains("xdp"), "gone with the one that took it over");
    }

    @Test
    void shouldRemoveThePinWhenItIsClosed() throws Exception {
        resume(AttachMode.NATIVE, program -> {
            program.serve(pin);
            assertTrue(Files.exists(pin));
        });

        assertFalse(Files.exists(pin));
        assertFalse(ns.ip("-d link show p0").contains("xdp"));
    }

    @Test
    void shouldNotTakeOverWhatALivingProcessHas() throws Exception {
        resume(AttachMode.NATIVE, first -> {
            first.serve(pin);
            try (HostAddresses addresses = HostAddresses.create();
                    RedirectProgram second = RedirectProgram.load(addresses, 1, 1, false)) {
                assertFalse(second.resume(ifindex(), AttachMode.AUTO, pin));
            }
        });
    }

    @Test
    void shouldForgetAPinWhoseDeviceIsGone() throws Exception {
        resume(AttachMode.NATIVE, program -> {
            program.serve(pin);
            ns.ip("link del p0");
            ns.veth("p0", peer, "p1");
            try (HostAddresses addresses = HostAddresses.create();
                    RedirectProgram second = RedirectProgram.load(addresses, 1, 1, false)) {
                assertFalse(second.resume(ifindex(), AttachMode.AUTO, pin));
                assertFalse(Files.exists(pin));
            }
        });
    }

    private interface Body {
        void run(RedirectProgram program) throws Exception;
    }

    /** A program that is attached, taken over where something is pinned. */
    private void resume(final AttachMode mode, final Body body) throws Exception {
        NetNs.within(ns.name(), () -> {
            try (HostAddresses addresses = HostAddresses.create();
                    RedirectProgram program = RedirectProgram.load(addresses, 1, 1, false)) {
                program.setMac(mac());
                if (!program.resume(ifindex(), mode, pin)) {
                    program.attach(ifindex(), mode);
                }
                body.run(program);
            }
            return null;
        });
    }

    /** The process that is killed. */
    static final class Keeper {

        private Keeper() {
        }

        /** Attaches to the device with the given ifindex, pins that at the given path, says so, and waits. */
        public static void main(final String[] args) throws Exception {
            try (HostAddresses addresses = HostAddresses.create();
                    RedirectProgram program = RedirectProgram.load(addresses, 1, mac(), false)) {
                program.attach(Integer.parseInt(args[0]), AttachMode.NATIVE);
                try (BpfFolder pins = BpfFolder.open()) {
                    program.serve(pins.path(args[1]));
                    System.out.println("kept");
                    System.in.read();
                }
            }
        }

        private static long mac() throws Exception {
            final Process ip = new ProcessBuilder("cat", "/sys/class/net/p0/address").start();
            return number(new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim());
        }
    }

    private boolean answers() throws Exception {
        return new ProcessBuilder("ip", "netns", "exec", peer.name(), "ping", "-q", "-c", "2", "-i", "0.1", "-W", "0.3", "10.9.0.1")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    }

    private long mac() {
        return number(ns.ip("-o link show p0").replaceAll("(?s).*link/ether ([0-9a-f:]{17}).*", "$1"));
    }

    private static long number(final String mac) {
        return Long.parseLong(mac.replace(":", ""), 16);
    }

    private int ifindex() {
        return Integer.parseInt(ns.ip("-o link show p0").split(":")[0]);
    }

    private static String classPath() throws Exception {
        return location(RedirectProgram.class) + File.pathSeparator + location(Keeper.class) + File.pathSeparator + location(UnsafeApi.class);
    }

    private static Path location(final Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
