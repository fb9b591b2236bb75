package io.penstock.os.tap;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.SkbContext;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.tap.InjectionLayout;

/**
 * The program at the ingress of the TAP device: puts the destination address back where {@link InjectionLayout} lies, sets
 * the mark, and lets the frame be received on its port.
 *
 * <p>Registers: R6 is the context, R7 the frame, R8 the port's entry, later its ifindex.
 */
final class InjectCode {

    private static final int BROADCAST = -1;
    private static final int ADDRESS_REST = 4;

    private InjectCode() {
    }

    static BpfAssembler assemble(final BpfMap map) {
        return new BpfAssembler()
                .mov(Reg.R6, Reg.R1)
                .load(Width.WORD, Reg.R7, Reg.R6, SkbContext.DATA)
                .load(Width.WORD, Reg.R2, Reg.R6, SkbContext.DATA_END)
                .mov(Reg.R3, Reg.R7)
                .alu(Alu.ADD, Reg.R3, EthernetLayout.HEADER_BYTES)
                .jump(Cond.GT, Reg.R3, Reg.R2, "drop")
                .load(Width.BYTE, Reg.R4, Reg.R7, InjectionLayout.PORT)
                .load(Width.WORD, Reg.R5, Reg.R7, InjectionLayout.MARK)
                .alu(Alu.AND, Reg.R4, HostMapLayout.PORTS - 1)
                .alu(Alu.LSH, Reg.R4, HostMapLayout.PORT_SHIFT)
                .loadMapValue(Reg.R8, map, HostMapLayout.PORT)
                .alu(Alu.ADD, Reg.R8, Reg.R4)
                .load(Width.DOUBLE, Reg.R3, Reg.R8, HostMapLayout.ADDRESS)
                .load(Width.WORD, Reg.R8, Reg.R8, HostMapLayout.IFINDEX)
                .jump(Cond.EQ, Reg.R8, 0, "drop")
                .load(Width.BYTE, Reg.R4, Reg.R7, InjectionLayout.FLAGS)
                .jump(Cond.EQ, Reg.R4, 0, "address")
                .mov(Reg.R3, BROADCAST)
                .label("address")
                .store(Width.WORD, Reg.R7, EthernetLayout.DESTINATION, Reg.R3)
                .alu(Alu.RSH, Reg.R3, Integer.SIZE)
                .store(Width.HALF, Reg.R7, EthernetLayout.DESTINATION + ADDRESS_REST, Reg.R3)
                .store(Width.WORD, Reg.R6, SkbContext.MARK, Reg.R5)
                .mov(Reg.R1, Reg.R8)
                .mov(Reg.R2, SkbContext.F_INGRESS)
                .call(Helper.REDIRECT)
                .exit()
                .label("drop")
                .mov(Reg.R0, SkbContext.TCX_DROP)
                .exit();
    }
}
