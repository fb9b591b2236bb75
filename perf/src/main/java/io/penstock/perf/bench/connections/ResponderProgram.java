package io.penstock.perf.bench.connections;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Atomic;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.sys.SysException;
import io.penstock.perf.connections.PairNetwork;

/**
 * RFC 9693's Responder as an XDP program: it counts what arrives and checks where it says to be from; on demand it sends each datagram back to that,
 * addresses and ports exchanged (XDP_TX). What came is its state table: an answer goes to whom the gateway made the sender.
 *
 * <p>Source: RFC 9693, section 3. Differs from it: answers come at the rate of the initiator's datagrams, in their order, and not at one of their own.
 *
 * <p>Threads: control.
 */
final class ResponderProgram implements AutoCloseable {

    private static final String LICENSE = "Apache-2.0";
    private static final int STATE_ANSWERS = 0;
    private static final int STATE_ARRIVED = 64;
    private static final int STATE_WRONG = 72;
    private static final int STATE_BYTES = 128;

    private final BpfMap state;
    private final BpfProgram program;
    private BpfLink link;

    /**
     * Loads it.
     *
     * @param translates whether the initiator's address is to be another here
     */
    ResponderProgram(final boolean translates) {
        state = BpfMap.create(BpfMapType.ARRAY, "penstock_resp", Integer.BYTES, STATE_BYTES, 1, BpfMap.F_MMAPABLE);
        try {
            program = BpfProgram.load(BpfProgramType.XDP, "penstock_resp", assemble(translates, state), LICENSE);
        } catch (final SysException e) {
            state.close();
            throw e;
        }
    }

    /** Attaches it to a device of the calling thread's namespace. */
    void attach(final int ifindex) {
        link = BpfLink.attachXdp(program, ifindex, XdpMode.NATIVE);
    }

    /** Forgets what has come, and answers from now on, or does not. */
    void reset(final boolean answers) {
        Memory.putLongOpaque(state.address() + STATE_ANSWERS, answers ? 1 : 0);
        Memory.putLongOpaque(state.address() + STATE_ARRIVED, 0);
        Memory.putLongOpaque(state.address() + STATE_WRONG, 0);
    }

    /** Datagrams that arrived as they should. */
    long arrived() {
        return Memory.getLongOpaque(state.address() + STATE_ARRIVED);
    }

    /** Datagrams that did not. */
    long wrong() {
        return Memory.getLongOpaque(state.address() + STATE_WRONG);
    }

    @Override
    public void close() {
        if (link != null) {
            link.close();
        }
        program.close();
        state.close();
    }

    private static BpfAssembler assemble(final boolean translates, final BpfMap state) {
        final BpfAssembler code = new BpfAssembler();
        PairStamp.recognise(code, "pass");
        code.load(Width.WORD, Reg.R2, Reg.R6, PairStamp.IP + Ipv4Layout.SOURCE).mov(Reg.R4, Reg.R2).toBigEndian(Reg.R2, Integer.SIZE)
                .loadImm64(Reg.R3, (translates ? PairNetwork.TRANSLATED : PairNetwork.INITIATOR) & 0xFFFF_FFFFL)
                .jump(Cond.NE, Reg.R2, Reg.R3, "wrong")
                .load(Width.WORD, Reg.R2, Reg.R6, PairStamp.IP + Ipv4Layout.DESTINATION).mov(Reg.R5, Reg.R2).toBigEndian(Reg.R2, Integer.SIZE)
                .loadImm64(Reg.R3, PairNetwork.RESPONDER & 0xFFFF_FFFFL)
                .jump(Cond.NE, Reg.R2, Reg.R3, "wrong")
                .load(Width.WORD, Reg.R9, Reg.R6, PairStamp.UDP);
        if (translates) {
            // The destination port stays; the other one may be another.
            code.mov(Reg.R2, Reg.R9).alu(Alu.XOR, Reg.R2, Reg.R8).alu(Alu.RSH, Reg.R2, Short.SIZE).jump(Cond.NE, Reg.R2, 0, "wrong");
        } else {
            code.jump(Cond.NE, Reg.R9, Reg.R8, "wrong");
        }
        code.loadMapValue(Reg.R7, state, 0).mov(Reg.R1, 1).atomic(Atomic.ADD, Width.DOUBLE, Reg.R7, STATE_ARRIVED, Reg.R1)
                .load(Width.DOUBLE, Reg.R1, Reg.R7, STATE_ANSWERS).jump(Cond.EQ, Reg.R1, 0, "drop");
        exchange(code);
        return code.mov(Reg.R0, XdpContext.XDP_TX).exit()
                .label("wrong")
                .loadMapValue(Reg.R7, state, 0).mov(Reg.R1, 1).atomic(Atomic.ADD, Width.DOUBLE, Reg.R7, STATE_WRONG, Reg.R1)
                .label("drop").mov(Reg.R0, XdpContext.XDP_DROP).exit()
                .label("pass").mov(Reg.R0, XdpContext.XDP_PASS).exit();
    }

    // No checksum changes: a sum does not care about the order.
    private static void exchange(final BpfAssembler code) {
        code.store(Width.WORD, Reg.R6, PairStamp.IP + Ipv4Layout.SOURCE, Reg.R5)
                .store(Width.WORD, Reg.R6, PairStamp.IP + Ipv4Layout.DESTINATION, Reg.R4)
                .mov(Reg.R2, Reg.R9).alu(Alu.LSH, Reg.R2, Short.SIZE).alu(Alu.RSH, Reg.R9, Short.SIZE).alu(Alu.OR, Reg.R9, Reg.R2)
                .store(Width.WORD, Reg.R6, PairStamp.UDP, Reg.R9)
                .load(Width.WORD, Reg.R1, Reg.R6, EthernetLayout.DESTINATION)
                .load(Width.HALF, Reg.R2, Reg.R6, EthernetLayout.DESTINATION + Integer.BYTES)
                .load(Width.WORD, Reg.R3, Reg.R6, EthernetLayout.SOURCE)
                .load(Width.HALF, Reg.R4, Reg.R6, EthernetLayout.SOURCE + Integer.BYTES)
                .store(Width.WORD, Reg.R6, EthernetLayout.DESTINATION, Reg.R3)
                .store(Width.HALF, Reg.R6, EthernetLayout.DESTINATION + Integer.BYTES, Reg.R4)
                .store(Width.WORD, Reg.R6, EthernetLayout.SOURCE, Reg.R1)
                .store(Width.HALF, Reg.R6, EthernetLayout.SOURCE + Integer.BYTES, Reg.R2);
    }
}
