package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.hot.metrics.WorkerCounter;
import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.SkbContext;
import io.penstock.os.bpf.TcxDirection;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netns.NetNs;
import io.penstock.os.packetsocket.PacketSocket;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.Shell;
import io.penstock.os.testkit.TestNetNs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Frames of a VLAN that come to a port. A program at the client's device gives them their tag as a VLAN device would, beside the
 * frame; a socket on the port's device hears what a VLAN device there would.
 */
@Timeout(60)
@Privileged(programs = {"ping", "taskset"})
class VlanTrafficTest {

    private static final int VLAN = 100;
    private static final int TAG = 0x8100 << 16 | VLAN;
    private static final int IPV4 = 0x0800;
    private static final int PINGS = 3;
    private static final int ROOM = 2048;
    private static final int PLACES = 32;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(value = PortConfig.Attach.class, names = {"NATIVE", "GENERIC", "PACKET"})
    void shouldLeaveTaggedFramesToTheKernelWhenTheSenderKeepsTagsBesideThem(final PortConfig.Attach attach) throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            // While both ends are here, the data plane can see to it that tags are in the frames.
            router.client.ip("link set c0 netns %s", router.dut.name());
            router.kernelForwards(attach != PortConfig.Attach.PACKET)
                    .start(DataPlaneTest.configuration(attach, List.of(CpuAffinity.current().length() - 1)));
            router.dut.ip("link set c0 netns %s", router.client.name());
            router.client.ip("link set c0 up");
            TestRouter.address(router.client, "c0", "1", "1");
            TestRouter.route(router.client, "1");
            router.ping(router.client, TestRouter.SERVER);
            final long forwarded = router.stat(now -> now.sum(WorkerCounter.FORWARDED) >= 2 * TestRouter.PINGS)
                    .sum(WorkerCounter.FORWARDED);

            try (PacketSocket beside = listen(router.dut); BpfLink _ = tagAll(router.client)) {
                final Shell.Result result = Shell.attempt(List.of("ip", "netns", "exec", router.client.name(),
                        "ping", "-c", Integer.toString(PINGS), "-i", "0.1", "-W", "1", TestRouter.SERVER));
                assertEquals(1, result.exit(), result.output());
                assertEquals(PINGS, heard(beside));
            }
            assertEquals(forwarded, router.stat().sum(WorkerCounter.FORWARDED));
            router.ping(router.client, TestRouter.SERVER);
        }
    }

    @Test
    void shouldLeaveTheDevicesAsTheyWereWhenItEnds() throws Exception {
        final String note = "tx-vlan-hw-insert of c0 is off while port d0 runs, so that frames keep their VLAN tags";
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.client.ip("link set c0 netns %s", router.dut.name());
            router.kernelForwards(true).start(configuration()).stat(now -> router.messages().contains(note));
            router.stop();
            final int told = router.messages().length();
            router.start(configuration()).stat(now -> router.messages().substring(told).contains(note));
        }
    }

    @Test
    void shouldSayWhatToDoWhenTheSenderIsInAnotherNamespace() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true).start(configuration()).stat(now -> router.messages().contains("writes them into frames: "
                    + "device=d0; if tagged frames come that way, run 'ethtool -K DEV tx-vlan-hw-insert off tx-vlan-stag-hw-insert off' at the other end of the link"));
            assertFalse(router.messages().contains("is off while port"), router.messages());
        }
    }

    private static Configuration configuration() {
        return DataPlaneTest.configuration(PortConfig.Attach.AUTO, List.of(CpuAffinity.current().length() - 1));
    }

    private static PacketSocket listen(final TestNetNs in) throws Exception {
        return NetNs.within(in.name(),
                () -> PacketSocket.open(Interfaces.byName("d0").ifindex(), "d0", PacketSocket.Traffic.ALL));
    }

    /** Tags all that leaves by the client's device, for as long as the link is open. */
    private static BpfLink tagAll(final TestNetNs in) throws Exception {
        final BpfAssembler push = new BpfAssembler()
                .mov(Reg.R2, Short.reverseBytes((short) 0x8100) & 0xFFFF)
                .mov(Reg.R3, VLAN)
                .call(Helper.SKB_VLAN_PUSH)
                .mov(Reg.R0, SkbContext.TCX_NEXT)
                .exit();
        return NetNs.within(in.name(), () -> {
            try (BpfProgram program = BpfProgram.load(BpfProgramType.SCHED_CLS, "test_tag", push, "Apache-2.0")) {
                return BpfLink.attachTcx(program, Interfaces.byName("c0").ifindex(), TcxDirection.EGRESS);
            }
        });
    }

    /** How many IPv4 packets of the VLAN a socket has heard. */
    private static int heard(final PacketSocket socket) {
        final long[] places = new long[PLACES];
        final int[] lengths = new int[PLACES];
        int heard = 0;
        try (MappedMemory memory = MappedMemory.reserve((long) PLACES * ROOM, MappedMemory.Pages.NORMAL)) {
            for (int i = 0; i < PLACES; i++) {
                places[i] = memory.address() + (long) i * ROOM;
            }
            int count = socket.rx().receive(places, lengths, PLACES, ROOM);
            while (count > 0) {
                for (int i = 0; i < count; i++) {
                    heard += Memory.getIntBE(places[i] + 12) == TAG && Memory.getUnsignedShortBE(places[i] + 16) == IPV4 ? 1 : 0;
                }
                count = socket.rx().receive(places, lengths, PLACES, ROOM);
            }
        }
        return heard;
    }
}
