package io.penstock.perf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.ProgramTestRun;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Whether the sink sees that a frame is not what a router makes of what was sent. */
@Privileged
class SinkCheckTest {

    private static final TrafficProfile V4 = TrafficProfile.of(
            0x0200_0000_0001L, 0x0200_0000_0002L, new byte[] {10, 1, 0, 0}, new byte[] {10, 2, 0, 1}).withFlows(3000)
            .withFrameBytes(200);
    private static final byte[] ADDRESS6 = {0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3};
    private static final TrafficProfile V6 =
            TrafficProfile.of(0x0200_0000_0001L, 0x0200_0000_0002L, ADDRESS6, ADDRESS6).withFlows(3000).withFrameBytes(200);

    @Test
    void shouldFindNothingInFramesAsTheyWereSent() {
        for (final TrafficProfile profile : new TrafficProfile[] {
                V4, V6, V4.withFrameBytes(60), V4.withFrameBytes(1513), V4.withUdpChecksum(true)}) {
            try (GeneratorProgram generator = GeneratorProgram.load(profile, ArrivalPattern.constant(), 1);
                    SinkProgram sink = SinkProgram.load(ArrivalCheck.of(profile, 0))) {
                for (int i = 0; i < 4000; i++) {
                    ProgramTestRun.run(sink.program(), ProgramTestRun.run(generator.program(), profile.template()).frame());
                }
                assertEquals(4000, sink.read().frames());
                assertEquals(0, sink.read().altered(), sink.read().alterations()::toString);
                assertEquals(0, sink.read().late());
            }
        }
    }

    @Test
    void shouldSayWhatWasAlteredInIpv4() {
        assertFound(V4, 0, EnumSet.of(Alteration.TTL, Alteration.CHECKSUM), 22);
        assertFound(V4, 0, EnumSet.of(Alteration.CHECKSUM), 24);
        assertFound(V4, 0, EnumSet.of(Alteration.CHECKSUM), 15);
        assertFound(V4, 0, EnumSet.of(Alteration.LENGTH, Alteration.CHECKSUM), 17);
        assertFound(V4, 0, EnumSet.of(Alteration.ADDRESS, Alteration.CHECKSUM), 29);
        assertFound(V4, 0, EnumSet.of(Alteration.ADDRESS, Alteration.CHECKSUM), 33);
        assertFound(V4, 0, EnumSet.of(Alteration.PORT), 35);
        assertFound(V4, 0, EnumSet.of(Alteration.PORT), 36);
        assertFound(V4, 0, EnumSet.of(Alteration.LENGTH), 39);
        assertFound(V4, 0, EnumSet.of(Alteration.PAYLOAD), 199);
        assertFound(V4, 0, EnumSet.of(Alteration.PAYLOAD), 58);
        assertFound(V4, 1, EnumSet.of(Alteration.TTL));
    }

    @Test
    void shouldSayWhatWasAlteredInIpv6() {
        assertFound(V6, 0, EnumSet.of(Alteration.TTL), 21);
        assertFound(V6, 0, EnumSet.of(Alteration.LENGTH), 19);
        assertFound(V6, 0, EnumSet.of(Alteration.ADDRESS), 37);
        assertFound(V6, 0, EnumSet.of(Alteration.ADDRESS), 40);
        assertFound(V6, 0, EnumSet.of(Alteration.PORT), 55);
        assertFound(V6, 0, EnumSet.of(Alteration.PORT), 57);
        assertFound(V6, 0, EnumSet.of(Alteration.LENGTH), 58);
        assertFound(V6, 0, EnumSet.of(Alteration.PAYLOAD), 192);
    }

    @Test
    void shouldNotMindWhatIsTranslated() {
        final byte[] frame = frame(V4);
        try (SinkProgram sink = SinkProgram.load(ArrivalCheck.of(V4, 0).withSourceTranslated().withDestinationTranslated())) {
            for (final int at : new int[] {34, 35, 36, 37}) {
                ProgramTestRun.run(sink.program(), changed(frame, at));
            }
            assertEquals(4, sink.read().frames());
            assertEquals(0, sink.read().altered(), sink.read().alterations()::toString);
        }
    }

    @Test
    void shouldMissNoLengthThatWasNotSent() {
        final byte[] frame = frame(V4);
        try (SinkProgram sink = SinkProgram.load(ArrivalCheck.of(V4, 0))) {
            ProgramTestRun.run(sink.program(), Arrays.copyOf(frame, frame.length - 1));
            ProgramTestRun.run(sink.program(), Arrays.copyOf(frame, frame.length + 4));
            assertEquals(2, sink.read().altered());
            assertTrue(sink.read().alterations().contains(Alteration.LENGTH));
            assertEquals(0, sink.read().sizes().get(200));
        }
    }

    @Test
    void shouldFindEveryWordOfAPayloadWithinAFewFrames() {
        try (GeneratorProgram generator = GeneratorProgram.load(V4, ArrivalPattern.constant(), 1);
                SinkProgram sink = SinkProgram.load(ArrivalCheck.of(V4, 0))) {
            for (int i = 0; i < 256; i++) {
                ProgramTestRun.run(sink.program(),
                        changed(ProgramTestRun.run(generator.program(), V4.template()).frame(), 130));
            }
            assertEquals(1, sink.read().altered());
            assertEquals(Set.of(Alteration.PAYLOAD), sink.read().alterations());
        }
    }

    /** Not one frame at a time: a device that forwards and writes where no router may. */
    @Test
    void shouldCountEveryFrameOfADeviceThatAlters() throws Exception {
        try (TestNetNs from = TestNetNs.create("rfg"); TestNetNs device = TestNetNs.create("rfd");
                TestNetNs to = TestNetNs.create("rfs")) {
            from.veth("g0", device, "d0");
            device.veth("d1", to, "s0");
            try (SinkProgram sink = SinkProgram.load(ArrivalCheck.of(V4, 0));
                    BpfProgram alters = altering(ifindex(device, "d1"), V4.frameBytes() - 1)) {
                NetNs.within(to.name(), () -> {
                    sink.attach(ifindex(to, "s0"), XdpMode.NATIVE);
                    return null;
                });
                try (BpfLink link = NetNs.within(device.name(),
                        () -> BpfLink.attachXdp(alters, ifindex(device, "d0"), XdpMode.NATIVE))) {
                    final long sent = NetNs.within(from.name(), () -> {
                        try (Generator generator = Generator.open(V4, ifindex(from, "g0"))) {
                            return generator.pace(20_000, TimeUnit.MILLISECONDS.toNanos(100));
                        }
                    });
                    final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
                    while (sink.read().frames() < sent && System.nanoTime() - deadline < 0) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    assertEquals(2000, sent);
                    assertEquals(sent, sink.read().frames());
                    assertEquals(sent, sink.read().altered());
                    assertEquals(Set.of(Alteration.PAYLOAD), sink.read().alterations());
                    assertTrue(link.info().ifindex() > 0);
                }
            }
        }
    }

    private static BpfProgram altering(final int ifindex, final int at) {
        return BpfProgram.load(BpfProgramType.XDP, "pt_alter", new BpfAssembler()
                .load(Width.WORD, Reg.R2, Reg.R1, XdpContext.DATA).load(Width.WORD, Reg.R3, Reg.R1, XdpContext.DATA_END)
                .mov(Reg.R4, Reg.R2).alu(Alu.ADD, Reg.R4, at + 1).jump(Cond.GT, Reg.R4, Reg.R3, "send")
                .load(Width.BYTE, Reg.R4, Reg.R2, at).alu(Alu.XOR, Reg.R4, 0xFF).store(Width.BYTE, Reg.R2, at, Reg.R4)
                .label("send").mov(Reg.R1, ifindex).mov(Reg.R2, 0).call(Helper.REDIRECT).exit(), "Apache-2.0");
    }

    private static void assertFound(
            final TrafficProfile profile, final int routers, final Set<Alteration> kinds, final int... changed) {
        try (SinkProgram sink = SinkProgram.load(ArrivalCheck.of(profile, routers))) {
            byte[] frame = frame(profile);
            for (final int at : changed) {
                frame = changed(frame, at);
            }
            assertEquals(XdpContext.XDP_DROP, ProgramTestRun.run(sink.program(), frame).verdict());
            assertEquals(1, sink.read().frames());
            assertEquals(1, sink.read().altered());
            assertEquals(kinds, sink.read().alterations(), "byte " + Arrays.toString(changed));
        }
    }

    private static byte[] frame(final TrafficProfile profile) {
        try (GeneratorProgram generator = GeneratorProgram.load(profile, ArrivalPattern.constant(), 1)) {
            return ProgramTestRun.run(generator.program(), profile.template()).frame();
        }
    }

    private static byte[] changed(final byte[] frame, final int at) {
        final byte[] copy = frame.clone();
        copy[at] ^= 0x11;
        return copy;
    }

    private static int ifindex(final TestNetNs ns, final String device) {
        return Integer.parseInt(ns.ip("-o link show %s", device).split(":")[0]);
    }
}
