package io.penstock.os.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.xdp.XskException.Reason;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Opening and closing AF_XDP sockets, and what is said when it fails. */
@Privileged
class XskSocketTest {

    private XskBench bench;

    @BeforeEach
    void makeNamespaces() throws Exception {
        bench = new XskBench();
    }

    @AfterEach
    void removeNamespaces() {
        if (bench != null) {
            bench.close();
        }
    }

    @Test
    void shouldRunInCopyModeAndSayWhyWhenTheDriverHasNoZeroCopy() throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL);
        assertEquals(XskMode.COPY, d0.mode());
        assertEquals("zero-copy mode was refused: errno=EOPNOTSUPP driver=veth", d0.modeReason());
        final XskSocket d1 = bench.open("d1", bench.umem, XskBench.SMALL);
        assertEquals(XskMode.COPY, d1.mode());
        assertEquals("the UMEM's first socket, on d0, decided", d1.modeReason());
        assertEquals(new XskStatistics(0, 0, 0, 0, 0, 0), d1.statistics());
        assertEquals("d1:0 (copy)", d1.toString());
    }

    @Test
    void shouldFailWhenZeroCopyIsDemandedOfADriverWithoutIt() {
        final XskException e = assertThrows(XskException.class,
                () -> bench.open("d0", bench.umem, XskBench.SMALL.withMode(XskMode.ZERO_COPY)));
        assertEquals("d0 has no AF_XDP in zero-copy mode: errno=EOPNOTSUPP driver=veth; set mode auto or copy",
                e.getMessage());
        assertEquals(Reason.UNSUPPORTED, e.reason());
        assertEquals(Errno.EOPNOTSUPP, e.errno());
    }

    @Test
    void shouldFailWhenTheModeContradictsTheUmems() throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL.withMode(XskMode.COPY));
        assertEquals("copy mode was asked for", d0.modeReason());
        final XskException e = assertThrows(XskException.class,
                () -> bench.open("d1", bench.umem, XskBench.SMALL.withMode(XskMode.ZERO_COPY)));
        assertEquals("d1 is to run in zero-copy mode, but its UMEM runs in copy mode since d0 was opened; give d1 a UMEM of"
                + " its own, or ask for mode auto or copy", e.getMessage());
        assertEquals(Reason.CONFLICT, e.reason());
    }

    @Test
    void shouldFailWhenTheQueueDoesNotExist() {
        final XskException e = assertThrows(XskException.class, () -> bench.open("d0", 7, bench.umem, XskBench.SMALL));
        assertEquals("queue 7 does not exist on d0: queues=1; set queues: 1", e.getMessage());
        assertEquals(Reason.MISSING, e.reason());
    }

    @Test
    @Privileged(programs = "ethtool")
    void shouldNameTheCommandThatMakesTheQueueWhenTheDeviceCouldHaveIt() throws Exception {
        bench.mid.ip("link add m0 numrxqueues 8 numtxqueues 8 type veth peer name m1");
        bench.mid.exec("ethtool -L m0 rx 4 tx 4");
        bench.mid.ip("link set m0 up");
        final XskException e = assertThrows(XskException.class, () -> bench.open("m0", 7, bench.umem, XskBench.SMALL));
        assertEquals("queue 7 does not exist on m0: queues=4; run 'ethtool -L m0 rx 8 tx 8' or set queues: 4",
                e.getMessage());
        bench.mid.exec("ethtool -L m0 rx 8 tx 8");
        assertEquals(7, bench.open("m0", 7, bench.umem, XskBench.SMALL).queue());
    }

    @Test
    void shouldFailWhenThereIsNoSuchDevice() {
        final XskException e = assertThrows(XskException.class, () -> NetNs.within(bench.mid.name(),
                () -> XskSocket.open(9999, "gone0", 0, bench.umem, XskBench.SMALL)));
        assertEquals("gone0 is not there: errno=ENODEV; list the devices of this network namespace with 'ip link'",
                e.getMessage());
        assertEquals(Reason.MISSING, e.reason());
    }

    @Test
    void shouldSayThatThisProcessHoldsTheQueueOrWhoElseCould() throws Exception {
        bench.open("d0", bench.umem, XskBench.SMALL);
        try (Umem other = Umem.create(64, 4096, 64, MappedMemory.Pages.NORMAL)) {
            final XskException e =
                    assertThrows(XskException.class, () -> bench.open("d0", other, XskBench.SMALL));
            assertEquals(Reason.BUSY, e.reason());
            assertEquals(Errno.EBUSY, e.errno());
            // Other tests on the same machine may hold AF_XDP sockets of their own.
            assertTrue(e.getMessage().matches("queue 0 of d0 is held by another AF_XDP socket: errno=EBUSY waitedMs=1000; "
                    + "(the only process seen with AF_XDP sockets is this one, which has 1 more: close the one on this queue"
                    + " first|AF_XDP sockets are open in process(es)? .*: stop the one that serves d0)"
                    + ", or choose another queue"), e.getMessage());
        }
        assertEquals("queue 0 of d0 is already open in this UMEM: socket=d0:0 (copy); close that socket first",
                assertThrows(IllegalArgumentException.class, () -> bench.open("d0", bench.umem, XskBench.SMALL))
                        .getMessage());
    }

    @Test
    void shouldNameTheProcessThatHoldsTheQueueAndTakeItOverWhenThatEnds() throws Exception {
        final Process holder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp",
                location(XskSocket.class) + ':' + location(QueueHolder.class) + ':' + location(UnsafeApi.class), QueueHolder.class.getName(),
                bench.mid.name(), Integer.toString(XskBench.ifindex(bench.mid, "d0")), "d0")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            final BufferedReader output =
                    new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
            assertEquals("held", output.readLine());
            final XskException e =
                    assertThrows(XskException.class, () -> bench.open("d0", bench.umem, XskBench.SMALL));
            assertTrue(e.getMessage().contains(holder.pid() + " (java)"), e.getMessage());
        } finally {
            holder.destroyForcibly();
        }
        assertEquals(137, holder.waitFor());
        assertEquals("d0:0 (copy)", bench.open("d0", bench.umem, XskBench.SMALL).toString());
    }

    @Test
    void shouldRegisterTheFramesAgainWhenAllSocketsWereClosed() throws Exception {
        final XskSocket d0 = bench.open("d0", bench.umem, XskBench.SMALL);
        final XskSocket d1 = bench.open("d1", bench.umem, XskBench.SMALL);
        assertEquals("a UMEM cannot be closed while sockets use it: sockets=[d0:0 (copy), d1:0 (copy)]",
                assertThrows(IllegalStateException.class, bench.umem::close).getMessage());
        d0.close();
        d0.close();
        assertEquals("the socket is closed: d0:0 (copy)",
                assertThrows(IllegalStateException.class, d0::statistics).getMessage());
        // The first is gone; the second one stands for the UMEM now.
        final XskSocket again = bench.open("d0", bench.umem, XskBench.SMALL);
        assertEquals("the UMEM's first socket, on d1, decided", again.modeReason());
        d1.close();
        again.close();
        assertEquals("zero-copy mode was refused: errno=EOPNOTSUPP driver=veth",
                bench.open("d1", bench.umem, XskBench.SMALL).modeReason());
    }

    @Test
    void shouldUndoEverythingWhenOpeningFails() throws Exception {
        final int before = XskHolders.own();
        assertThrows(XskException.class,
                () -> bench.open("d0", bench.umem, XskBench.SMALL.withMode(XskMode.ZERO_COPY)));
        assertEquals(before, XskHolders.own());
        bench.open("d0", bench.umem, XskBench.SMALL);
        assertEquals(before + 1, XskHolders.own());
    }

    @Test
    void shouldReadChannelsAndDriverOfTheCallersNamespace() throws Exception {
        NetNs.within(bench.mid.name(), () -> {
            assertEquals(1, DeviceChannels.read("d0").orElseThrow().queues());
            assertEquals("veth", DeviceChannels.driver("d0"));
            assertTrue(DeviceChannels.read("p0").isEmpty(), "p0 is in another namespace");
            assertTrue(DeviceChannels.read("a-name-that-is-too-long").isEmpty());
            assertEquals("unknown", DeviceChannels.driver("p0"));
            return List.of();
        });
    }

    private static String location(final Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }
}
