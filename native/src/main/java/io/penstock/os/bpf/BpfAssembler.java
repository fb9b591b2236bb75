package io.penstock.os.bpf;

import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Atomic;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds an eBPF program, one method per kind of instruction.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Instructions are emitted in the order of the calls; a label names the next one.</li>
 *   <li>Jumps are resolved by {@link #toLongs}, so a label may be set before or after the jumps to it. A label that is
 *       never set, is set twice, or is out of a jump's 16 bits is an error that names it.</li>
 *   <li>What the instruction word cannot hold is refused when the instruction is added, not by the verifier.</li>
 * </ol>
 *
 * <p>Loads and stores use the machine's byte order; {@link #toBigEndian} turns a value. {@code alu} works on 64 bits,
 * {@code alu32} and {@code jump32} on the low 32 and clear the rest. Threads: one.
 *
 * <p>Source: RFC 9669.
 */
public final class BpfAssembler {

    /** Instructions of a privileged program, BPF_COMPLEXITY_LIMIT_INSNS: more could never be verified. */
    private static final int MAX_INSTRUCTIONS = 1_000_000;

    private long[] code = new long[64];
    private int count;
    private int unique;
    private final Map<String, Integer> labels = new HashMap<>();
    private final List<Jump> jumps = new ArrayList<>();

    /** Adds {@code dst = dst op src}. */
    public BpfAssembler alu(final Alu op, final Reg dst, final Reg src) {
        return emit(BpfIsa.CLASS_ALU64 | op.code | BpfIsa.SOURCE_REGISTER, writable(dst), src.ordinal(), 0, 0);
    }

    /** Adds {@code dst = dst op immediate}; the immediate is sign-extended. */
    public BpfAssembler alu(final Alu op, final Reg dst, final int immediate) {
        return emit(BpfIsa.CLASS_ALU64 | op.code, writable(dst), 0, 0, immediate);
    }

    /** Adds {@code dst = dst op src} on 32 bits. */
    public BpfAssembler alu32(final Alu op, final Reg dst, final Reg src) {
        return emit(BpfIsa.CLASS_ALU32 | op.code | BpfIsa.SOURCE_REGISTER, writable(dst), src.ordinal(), 0, 0);
    }

    /** Adds {@code dst = dst op immediate} on 32 bits. */
    public BpfAssembler alu32(final Alu op, final Reg dst, final int immediate) {
        return emit(BpfIsa.CLASS_ALU32 | op.code, writable(dst), 0, 0, immediate);
    }

    /** Adds {@code dst = src}. */
    public BpfAssembler mov(final Reg dst, final Reg src) {
        return alu(Alu.MOV, dst, src);
    }

    /** Adds {@code dst = immediate}, sign-extended. */
    public BpfAssembler mov(final Reg dst, final int immediate) {
        return alu(Alu.MOV, dst, immediate);
    }

    /** Adds {@code dst = -dst}. */
    public BpfAssembler neg(final Reg dst) {
        return emit(BpfIsa.CLASS_ALU64 | BpfIsa.ALU_NEG, writable(dst), 0, 0, 0);
    }

    /** Turns the low 16, 32 or 64 bits from the machine's order to network order (or back), clearing the rest. */
    public BpfAssembler toBigEndian(final Reg dst, final int bits) {
        if (bits != 16 && bits != 32 && bits != 64) {
            throw new IllegalArgumentException("a byte swap is of 16, 32 or 64 bits: bits=" + bits);
        }
        return emit(BpfIsa.CLASS_ALU32 | BpfIsa.ALU_END | BpfIsa.SOURCE_REGISTER, writable(dst), 0, 0, bits);
    }

    /** Loads {@code dst} from memory at {@code base + offset}, clearing the rest. */
    public BpfAssembler load(final Width width, final Reg dst, final Reg base, final int offset) {
        return emit(BpfIsa.CLASS_LDX | BpfIsa.MODE_MEM | width.code, writable(dst), base.ordinal(), offset, 0);
    }

    /** Stores the low bytes of {@code src} to memory at {@code base + offset}. */
    public BpfAssembler store(final Width width, final Reg base, final int offset, final Reg src) {
        return emit(BpfIsa.CLASS_STX | BpfIsa.MODE_MEM | width.code, base.ordinal(), src.ordinal(), offset, 0);
    }

    /** Stores an immediate, sign-extended when eight bytes are written, to memory at {@code base + offset}. */
    public BpfAssembler store(final Width width, final Reg base, final int offset, final int immediate) {
        return emit(BpfIsa.CLASS_ST | BpfIsa.MODE_MEM | width.code, base.ordinal(), 0, offset, immediate);
    }

    /** Applies an atomic operation to the word or double word at {@code base + offset}. */
    public BpfAssembler atomic(final Atomic op, final Width width, final Reg base, final int offset, final Reg src) {
        if (width != Width.WORD && width != Width.DOUBLE) {
            throw new IllegalArgumentException("an atomic operation is on 4 or 8 bytes: width=" + width);
        }
        return emit(BpfIsa.CLASS_STX | BpfIsa.MODE_ATOMIC | width.code, base.ordinal(), src.ordinal(), offset, op.code);
    }

    /** Adds {@code dst = immediate} of 64 bits; two instruction words. */
    public BpfAssembler loadImm64(final Reg dst, final long immediate) {
        return wide(dst, 0, (int) immediate, (int) (immediate >>> 32));
    }

    /** Loads a map's address, the first argument of the map helpers; two instruction words. */
    public BpfAssembler loadMap(final Reg dst, final BpfMap map) {
        return wide(dst, BpfIsa.PSEUDO_MAP_FD, map.fd(), 0);
    }

    /** Loads the address of a byte inside the only value of an array map; two instruction words, no call, no check. */
    public BpfAssembler loadMapValue(final Reg dst, final BpfMap map, final int offset) {
        return wide(dst, BpfIsa.PSEUDO_MAP_VALUE, map.fd(), offset);
    }

    /** Calls a kernel function: R1 to R5 are lost, R0 is its result. */
    public BpfAssembler call(final Helper helper) {
        return emit(BpfIsa.CLASS_JMP | BpfIsa.JMP_CALL, 0, 0, 0, helper.id);
    }

    /** Ends the program with the verdict in R0. */
    public BpfAssembler exit() {
        return emit(BpfIsa.CLASS_JMP | BpfIsa.JMP_EXIT, 0, 0, 0, 0);
    }

    /** Names the next instruction. */
    public BpfAssembler label(final String name) {
        if (labels.putIfAbsent(name, count) != null) {
            throw new IllegalStateException("a label is set twice: label=" + name + " at=" + labels.get(name) + " and=" + count);
        }
        return this;
    }

    /** A label name that no one else uses, for pieces that are emitted several times. */
    public String uniqueLabel(final String name) {
        return name + '#' + ++unique;
    }

    /** Jumps always. */
    public BpfAssembler jump(final String label) {
        return branch(BpfIsa.CLASS_JMP | BpfIsa.JMP_JA, 0, 0, 0, label);
    }

    /** Jumps when {@code a cond b} on 64 bits. */
    public BpfAssembler jump(final Cond cond, final Reg a, final Reg b, final String label) {
        return branch(BpfIsa.CLASS_JMP | cond.code | BpfIsa.SOURCE_REGISTER, a.ordinal(), b.ordinal(), 0, label);
    }

    /** Jumps when {@code a cond immediate} on 64 bits; the immediate is sign-extended. */
    public BpfAssembler jump(final Cond cond, final Reg a, final int immediate, final String label) {
        return branch(BpfIsa.CLASS_JMP | cond.code, a.ordinal(), 0, immediate, label);
    }

    /** Jumps when {@code a cond b} on the low 32 bits. */
    public BpfAssembler jump32(final Cond cond, final Reg a, final Reg b, final String label) {
        return branch(BpfIsa.CLASS_JMP32 | cond.code | BpfIsa.SOURCE_REGISTER, a.ordinal(), b.ordinal(), 0, label);
    }

    /** Jumps when {@code a cond immediate} on the low 32 bits. */
    public BpfAssembler jump32(final Cond cond, final Reg a, final int immediate, final String label) {
        return branch(BpfIsa.CLASS_JMP32 | cond.code, a.ordinal(), 0, immediate, label);
    }

    /** How many instruction words there are. */
    public int size() {
        return count;
    }

    /** The program with all jumps resolved: one long per instruction word, in the machine's order. */
    public long[] toLongs() {
        final long[] result = Arrays.copyOf(code, count);
        for (final Jump jump : jumps) {
            final Integer target = labels.get(jump.label);
            if (target == null) {
                throw new IllegalStateException(
                        "a label is never set: label=" + jump.label + " jump at=" + jump.at + "; set it with label()");
            }
            if (target >= count) {
                throw new IllegalStateException("a label is behind the last instruction: label=" + jump.label
                        + " jump at=" + jump.at + "; end the program with exit()");
            }
            final int distance = target - jump.at - 1;
            if (distance != (short) distance) {
                throw new IllegalStateException("a jump is too far: label=" + jump.label + " jump at=" + jump.at
                        + " distance=" + distance + " limit=" + Short.MAX_VALUE + "; put the target nearer or jump twice");
            }
            result[jump.at] |= (distance & 0xFFFFL) << 16;
        }
        return result;
    }

    /** The program in words, an instruction per line with its index; jumps that are not resolved yet name their label. */
    @Override
    public String toString() {
        final Map<Integer, String> pending = new HashMap<>();
        jumps.forEach(jump -> pending.put(jump.at, jump.label));
        final Map<Integer, List<String>> names = new HashMap<>();
        labels.forEach((name, at) -> names.computeIfAbsent(at, k -> new ArrayList<>()).add(name));
        return BpfDisassembler.text(Arrays.copyOf(code, count), pending, names);
    }

    private BpfAssembler wide(final Reg dst, final int source, final int low, final int high) {
        emit(BpfIsa.LD_IMM64, writable(dst), source, 0, low);
        return emit(0, 0, 0, 0, high);
    }

    private BpfAssembler branch(final int opcode, final int dst, final int src, final int immediate, final String label) {
        jumps.add(new Jump(count, label));
        return emit(opcode, dst, src, 0, immediate);
    }

    private BpfAssembler emit(final int opcode, final int dst, final int src, final int offset, final int immediate) {
        if (offset != (short) offset) {
            throw new IllegalArgumentException("an offset has 16 bits: offset=" + offset + " at=" + count);
        }
        if (count == MAX_INSTRUCTIONS) {
            throw new IllegalStateException("a program is too long: limit=" + MAX_INSTRUCTIONS + " instructions");
        }
        if (count == code.length) {
            code = Arrays.copyOf(code, count * 2);
        }
        code[count++] = opcode | (dst | src << 4) << 8 | (offset & 0xFFFFL) << 16 | (long) immediate << 32;
        return this;
    }

    private static int writable(final Reg dst) {
        if (dst == Reg.R10) {
            throw new IllegalArgumentException("R10, the frame pointer, is read-only; copy it with mov and change the copy");
        }
        return dst.ordinal();
    }

    private record Jump(int at, String label) {
    }
}
