package io.penstock.perf.wire;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;

/**
 * The instructions of {@link SinkProgram}. Registers: R6 the frame, later its length; R7 its end, later the per-processor
 * value; R8 the stamp's word; R9 the stamp's time, later the latency.
 */
final class SinkCode {

    private static final int IP = EthernetLayout.HEADER_BYTES;
    private static final int KEY = -4;

    private final BpfAssembler code = new BpfAssembler();

    private SinkCode() {
    }

    static BpfAssembler assemble(final BpfMap counts, final BpfMap order, final int streams, final int flows) {
        final SinkCode program = new SinkCode();
        program.recognise();
        program.count(counts);
        program.latency();
        program.order(order, streams, flows);
        program.others(counts);
        return program.code;
    }

    private void recognise() {
        final int ipv4Stamp = IP + Ipv4Layout.HEADER_BYTES + UdpLayout.HEADER_BYTES;
        final int ipv6Stamp = IP + Ipv6Layout.HEADER_BYTES + UdpLayout.HEADER_BYTES;
        code.load(Width.WORD, Reg.R6, Reg.R1, XdpContext.DATA)
                .load(Width.WORD, Reg.R7, Reg.R1, XdpContext.DATA_END);
        jumpWhenShorter(ipv4Stamp + StampLayout.BYTES);
        code.load(Width.HALF, Reg.R1, Reg.R6, EthernetLayout.ETHER_TYPE).toBigEndian(Reg.R1, 16)
                .jump(Cond.NE, Reg.R1, EthernetLayout.TYPE_IPV4, "not_ipv4")
                .load(Width.BYTE, Reg.R1, Reg.R6, IP + Ipv4Layout.VERSION_IHL)
                .jump(Cond.NE, Reg.R1, Ipv4Layout.VERSION_4_IHL_5, "others")
                .load(Width.BYTE, Reg.R1, Reg.R6, IP + Ipv4Layout.PROTOCOL)
                .jump(Cond.NE, Reg.R1, IpProtocol.UDP, "others");
        stamp(ipv4Stamp);
        code.jump("stamped")
                .label("not_ipv4")
                .jump(Cond.NE, Reg.R1, EthernetLayout.TYPE_IPV6, "others");
        jumpWhenShorter(ipv6Stamp + StampLayout.BYTES);
        code.load(Width.BYTE, Reg.R1, Reg.R6, IP + Ipv6Layout.NEXT_HEADER)
                .jump(Cond.NE, Reg.R1, IpProtocol.UDP, "others");
        stamp(ipv6Stamp);
        code.label("stamped")
                .mov(Reg.R1, Reg.R8).alu(Alu.RSH, Reg.R1, StampLayout.MAGIC_SHIFT)
                .jump(Cond.NE, Reg.R1, StampLayout.MAGIC, "others");
    }

    private void count(final BpfMap counts) {
        code.alu(Alu.SUB, Reg.R7, Reg.R6).mov(Reg.R6, Reg.R7)
                .jump(Cond.EQ, Reg.R9, 0, "no_time")
                .call(Helper.KTIME_GET_NS)
                .alu(Alu.SUB, Reg.R0, Reg.R9).mov(Reg.R9, Reg.R0)
                .jump(Cond.SGT, Reg.R9, 0, "no_time")
                .mov(Reg.R9, 1) // under a nanosecond; 0 stays for frames without a time
                .label("no_time");
        value(counts);
        code.mov(Reg.R7, Reg.R0);
        increment(SinkLayout.FRAMES);
        code.load(Width.DOUBLE, Reg.R1, Reg.R7, SinkLayout.BYTES_RECEIVED).alu(Alu.ADD, Reg.R1, Reg.R6)
                .store(Width.DOUBLE, Reg.R7, SinkLayout.BYTES_RECEIVED, Reg.R1);
    }

    // R1 = the value on its way below 128, R2 = 64 times the shift: LatencyBuckets, by halving steps for want of a clz.
    private void latency() {
        code.jump(Cond.EQ, Reg.R9, 0, "order")
                .load(Width.DOUBLE, Reg.R1, Reg.R7, SinkLayout.MAX_NS)
                .jump(Cond.LE, Reg.R9, Reg.R1, "no_max")
                .store(Width.DOUBLE, Reg.R7, SinkLayout.MAX_NS, Reg.R9)
                .label("no_max")
                .mov(Reg.R1, Reg.R9)
                .loadImm64(Reg.R3, LatencyBuckets.MAX_VALUE)
                .jump(Cond.LE, Reg.R1, Reg.R3, "in_range")
                .mov(Reg.R1, Reg.R3)
                .label("in_range")
                .mov(Reg.R2, 0);
        for (int step = 16; step >= 1; step >>= 1) {
            final String small = code.uniqueLabel("small");
            code.jump(Cond.LT, Reg.R1, 1 << LatencyBuckets.SUB_BITS + step, small)
                    .alu(Alu.RSH, Reg.R1, step)
                    .alu(Alu.ADD, Reg.R2, step << LatencyBuckets.SUB_BITS)
                    .label(small);
        }
        code.alu(Alu.ADD, Reg.R1, Reg.R2)
                .alu(Alu.AND, Reg.R1, LatencyBuckets.COUNT - 1) // never changes it: for the verifier
                .alu(Alu.LSH, Reg.R1, 3)
                .alu(Alu.ADD, Reg.R1, Reg.R7)
                .load(Width.DOUBLE, Reg.R2, Reg.R1, SinkLayout.BUCKETS).alu(Alu.ADD, Reg.R2, 1)
                .store(Width.DOUBLE, Reg.R1, SinkLayout.BUCKETS, Reg.R2);
    }

    // Per flow, the sequence that must at least come next.
    private void order(final BpfMap order, final int streams, final int flows) {
        code.label("order")
                .mov(Reg.R1, Reg.R8).alu(Alu.RSH, Reg.R1, StampLayout.STREAM_SHIFT).alu(Alu.AND, Reg.R1, StampLayout.STREAM_MASK)
                .jump(Cond.GE, Reg.R1, streams, "drop")
                .alu(Alu.MUL, Reg.R1, flows)
                .alu(Alu.LSH, Reg.R8, Long.SIZE - StampLayout.STREAM_SHIFT)
                .alu(Alu.RSH, Reg.R8, Long.SIZE - StampLayout.STREAM_SHIFT)
                .mov(Reg.R2, Reg.R8);
        if (Integer.bitCount(flows) == 1) {
            code.alu(Alu.AND, Reg.R2, flows - 1);
        } else {
            code.alu(Alu.MOD, Reg.R2, flows);
        }
        code.alu(Alu.ADD, Reg.R1, Reg.R2)
                .jump(Cond.GE, Reg.R1, streams * flows, "drop") // never: for the verifier
                .alu(Alu.LSH, Reg.R1, 3)
                .loadMapValue(Reg.R2, order, 0)
                .alu(Alu.ADD, Reg.R2, Reg.R1)
                .load(Width.DOUBLE, Reg.R3, Reg.R2, 0)
                .jump(Cond.LT, Reg.R8, Reg.R3, "late")
                .alu(Alu.ADD, Reg.R8, 1)
                .store(Width.DOUBLE, Reg.R2, 0, Reg.R8)
                .label("drop").mov(Reg.R0, XdpContext.XDP_DROP).exit()
                .label("late");
        increment(SinkLayout.LATE);
        code.jump("drop");
    }

    private void others(final BpfMap counts) {
        code.label("others");
        value(counts);
        code.mov(Reg.R7, Reg.R0);
        increment(SinkLayout.PASSED);
        code.label("pass").mov(Reg.R0, XdpContext.XDP_PASS).exit();
    }

    private void stamp(final int at) {
        code.load(Width.DOUBLE, Reg.R8, Reg.R6, at + StampLayout.WORD).load(Width.DOUBLE, Reg.R9, Reg.R6, at + StampLayout.TIME);
    }

    // R0 = this processor's value.
    private void value(final BpfMap counts) {
        code.store(Width.WORD, Reg.R10, KEY, 0)
                .loadMap(Reg.R1, counts).mov(Reg.R2, Reg.R10).alu(Alu.ADD, Reg.R2, KEY)
                .call(Helper.MAP_LOOKUP_ELEM)
                .jump(Cond.EQ, Reg.R0, 0, "pass");
    }

    private void increment(final int counter) {
        code.load(Width.DOUBLE, Reg.R1, Reg.R7, counter).alu(Alu.ADD, Reg.R1, 1)
                .store(Width.DOUBLE, Reg.R7, counter, Reg.R1);
    }

    private void jumpWhenShorter(final int bytes) {
        code.mov(Reg.R2, Reg.R6).alu(Alu.ADD, Reg.R2, bytes).jump(Cond.GT, Reg.R2, Reg.R7, "others");
    }
}
