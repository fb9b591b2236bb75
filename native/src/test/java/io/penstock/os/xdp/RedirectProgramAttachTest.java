package io.penstock.os.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.bpf.XdpMode;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import io.penstock.os.xdp.RedirectProgram.AttachMode;
import java.io.BufferedReader;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The program on real devices: every way to end leaves nothing behind. */
@Privileged
class RedirectProgramAttachTest {

    private TestNetNs ns;
    private TestNetNs peer;

    @BeforeEach
    void make() {
        ns = TestNetNs.create("h2");
        peer = TestNetNs.create("h2");
        ns.veth("p0", peer, "p1");
    }

    @AfterEach
    void remove() {
        ns.close();
        peer.close();
    }

    @Test
    void shouldAttachNativeAndDetachWhenClosed() throws Exception {
        within((addresses, program) -> {
            final RedirectProgram.Attachment attachment = program.attach(ifindex("p0"), AttachMode.AUTO);

            assertEquals(XdpMode.NATIVE, attachment.mode());
            assertNull(attachment.nativeRefusal());
            assertTrue(ns.ip("-d link show p0").contains("prog/xdp id"));
            assertTrue(assertThrows(IllegalStateException.class, () -> program.attach(ifindex("p0"), AttachMode.AUTO))
                    .getMessage().startsWith("a redirect program serves one port, and is attached already: ifindex="));
        });
        assertClean();
    }

    @Test
    void shouldFallBackToGenericAndTellWhyWhenNativeIsRefused() throws Exception {
        peer.ip("link set p1 mtu 9000");
        within((addresses, program) -> {
            final RedirectProgram.Attachment attachment = program.attach(ifindex("p0"), AttachMode.AUTO);

            assertEquals(XdpMode.GENERIC, attachment.mode());
            assertNotNull(attachment.nativeRefusal());
            assertTrue(attachment.nativeRefusal().getMessage().contains("mode=NATIVE): ERANGE"), attachment.nativeRefusal().getMessage());
            assertTrue(ns.ip("-d link show p0").contains("xdpgeneric"));
        });
        assertClean();
    }

    @Test
    void shouldNameTheOtherProgramWhenTheDeviceIsTaken() throws Exception {
        within((addresses, program) -> {
            program.attach(ifindex("p0"), AttachMode.GENERIC);
            try (RedirectProgram second = RedirectProgram.load(addresses, 1, 1, false)) {
                for (final AttachMode mode : AttachMode.values()) {
                    final SysException e = assertThrows(SysException.class, () -> second.attach(ifindex("p0"), mode));
                    assertTrue(e.getMessage().contains("another XDP program is attached to p0: id=" + program.program().id()
                            + " name=penstock_redir mode=GENERIC held by process " + ProcessHandle.current().pid()), e.getMessage());
                }
            }
        });
        assertClean();
    }

    @Test
    void shouldLeaveNothingWhenTheProcessIsKilled() throws Exception {
        final Process child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-cp", classPath(),
                Holder.class.getName(), ns.name(),
                Integer.toString(ifindex("p0"))).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("attached", out.readLine());
            assertTrue(ns.ip("-d link show p0").contains("prog/xdp id"));
        } finally {
            child.destroyForcibly().waitFor();
        }
        // The kernel frees a dead process's links from a work queue.
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (ns.ip("-d link show p0").contains("xdp") && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(10_000_000);
        }
        assertClean();
    }

    /** The process that is killed. */
    static final class Holder {

        private Holder() {
        }

        /** Attaches a program to the device given by namespace and ifindex, says so, and waits. */
        public static void main(final String[] args) throws Exception {
            NetNs.enter(args[0]);
            try (HostAddresses addresses = HostAddresses.create();
                    RedirectProgram program = RedirectProgram.load(addresses, 1, 1, false)) {
                program.attach(Integer.parseInt(args[1]), AttachMode.NATIVE);
                System.out.println("attached");
                System.in.read();
            }
        }
    }

    private interface Body {
        void run(HostAddresses addresses, RedirectProgram program) throws Exception;
    }

    private void within(final Body body) throws Exception {
        NetNs.within(ns.name(), () -> {
            try (HostAddresses addresses = HostAddresses.create();
                    RedirectProgram program = RedirectProgram.load(addresses, 1, 0x0200_0000_0001L, true)) {
                body.run(addresses, program);
            }
            return null;
        });
    }

    private void assertClean() {
        final String after = ns.ip("-d link show p0");
        assertFalse(after.contains("xdp"), after);
    }

    private int ifindex(final String device) {
        return Integer.parseInt(ns.ip("-o link show %s", device).split(":")[0]);
    }

    private static String classPath() throws URISyntaxException {
        return location(RedirectProgram.class) + File.pathSeparator + location(Holder.class) + File.pathSeparator + location(UnsafeApi.class);
    }

    private static Path location(final Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
