package io.penstock.perf.bench.connections;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Atomic;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.LiveFrameRun;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.SysException;
import io.penstock.perf.connections.PairNetwork;
import io.penstock.perf.connections.PortPairs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * RFC 9693's Initiator as an XDP program: it makes the datagrams of connections, in the order of {@link PortPairs}, at once or at a rate, and checks every
 * answer that comes back.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Frame k belongs to connection k modulo the number of connections; there are as many as asked for, and no more.</li>
 *   <li>At a rate a frame leaves when it is due or as soon after as can be, whatever became of others (open loop).</li>
 *   <li>An answer counts if it is from the responder to the initiator, its ports are the stamp's, exchanged, and its checksum is right; a stamped
 *       datagram that is not so is wrong. Everything else is the kernel's.</li>
 * </ol>
 *
 * <p>It is attached to the device that it sends by: frames that it is to make seem to come from {@code lo}, answers come from the device, and the kernel does
 * not have to patch its dispatcher for each run. Registers: R6 the frame, R7 the state, R8 the stamp, R9 when the frame is due.
 *
 * <p>Source: linux Documentation/bpf/bpf_prog_run.rst. Threads: one sends, inside the namespace; the rest any.
 */
final class InitiatorProgram implements AutoCloseable {

    private static final String LICENSE = "Apache-2.0";
    /** Where live frames seem to come from, in every namespace. */
    private static final int LOOPBACK_IFINDEX = 1;
    private static final int STATE_SENT = 0;
    private static final int STATE_NEXT = 8;
    private static final int STATE_END = 16;
    private static final int STATE_CONNECTIONS = 24;
    private static final int STATE_START_NS = 32;
    private static final int STATE_DUE = 40;
    private static final int STATE_INTERVAL = 48;
    private static final int STATE_LAST_NS = 56;
    /** On a line of their own: another CPU counts. */
    private static final int STATE_ANSWERS = 128;
    private static final int STATE_WRONG = 136;
    private static final int STATE_BYTES = 192;
    /** Times since the start have this many bits below the nanosecond. */
    private static final int FRACTION_BITS = 16;
    private static final int HALF_BITS = 16;
    /**
     * Frames made at once. As fast as they go: what hides the cost of a batch without overflowing a veth's 256 slots; at a rate the fewer the better, as
     * long as they keep up.
     */
    private static final int SATURATING_BATCH = 64;
    private static final int PACING_BATCH = 16;
    /** Frames of one system call; a frame that is not due counts, too. */
    private static final int RUN_FRAMES = 1 << 16;
    private static final long LEAD_NS = 1_000_000;

    private final BpfMap state;
    private final BpfMap ports;
    private final BpfProgram program;
    private final LiveFrameRun saturating;
    private final LiveFrameRun pacing;
    private BpfLink link;

    /**
     * Loads it.
     *
     * @param ifindex in the namespace of the sender
     */
    InitiatorProgram(final PortPairs pairs, final int frameBytes, final long mac, final long senderMac, final int ifindex) {
        final byte[] template = PairStamp.template(frameBytes, mac, senderMac, PairNetwork.INITIATOR, PairNetwork.RESPONDER);
        state = BpfMap.create(BpfMapType.ARRAY, "penstock_init", Integer.BYTES, STATE_BYTES, 1, BpfMap.F_MMAPABLE);
        BpfMap made = null;
        try {
            made = BpfMap.create(BpfMapType.ARRAY, "penstock_pairs", Integer.BYTES, pairs.count() * Integer.BYTES, 1, BpfMap.F_MMAPABLE);
            for (int i = 0; i < pairs.count(); i++) {
                Memory.putIntBE(made.address() + (long) i * Integer.BYTES, pairs.pair(i));
            }
            program = BpfProgram.load(BpfProgramType.XDP, "penstock_init", assemble(template, pairs.count(), ifindex, state, made), LICENSE);
        } catch (final SysException e) {
            state.close();
            if (made != null) {
                made.close();
            }
            throw e;
        }
        ports = made;
        saturating = new LiveFrameRun(program, template, 0, SATURATING_BATCH);
        pacing = new LiveFrameRun(program, template, 0, PACING_BATCH);
    }

    /** Attaches it to the device that it sends by, of the calling thread's namespace. */
    void attach(final int ifindex) {
        link = BpfLink.attachXdp(program, ifindex, XdpMode.NATIVE);
    }

    /**
     * Sends, from the calling thread, which is inside the namespace; returns when all has been sent, or the time is over.
     *
     * @param connections that take turns, from the first one on
     * @param frames      how many
     * @param perSecond   0 for as fast as it goes
     * @param untilNs     when to end at the latest
     */
    void send(final int connections, final long frames, final long perSecond, final long untilNs) {
        final long address = state.address();
        Memory.putLongOpaque(address + STATE_SENT, 0);
        Memory.putLongOpaque(address + STATE_NEXT, 0);
        Memory.putLongOpaque(address + STATE_END, frames);
        Memory.putLongOpaque(address + STATE_CONNECTIONS, connections);
        Memory.putLongOpaque(address + STATE_START_NS, System.nanoTime() + LEAD_NS);
        Memory.putLongOpaque(address + STATE_DUE, 0);
        Memory.putLongOpaque(address + STATE_INTERVAL, perSecond == 0 ? 0 : Math.max(1, Math.round(1e9 / perSecond * (1 << FRACTION_BITS))));
        Memory.putLongOpaque(address + STATE_ANSWERS, 0);
        Memory.putLongOpaque(address + STATE_WRONG, 0);
        final LiveFrameRun run = perSecond == 0 ? saturating : pacing;
        while (sent() < frames && System.nanoTime() - untilNs < 0) {
            run.run((int) Math.min(RUN_FRAMES, perSecond == 0 ? frames - sent() : RUN_FRAMES));
        }
    }

    /** When the first frame of {@link #send} at a rate was due. */
    long startNs() {
        return Memory.getLongOpaque(state.address() + STATE_START_NS);
    }

    /** When its last one so far left. */
    long lastNs() {
        return Memory.getLongOpaque(state.address() + STATE_LAST_NS);
    }

    /** Frames that were made since {@link #send} began. */
    long sent() {
        return Memory.getLongOpaque(state.address() + STATE_SENT);
    }

    /** Answers that came back as they should. */
    long answers() {
        return Memory.getLongOpaque(state.address() + STATE_ANSWERS);
    }

    /** Answers that did not. */
    long wrong() {
        return Memory.getLongOpaque(state.address() + STATE_WRONG);
    }

    @Override
    public void close() {
        saturating.close();
        pacing.close();
        if (link != null) {
            link.close();
        }
        program.close();
        ports.close();
        state.close();
    }

    private static BpfAssembler assemble(final byte[] template, final int pairs, final int ifindex, final BpfMap state, final BpfMap ports) {
        final BpfAssembler code = new BpfAssembler();
        final int udpSum = PairStamp.udpSum(template);
        code.load(Width.WORD, Reg.R2, Reg.R1, XdpContext.INGRESS_IFINDEX)
                .jump32(Cond.NE, Reg.R2, LOOPBACK_IFINDEX, "arrived")
                .load(Width.WORD, Reg.R6, Reg.R1, XdpContext.DATA)
                .load(Width.WORD, Reg.R2, Reg.R1, XdpContext.DATA_END)
                .mov(Reg.R3, Reg.R6).alu(Alu.ADD, Reg.R3, PairStamp.END).jump(Cond.GT, Reg.R3, Reg.R2, "bad")
                .loadMapValue(Reg.R7, state, 0)
                .load(Width.DOUBLE, Reg.R1, Reg.R7, STATE_SENT)
                .load(Width.DOUBLE, Reg.R2, Reg.R7, STATE_END)
                .jump(Cond.GE, Reg.R1, Reg.R2, "early");
        await(code);
        headers(code, template);
        connection(code, pairs, ports);
        code.store(Width.WORD, Reg.R6, PairStamp.UDP, Reg.R8).store(Width.WORD, Reg.R6, PairStamp.STAMP, Reg.R8);
        PairStamp.checksum(code, udpSum);
        code.store(Width.HALF, Reg.R6, PairStamp.UDP + UdpLayout.CHECKSUM, Reg.R5)
                .mov(Reg.R1, ifindex).mov(Reg.R2, 0).call(Helper.REDIRECT).exit()
                .label("early").mov(Reg.R0, XdpContext.XDP_DROP).exit()
                .label("bad").mov(Reg.R0, XdpContext.XDP_ABORTED).exit();
        answer(code, udpSum, state);
        return code;
    }

    // A frame that is not due is given back, and the kernel offers it again.
    private static void await(final BpfAssembler code) {
        code.load(Width.DOUBLE, Reg.R8, Reg.R7, STATE_INTERVAL)
                .jump(Cond.EQ, Reg.R8, 0, "due")
                .load(Width.DOUBLE, Reg.R9, Reg.R7, STATE_DUE)
                .call(Helper.KTIME_GET_NS)
                .load(Width.DOUBLE, Reg.R1, Reg.R7, STATE_START_NS)
                .jump(Cond.LT, Reg.R0, Reg.R1, "early")
                .mov(Reg.R2, Reg.R0)
                .alu(Alu.SUB, Reg.R0, Reg.R1).alu(Alu.LSH, Reg.R0, FRACTION_BITS)
                .jump(Cond.LT, Reg.R0, Reg.R9, "early")
                .alu(Alu.ADD, Reg.R9, Reg.R8)
                .store(Width.DOUBLE, Reg.R7, STATE_DUE, Reg.R9)
                .store(Width.DOUBLE, Reg.R7, STATE_LAST_NS, Reg.R2)
                .label("due");
    }

    // Whole each time: the last receiver may have changed them.
    private static void headers(final BpfAssembler code, final byte[] template) {
        final ByteBuffer from = ByteBuffer.wrap(template).order(ByteOrder.nativeOrder());
        int at = 0;
        for (; at + Integer.BYTES <= PairStamp.END; at += Integer.BYTES) {
            code.store(Width.WORD, Reg.R6, at, from.getInt(at));
        }
        code.store(Width.HALF, Reg.R6, at, from.getShort(at));
    }

    // R8 = both ports, as they go into the packet.
    private static void connection(final BpfAssembler code, final int pairs, final BpfMap ports) {
        code.load(Width.DOUBLE, Reg.R1, Reg.R7, STATE_SENT).alu(Alu.ADD, Reg.R1, 1).store(Width.DOUBLE, Reg.R7, STATE_SENT, Reg.R1)
                .load(Width.DOUBLE, Reg.R3, Reg.R7, STATE_NEXT)
                .load(Width.DOUBLE, Reg.R2, Reg.R7, STATE_CONNECTIONS)
                .mov(Reg.R1, Reg.R3).alu(Alu.ADD, Reg.R1, 1)
                .jump(Cond.LT, Reg.R1, Reg.R2, "more").mov(Reg.R1, 0).label("more")
                .store(Width.DOUBLE, Reg.R7, STATE_NEXT, Reg.R1)
                .jump(Cond.GE, Reg.R3, pairs, "bad") // never: for the verifier
                .alu(Alu.LSH, Reg.R3, 2)
                .loadMapValue(Reg.R2, ports, 0).alu(Alu.ADD, Reg.R2, Reg.R3)
                .load(Width.WORD, Reg.R8, Reg.R2, 0);
    }

    private static void answer(final BpfAssembler code, final int udpSum, final BpfMap state) {
        code.label("arrived");
        PairStamp.recognise(code, "pass");
        code.load(Width.WORD, Reg.R2, Reg.R6, PairStamp.IP + Ipv4Layout.SOURCE).toBigEndian(Reg.R2, Integer.SIZE);
        jumpUnless(code, PairNetwork.RESPONDER);
        code.load(Width.WORD, Reg.R2, Reg.R6, PairStamp.IP + Ipv4Layout.DESTINATION).toBigEndian(Reg.R2, Integer.SIZE);
        jumpUnless(code, PairNetwork.INITIATOR);
        // The ports of the header are those of the stamp, exchanged.
        code.load(Width.WORD, Reg.R2, Reg.R6, PairStamp.UDP)
                .mov(Reg.R3, Reg.R2).alu(Alu.LSH, Reg.R3, HALF_BITS).alu(Alu.RSH, Reg.R2, HALF_BITS).alu(Alu.OR, Reg.R2, Reg.R3)
                .alu32(Alu.MOV, Reg.R2, Reg.R2).jump(Cond.NE, Reg.R2, Reg.R8, "wrong");
        PairStamp.checksum(code, udpSum);
        code.load(Width.HALF, Reg.R2, Reg.R6, PairStamp.UDP + UdpLayout.CHECKSUM).jump(Cond.NE, Reg.R2, Reg.R5, "wrong");
        count(code, state, STATE_ANSWERS);
        code.label("wrong");
        count(code, state, STATE_WRONG);
        code.label("pass").mov(Reg.R0, XdpContext.XDP_PASS).exit();
    }

    private static void jumpUnless(final BpfAssembler code, final int address) {
        code.loadImm64(Reg.R3, address & 0xFFFF_FFFFL).jump(Cond.NE, Reg.R2, Reg.R3, "wrong");
    }

    private static void count(final BpfAssembler code, final BpfMap state, final int counter) {
        code.loadMapValue(Reg.R7, state, 0).mov(Reg.R1, 1).atomic(Atomic.ADD, Width.DOUBLE, Reg.R7, counter, Reg.R1)
                .mov(Reg.R0, XdpContext.XDP_DROP).exit();
    }
}
