package io.penstock.dataplane.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.StolenPackets;
import io.penstock.dataplane.hot.ipvs.ServiceRig;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.os.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the first service takes cannot be had: there is no service then, nothing is left of the attempt, and the next one succeeds. */
final class FirstServiceTest {

    private static final ServiceKey WEB = ServiceRig.tcp(ServiceRig.VIP, 80);
    private static final long MIB = 1 << 20;
    /** What else a JVM may map meanwhile. */
    private static final long SLACK_MIB = 4096;

    /** Hooks that refuse what a test says, and count what is registered. */
    private static final class Refusing implements HookRegistrar {

        private final HookRegistrar hooks;
        private String refused = "nothing";
        private int registered;

        private Refusing(final HookRegistrar hooks) {
            this.hooks = hooks;
        }

        @Override
        public Registration register(final List<HookOps> array) {
            if (array.getFirst().name().startsWith(refused)) {
                throw new HookException("there is no room");
            }
            final Registration registration = hooks.register(array);
            registered++;
            return () -> {
                registered--;
                registration.close();
            };
        }

        @Override
        public Registration registerQueueHandler(final String namespace, final QueueHandler handler) {
            return hooks.registerQueueHandler(namespace, handler);
        }

        @Override
        public StolenPackets stolenPackets() {
            return hooks.stolenPackets();
        }
    }

    private static void assertServes(final ServiceRig rig) throws ServiceProblem {
        rig.add(WEB, "rr");
        rig.server(WEB, "10.1.0.1", 80, Forwarding.MASQUERADE);
        assertEquals("forwarded 10.0.0.1:4000 > 10.1.0.1:80",
                rig.fromClient(FlowPackets.tcp(ServiceRig.CLIENT, 4000, ServiceRig.VIP, 80, FlowPackets.SYN, 1, 0)));
        rig.engine.assertBooks();
    }

    @ParameterizedTest
    @ValueSource(strings = {"virtual services", "conntrack"})
    void shouldHaveNoServiceWhenItsFunctionsAreRefused(final String refused) throws ServiceProblem {
        final Refusing[] hooks = new Refusing[1];
        try (ServiceRig rig = new ServiceRig(all -> hooks[0] = new Refusing(all))) {
            hooks[0].refused = refused;
            for (int i = 0; i < 2; i++) {
                assertThrows(HookException.class, () -> rig.add(WEB, "rr"));
                assertEquals(List.of(), rig.services.services());
                assertEquals(0, hooks[0].registered);
            }
            hooks[0].refused = "nothing";
            assertServes(rig);
            rig.services.flush();
            assertEquals(0, hooks[0].registered);
        }
    }

    /** Room for a part of the first table, nearly all of it, it and a part of the second one, nearly both. */
    @ParameterizedTest
    @ValueSource(longs = {10_000, 13_400, 24_000, 32_000})
    void shouldHaveNoServiceWhenAddressSpaceIsShort(final long leftMiB) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit(1) limits the address space");
        assumeTrue(Files.readString(Path.of("/proc/self/limits")).matches("(?s).*\nMax address space +unlimited +unlimited .*"),
                "the limit can be taken back");
        try (ServiceRig rig = new ServiceRig()) {
            final long before = mappedMiB();
            limit(Long.toString((before + leftMiB) * MIB));
            try {
                assertThrows(SysException.class, () -> rig.add(WEB, "rr"));
                assertThrows(SysException.class, () -> rig.add(WEB, "rr"));
            } finally {
                limit("unlimited");
            }
            assertEquals(List.of(), rig.services.services());
            final long after = mappedMiB();
            assertTrue(after - before < SLACK_MIB, () -> "before=" + before + " MiB after=" + after + " MiB");
            assertServes(rig);
        }
    }

    private static void limit(final String bytes) throws IOException, InterruptedException {
        final Process prlimit = new ProcessBuilder("prlimit", "--pid", Long.toString(ProcessHandle.current().pid()), "--as=" + bytes + ':')
                .inheritIO().start();
        assertEquals(0, prlimit.waitFor());
    }

    private static long mappedMiB() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmSize:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow() >> 10;
    }
}
