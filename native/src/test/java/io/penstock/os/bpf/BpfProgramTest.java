package io.penstock.os.bpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Atomic;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Privileged
class BpfProgramTest {

    private static final String LICENSE = "Apache-2.0";

    @Test
    void shouldRunWhatWasAssembledWhenTested() {
        try (BpfMap map = BpfMap.create(BpfMapType.ARRAY, "pt_cell", 4, 16, 1, BpfMap.F_MMAPABLE);
                BpfProgram program = BpfProgram.load(BpfProgramType.XDP, "pt_swap", swapAndCount(map), LICENSE)) {
            final byte[] frame = new byte[20];
            frame[12] = 8;

            final ProgramTestRun.Result result = ProgramTestRun.run(program, frame, 5);

            // Every odd run swaps the EtherType's bytes again.
            assertEquals(XdpContext.XDP_TX, result.verdict());
            frame[12] = 0;
            frame[13] = 8;
            assertArrayEquals(frame, result.frame());
            assertEquals(5, Memory.getLong(map.address() + 8));
            assertEquals("pt_swap", BpfObjects.program(program.id()).name());
            assertTrue(BpfObjects.programs().stream().anyMatch(p -> p.name().equals("pt_swap")));
        }
    }

    // Also goes through the remaining kinds of instructions, so that the verifier and the processor judge their encodings.
    private static BpfAssembler swapAndCount(final BpfMap map) {
        return new BpfAssembler()
                .load(Width.WORD, Reg.R6, Reg.R1, XdpContext.DATA)
                .load(Width.WORD, Reg.R7, Reg.R1, XdpContext.DATA_END)
                .mov(Reg.R2, Reg.R6).alu(Alu.ADD, Reg.R2, 14)
                .jump(Cond.GT, Reg.R2, Reg.R7, "fail")
                .load(Width.HALF, Reg.R3, Reg.R6, 12).toBigEndian(Reg.R3, 16).store(Width.HALF, Reg.R6, 12, Reg.R3)
                .loadMapValue(Reg.R4, map, 8)
                .mov(Reg.R5, 1).atomic(Atomic.FETCH_ADD, Width.DOUBLE, Reg.R4, 0, Reg.R5)
                .store(Width.WORD, Reg.R10, -4, 0)
                .loadMap(Reg.R1, map).mov(Reg.R2, Reg.R10).alu(Alu.ADD, Reg.R2, -4).call(Helper.MAP_LOOKUP_ELEM)
                .jump(Cond.EQ, Reg.R0, 0, "fail")
                .loadImm64(Reg.R1, 0x1_0000_0003L).neg(Reg.R1).neg(Reg.R1)
                .alu32(Alu.MOV, Reg.R0, Reg.R1)
                .jump32(Cond.SLT, Reg.R0, 0, "fail")
                .exit()
                .label("fail").mov(Reg.R0, XdpContext.XDP_ABORTED).exit();
    }

    @Test
    void shouldShowTheVerifiersLogWhenItRefuses() {
        final BpfAssembler code = new BpfAssembler().load(Width.BYTE, Reg.R0, Reg.R1, 4000).exit();

        final SysException e = assertThrows(
                SysException.class, () -> BpfProgram.load(BpfProgramType.XDP, "pt_bad", code, LICENSE));

        assertEquals(Errno.EACCES, e.errno());
        assertTrue(e.getMessage().startsWith("bpf(PROG_LOAD, name=pt_bad, type=XDP, instructions=2): EACCES (permission denied); "
                + "the verifier says:\n"), e.getMessage());
        assertTrue(e.getMessage().contains("invalid bpf_context access off=4000 size=1"), e.getMessage());
    }

    @Test
    void shouldAttachUpdateAndLeaveNothingWhenClosed() throws Exception {
        try (TestNetNs ns = TestNetNs.create("h2"); TestNetNs peer = TestNetNs.create("h2");
                BpfProgram first = verdict("pt_first", XdpContext.XDP_PASS);
                BpfProgram second = verdict("pt_second", XdpContext.XDP_DROP)) {
            ns.veth("v0", peer, "v1");
            final int ifindex = ifindex(ns, "v0");
            try (BpfLink link = NetNs.within(ns.name(), () -> BpfLink.attachXdp(first, ifindex, XdpMode.NATIVE))) {
                assertTrue(ns.ip("-d link show v0").contains("prog/xdp id " + first.id()));
                assertEquals(ifindex, link.info().ifindex());
                link.update(second);
                assertEquals(second.id(), link.info().programId());
                assertTrue(BpfObjects.links().contains(link.info()));
            }
            assertTrue(!ns.ip("-d link show v0").contains("xdp"));
        }
    }

    @Test
    void shouldNameWhoHoldsTheDeviceWhenItIsTaken() throws Exception {
        try (TestNetNs ns = TestNetNs.create("h2"); BpfProgram program = verdict("pt_holder", XdpContext.XDP_PASS)) {
            ns.ip("link add d0 type veth peer name d1");
            final int ifindex = ifindex(ns, "d0");
            NetNs.within(ns.name(), () -> {
                try (BpfLink link = BpfLink.attachXdp(program, ifindex, XdpMode.GENERIC)) {
                    assertEquals(ifindex, link.info().ifindex());
                    for (final XdpMode mode : XdpMode.values()) {
                        final SysException e = assertThrows(
                                SysException.class, () -> BpfLink.attachXdp(program, ifindex, mode));
                        final String held = "another XDP program is attached to d0: id=" + program.id()
                                + " name=pt_holder mode=GENERIC held by process " + ProcessHandle.current().pid() + " (";
                        assertTrue(e.getMessage().contains(held), e.getMessage());
                        assertTrue(e.getMessage().endsWith("; stop that process"), e.getMessage());
                    }
                }
                final SysException e = assertThrows(
                        SysException.class, () -> BpfLink.attachXdp(program, 9999, XdpMode.NATIVE));
                assertTrue(e.getMessage().endsWith("EINVAL (invalid argument); no such device in this network namespace; "
                        + "list them with 'ip link'"), e.getMessage());
                assertEquals(0, XdpHolder.of(ifindex).programId());
                return null;
            });
        }
    }

    @Test
    void shouldTellTheCommandWhenTheHolderIsNoProcess(@TempDir final Path directory) throws Exception {
        Shell.sh("mount -t bpf bpf %s", directory);
        try (TestNetNs ns = TestNetNs.create("h2"); BpfProgram program = verdict("pt_mine", XdpContext.XDP_PASS)) {
            ns.ip("link add d0 type veth peer name d1");
            final int ifindex = ifindex(ns, "d0");
            NetNs.within(ns.name(), () -> {
                final Path pin = directory.resolve("link");
                try (BpfProgram pinned = verdict("pt_pinned", XdpContext.XDP_PASS);
                        BpfLink link = BpfLink.attachXdp(pinned, ifindex, XdpMode.NATIVE)) {
                    link.pin(pin);
                }
                final SysException e = assertThrows(
                        SysException.class, () -> BpfLink.attachXdp(program, ifindex, XdpMode.NATIVE));
                assertTrue(e.getMessage().matches("(?s).*another XDP program is attached to d0: id=\\d+ name=pt_pinned "
                        + "mode=NATIVE; run 'ip link set dev d0 xdp off', or remove its pinned link"), e.getMessage());
                try (BpfLink link = BpfLink.openPinned(pin)) {
                    Files.delete(pin);
                    link.update(program);
                    assertEquals(program.id(), XdpHolder.of(ifindex).programId());
                    final SysException notBpf = assertThrows(SysException.class, () -> link.pin(Path.of("/proc/pt_link")));
                    assertTrue(notBpf.getMessage().contains("mount -t bpf bpf /sys/fs/bpf"), notBpf.getMessage());
                }
                assertEquals(0, XdpHolder.of(ifindex).programId());
                return null;
            });
        } finally {
            Shell.sh("umount %s", directory);
        }
    }

    @Test
    void shouldAttachTrafficControlProgramsWhenTheKernelHasTcx() throws Exception {
        try (TestNetNs ns = TestNetNs.create("h2");
                BpfProgram program = BpfProgram.load(
                        BpfProgramType.SCHED_CLS, "pt_tcx", new BpfAssembler().mov(Reg.R0, 0).exit(), LICENSE)) {
            final int ifindex = ifindex(ns, "lo");
            NetNs.within(ns.name(), () -> {
                try (BpfLink in = BpfLink.attachTcx(program, ifindex, TcxDirection.INGRESS);
                        BpfLink out = BpfLink.attachTcx(program, ifindex, TcxDirection.EGRESS)) {
                    assertEquals(program.id(), in.info().programId());
                    assertEquals(ifindex, out.info().ifindex());
                }
                return null;
            });
        }
    }

    @Test
    void shouldReturnNullWhenAProgramIsGone() {
        final int id;
        try (BpfProgram program = verdict("pt_gone", XdpContext.XDP_PASS)) {
            id = program.id();
        }
        assertNull(BpfObjects.program(id));
    }

    private static BpfProgram verdict(final String name, final int verdict) {
        return BpfProgram.load(BpfProgramType.XDP, name, new BpfAssembler().mov(Reg.R0, verdict).exit(), LICENSE);
    }

    private static int ifindex(final TestNetNs ns, final String device) {
        return Integer.parseInt(ns.ip("-o link show %s", device).split(":")[0]);
    }
}
