package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.os.bpf.KeptAttachments;
import io.penstock.os.bpf.KeptAttachments.Abandoned;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import io.penstock.os.xdp.XskException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of traffic when a data plane ends: asked to, by a failure, and what the next one makes of it. A process that is
 * killed is .ci/e2e/on-death.sh's.
 */
@Timeout(60)
@Privileged(programs = {"ping", "taskset"})
class OnDeathTest {

    @TempDir
    private Path folder;

    @Test
    void shouldDropUntilServedAgainWhenItEndsByAFailure() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true);
            final String last = endByFailure(router, "drop");
            assertEquals(4, abandoned(router).size(), abandoned(router).toString());
            assertTrue(last.contains("what comes in by d0, d1 and what this host sends by d0, d1 is dropped by pinned programs "
                    + "that no process serves (on-death: drop); start it again with 'penstock run', or end this with 'rm /"), last);
            assertFalse(passes(router.client, TestRouter.SERVER), "forwarded");
            assertFalse(passes(router.client, TestRouter.ROUTER), "to the router");
            assertFalse(passes(router.dut, TestRouter.SERVER), "from the router");

            router.start(configuration("on-death: drop"));
            router.ping(router.client, TestRouter.SERVER);
            router.ping(router.client, TestRouter.ROUTER);
            router.ping(router.dut, TestRouter.SERVER);
            assertEquals(List.of(), abandoned(router), "served");
            router.stop();

            assertEquals(List.of(), abandoned(router));
            assertFalse(router.dut.ip("-d link").contains("prog/xdp"), "asked to end");
            router.ping(router.client, TestRouter.SERVER6);
            router.ping(router.dut, TestRouter.SERVER6);
        }
    }

    @Test
    void shouldTakeOverAndUnpinWhenTheKernelIsToCarryOn() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true);
            endByFailure(router, "drop");
            router.start(configuration("on-death: kernel\nlocal: kernel"));
            router.ping(router.client, TestRouter.SERVER);
            router.ping(router.dut, TestRouter.SERVER);
            router.stop();
            assertEquals(List.of(), abandoned(router));
            endByFailure(router, "kernel");
            assertEquals(List.of(), abandoned(router));
            router.ping(router.client, TestRouter.SERVER);
            router.ping(router.dut, TestRouter.SERVER);
        }
    }

    @Test
    void shouldDropOnWhenTheNextStartFails() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true);
            endByFailure(router, "drop");
            for (final String mode : List.of("drop", "kernel")) {
                assertThrows(XskException.class, () -> router.start(configuration(
                        "on-death: " + mode + "\nports: { d0: , d1: { copy: zero } }")));
                router.expectFailure();
                assertEquals(4, abandoned(router).size(), abandoned(router).toString());
                assertTrue(router.messages().contains("is dropped by pinned programs"), router.messages());
                assertFalse(passes(router.client, TestRouter.SERVER), "forwarded");
                assertFalse(passes(router.dut, TestRouter.SERVER), "from the router");
            }
            // Nothing was there before: nothing is left.
            abandoned(router).forEach(pin -> router.dut.exec("rm %s", pin.shown()));
            assertThrows(XskException.class, () -> router.start(configuration(
                    "on-death: drop\nports: { d0: , d1: { copy: zero } }")));
            router.expectFailure();
            assertEquals(List.of(), abandoned(router));
            router.ping(router.client, TestRouter.SERVER);
        }
    }

    /** Starts one, lets it end as it does when something in it fails, and returns what it printed. */
    private String endByFailure(final TestRouter router, final String onDeath) throws Exception {
        final ByteArrayOutputStream messages = new ByteArrayOutputStream();
        final String cpus = CpuAffinity.format(CpuAffinity.current());
        NetNs.within(router.dut.name(), () -> {
            try (DataPlane plane = new DataPlane(configuration("on-death: " + onDeath), folder.resolve("p.sock"),
                    new PrintStream(messages, true, StandardCharsets.UTF_8))) {
                plane.start();
            }
            return null;
        });
        router.dut.exec("taskset -apc %s %d", cpus, ProcessHandle.current().pid());
        return messages.toString(StandardCharsets.UTF_8);
    }

    private static List<Abandoned> abandoned(final TestRouter router) throws Exception {
        return NetNs.within(router.dut.name(), () -> {
            try (KeptAttachments attachments = KeptAttachments.openExisting()) {
                return attachments.abandoned();
            }
        });
    }

    private static boolean passes(final TestNetNs from, final String to) throws Exception {
        return new ProcessBuilder("ip", "netns", "exec", from.name(), "ping", "-q", "-c", "2", "-i", "0.1", "-W", "0.3", to)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    }

    private Configuration configuration(final String text) throws IOException {
        final Path file = Files.writeString(folder.resolve("c.yaml"), text.contains("ports:") ? text : "ports: { d0: , d1: }\n" + text);
        return new ConfigurationBuilder().file(file).cpus(List.of(CpuAffinity.current().length() - 1)).build();
    }
}
