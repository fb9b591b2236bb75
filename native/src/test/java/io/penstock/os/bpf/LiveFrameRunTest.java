package io.penstock.os.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.bpf.BpfIsa.Atomic;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frames really leave a veth's end and arrive at the other. */
@Privileged
class LiveFrameRunTest {

    private static final String LICENSE = "Apache-2.0";
    private static final byte[] TEMPLATE = new byte[60];
    private static final int FRAMES = 1000;

    private TestNetNs from;
    private TestNetNs to;
    private BpfMap count;
    private BpfProgram counter;
    private BpfLink counting;

    @BeforeEach
    void make() throws Exception {
        from = TestNetNs.create("h2");
        to = TestNetNs.create("h2");
        from.veth("v0", to, "v1");
        count = BpfMap.create(BpfMapType.ARRAY, "pt_count", 4, 8, 1, BpfMap.F_MMAPABLE);
        counter = BpfProgram.load(BpfProgramType.XDP, "pt_count", new BpfAssembler()
                .loadMapValue(Reg.R1, count, 0).mov(Reg.R2, 1).atomic(Atomic.ADD, Width.DOUBLE, Reg.R1, 0, Reg.R2)
                .mov(Reg.R0, XdpContext.XDP_DROP).exit(), LICENSE);
        counting = NetNs.within(to.name(), () -> BpfLink.attachXdp(counter, ifindex(to, "v1"), XdpMode.NATIVE));
    }

    @AfterEach
    void remove() {
        counting.close();
        counter.close();
        count.close();
        from.close();
        to.close();
    }

    @Test
    void shouldSendFromNowhereWhenTheProgramRedirects() throws Exception {
        final int device = ifindex(from, "v0");
        try (BpfProgram program = BpfProgram.load(BpfProgramType.XDP, "pt_redirect",
                        new BpfAssembler().mov(Reg.R1, device).mov(Reg.R2, 0).call(Helper.REDIRECT).exit(), LICENSE);
                LiveFrameRun run = new LiveFrameRun(program, TEMPLATE, 0, 16)) {
            assertArrived(run);
        }
    }

    @Test
    void shouldSendBackWhenTheFramesSeemToComeFromTheDevice() throws Exception {
        final int device = ifindex(from, "v0");
        try (BpfProgram program = BpfProgram.load(
                        BpfProgramType.XDP, "pt_tx", new BpfAssembler().mov(Reg.R0, XdpContext.XDP_TX).exit(), LICENSE);
                LiveFrameRun run = new LiveFrameRun(program, TEMPLATE, device, 16)) {
            try (BpfLink link = NetNs.within(from.name(), () -> BpfLink.attachXdp(program, device, XdpMode.NATIVE))) {
                assertEquals(device, link.info().ifindex());
                assertArrived(run);
            }
        }
    }

    @Test
    void shouldSayWhatIsNeededWhenTheDeviceDoesNotExist() {
        try (LiveFrameRun run = new LiveFrameRun(counter, TEMPLATE, 9999, 16)) {
            final SysException e = assertThrows(SysException.class, () -> run.run(1));
            assertEquals("bpf(PROG_TEST_RUN, program=pt_count, frame bytes=60): ENODEV (no such device); no such device in this"
                    + " network namespace; list them with 'ip link'", e.getMessage());
        }
        try (LiveFrameRun run = new LiveFrameRun(counter, new byte[13], 0, 16)) {
            final SysException e = assertThrows(SysException.class, () -> run.run(1));
            assertTrue(e.getMessage().contains("; frames have 14 to about 3500 bytes; live frames need kernel 5.18"), e.getMessage());
        }
    }

    private void assertArrived(final LiveFrameRun run) throws Exception {
        // The kernel itself may send a frame or two when the devices come up.
        final long before = Memory.getLongOpaque(count.address());
        assertTrue(NetNs.within(from.name(), () -> run.run(FRAMES)));
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (arrived(before) < FRAMES && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertTrue(arrived(before) >= FRAMES && arrived(before) < FRAMES + 10, "arrived=" + arrived(before));
    }

    private long arrived(final long before) {
        return Memory.getLongOpaque(count.address()) - before;
    }

    private static int ifindex(final TestNetNs ns, final String device) {
        return Integer.parseInt(ns.ip("-o link show %s", device).split(":")[0]);
    }
}
