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
 * The instructions of {@link SinkProgram}; those that look for alterations are {@link CheckCode}'s. Registers: R6 the frame, later
 * its length; R7 its end, later the per-processor value; R8 the stamp's word; R9 the stamp's time, later the latency.
 */
final class SinkCode {

    private static final int IP = EthernetLayout.HEADER_BYTES;
    private static final int KEY = -4;

    private final BpfAssembler code = new BpfAssembler();
    private final ArrivalCheck check;

    private SinkCode(final ArrivalCheck check) {
        this.check = check;
    }

    /** The program; check is null when frames are only counted, slow when slow ones are not logged. */
    static BpfAssembler assemble(
            final BpfMap counts, final BpfMap order, final int streams, final int flows, final ArrivalCheck check, final SlowFrames slow) {
        final SinkCode program = new SinkCode(check);
        program.recognise();
        if (check != null) {
            new CheckCode(program.code, check).check();
        }
        program.count(counts);
        if (slow != null) {
            slow.write(program.code);
        }
        program.latency();
        program.order(order, streams, flows);
        program.others(counts);
        return program.code;
    }

    // Of a generator whose frames are checked, only frames of its family are.
    private void recognise() {
        final boolean v4 = check == null || check.v4();
        final boolean v6 = check == null || !check.v4();
        final int ipv4Stamp = IP + Ipv4Layout.HEADER_BYTES + UdpLayout.HEADER_BYTES;
        final int ipv6Stamp = IP + Ipv6Layout.HEADER_BYTES + UdpLayout.HEADER_BYTES;
        code.load(Width.WORD, Reg.R6, Reg.R1, XdpContext.DATA)
                .load(Width.WORD, Reg.R7, Reg.R1, XdpContext.DATA_END);
        if (dropsOthers()) {
            jumpWhenShorter(EthernetLayout.HEADER_BYTES, "pass");
            code.load(Width.HALF, Reg.R1, Reg.R6, EthernetLayout.ETHER_TYPE).toBigEndian(Reg.R1, 16)
                    .jump(Cond.NE, Reg.R1, EthernetLayout.TYPE_IPV4, "pass");
        }
        jumpWhenShorter(ipv4Stamp + StampLayout.BYTES, "others");
        code.load(Width.HALF, Reg.R1, Reg.R6, EthernetLayout.ETHER_TYPE).toBigEndian(Reg.R1, 16);
        if (v4) {
            code.jump(Cond.NE, Reg.R1, EthernetLayout.TYPE_IPV4, v6 ? "not_ipv4" : "others")
                    .load(Width.BYTE, Reg.R1, Reg.R6, IP + Ipv4Layout.VERSION_IHL)
                    .jump(Cond.NE, Reg.R1, Ipv4Layout.VERSION_4_IHL_5, "others")
                    .load(Width.BYTE, Reg.R1, Reg.R6, IP + Ipv4Layout.PROTOCOL)
                    .jump(Cond.NE, Reg.R1, IpProtocol.UDP, "others");
            stamp(ipv4Stamp);
        }
        if (v6) {
            if (v4) {
                code.jump("stamped").label("not_ipv4");
            }
            code.jump(Cond.NE, Reg.R1, EthernetLayout.TYPE_IPV6, "others");
            jumpWhenShorter(ipv6Stamp + StampLayout.BYTES, "others");
            code.load(Width.BYTE, Reg.R1, Reg.R6, IP + Ipv6Layout.NEXT_HEADER)
                    .jump(Cond.NE, Reg.R1, IpProtocol.UDP, "others");
            stamp(ipv6Stamp);
        }
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
        add(SinkLayout.BYTES_RECEIVED, Reg.R6);
        if (check != null) {
            sizes();
            altered();
        }
    }

    private void sizes() {
        final int[] sizes = check.isCapture() ? new int[0] : check.profile().sizes().bytes();
        for (int i = 0; i < sizes.length; i++) {
            final String other = code.uniqueLabel("other");
            code.jump(Cond.NE, Reg.R6, sizes[i], other);
            increment(SinkLayout.SIZES + i * Long.BYTES);
            code.jump("sized").label(other);
        }
        code.label("sized");
    }

    private void altered() {
        code.load(Width.DOUBLE, Reg.R2, Reg.R10, CheckCode.STACK_KINDS)
                .jump(Cond.EQ, Reg.R2, 0, "unaltered")
                .load(Width.DOUBLE, Reg.R1, Reg.R7, SinkLayout.KINDS).alu(Alu.OR, Reg.R1, Reg.R2)
                .store(Width.DOUBLE, Reg.R7, SinkLayout.KINDS, Reg.R1);
        increment(SinkLayout.ALTERED);
        code.label("unaltered");
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

    /** Leaves of a sequence the flow. */
    static void flow(final BpfAssembler code, final Reg sequence, final int flows) {
        if (Integer.bitCount(flows) == 1) {
            code.alu(Alu.AND, sequence, flows - 1);
        } else {
            code.alu(Alu.MOD, sequence, flows);
        }
    }

    // Per flow, the sequence that must at least come next; sequences wrap, so what counts is which way it is shorter.
    private void order(final BpfMap order, final int streams, final int flows) {
        code.label("order")
                .mov(Reg.R1, Reg.R8).alu(Alu.RSH, Reg.R1, StampLayout.STREAM_SHIFT).alu(Alu.AND, Reg.R1, StampLayout.STREAM_MASK)
                .jump(Cond.GE, Reg.R1, streams, "drop")
                .alu(Alu.MUL, Reg.R1, flows)
                .alu(Alu.LSH, Reg.R8, Long.SIZE - StampLayout.STREAM_SHIFT)
                .alu(Alu.RSH, Reg.R8, Long.SIZE - StampLayout.STREAM_SHIFT)
                .mov(Reg.R2, Reg.R8);
        flow(code, Reg.R2, flows);
        code.alu(Alu.ADD, Reg.R1, Reg.R2)
                .jump(Cond.GE, Reg.R1, streams * flows, "drop") // never: for the verifier
                .alu(Alu.LSH, Reg.R1, 3)
                .loadMapValue(Reg.R2, order, 0)
                .alu(Alu.ADD, Reg.R2, Reg.R1)
                .load(Width.DOUBLE, Reg.R3, Reg.R2, 0)
                .mov(Reg.R1, Reg.R8).alu(Alu.SUB, Reg.R1, Reg.R3).alu(Alu.LSH, Reg.R1, Long.SIZE - StampLayout.STREAM_SHIFT)
                .jump(Cond.SLT, Reg.R1, 0, "late")
                .alu(Alu.ADD, Reg.R8, 1)
                .store(Width.DOUBLE, Reg.R2, 0, Reg.R8)
                .label("drop").mov(Reg.R0, XdpContext.XDP_DROP).exit()
                .label("late");
        increment(SinkLayout.LATE);
        code.jump("drop");
    }

    private void others(final BpfMap counts) {
        code.label("others")
                .alu(Alu.SUB, Reg.R7, Reg.R6).mov(Reg.R6, Reg.R7);
        value(counts);
        code.mov(Reg.R7, Reg.R0);
        increment(SinkLayout.PASSED);
        add(SinkLayout.BYTES_PASSED, Reg.R6);
        if (dropsOthers()) {
            code.mov(Reg.R0, XdpContext.XDP_DROP).exit();
        }
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

    private void add(final int counter, final Reg value) {
        code.load(Width.DOUBLE, Reg.R1, Reg.R7, counter).alu(Alu.ADD, Reg.R1, value)
                .store(Width.DOUBLE, Reg.R7, counter, Reg.R1);
    }

    /** Of a capture all of IPv4 is the generator's; what else there is, such as ARP, is the kernel's. */
    private boolean dropsOthers() {
        return check != null && check.isCapture();
    }

    private void jumpWhenShorter(final int bytes, final String label) {
        code.mov(Reg.R2, Reg.R6).alu(Alu.ADD, Reg.R2, bytes).jump(Cond.GT, Reg.R2, Reg.R7, label);
    }
}
