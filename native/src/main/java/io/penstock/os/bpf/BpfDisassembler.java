package io.penstock.os.bpf;

import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Atomic;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Width;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns instruction words into the notation that the kernel's verifier uses in its log. Source: RFC 9669. */
final class BpfDisassembler {

    private BpfDisassembler() {
    }

    /** One instruction per line; {@code pending} names the targets of unresolved jumps, {@code labels} what is where. */
    static String text(final long[] code, final Map<Integer, String> pending, final Map<Integer, List<String>> labels) {
        final StringBuilder out = new StringBuilder(code.length * 32);
        for (int i = 0; i < code.length; i++) {
            labels.getOrDefault(i, List.of()).forEach(name -> out.append(name).append(":\n"));
            out.append(String.format("%4d: ", i));
            if ((code[i] & 0xFF) == BpfIsa.LD_IMM64 && i + 1 < code.length) {
                out.append(wide(code[i], code[i + 1]));
                i++;
            } else {
                final int offset = (short) (code[i] >>> 16);
                out.append(one(code[i], pending.getOrDefault(i, "pc" + (offset < 0 ? "" : "+") + offset)));
            }
            out.append('\n');
        }
        return out.toString();
    }

    private static String wide(final long first, final long second) {
        final String dst = register(first, 8, 'r');
        final int low = (int) (first >>> 32);
        final int high = (int) (second >>> 32);
        return switch ((int) (first >>> 12) & 0xF) {
            case BpfIsa.PSEUDO_MAP_FD -> dst + " = map[fd:" + low + ']';
            case BpfIsa.PSEUDO_MAP_VALUE -> dst + " = map[fd:" + low + "][0]+" + high;
            default -> dst + " = 0x" + Long.toHexString((long) high << 32 | low & 0xFFFF_FFFFL) + " ll";
        };
    }

    private static String one(final long word, final String target) {
        final int opcode = (int) word & 0xFF;
        return switch (opcode & BpfIsa.CLASS_MASK) {
            case BpfIsa.CLASS_ALU64 -> alu(word, opcode, 'r');
            case BpfIsa.CLASS_ALU32 -> alu(word, opcode, 'w');
            case BpfIsa.CLASS_JMP -> jump(word, opcode, 'r', target);
            case BpfIsa.CLASS_JMP32 -> jump(word, opcode, 'w', target);
            case BpfIsa.CLASS_LDX -> register(word, 8, 'r') + " = " + memory(word, opcode, register(word, 12, 'r'));
            case BpfIsa.CLASS_ST -> memory(word, opcode, register(word, 8, 'r')) + " = " + (int) (word >>> 32);
            case BpfIsa.CLASS_STX -> (opcode & BpfIsa.MODE_MASK) == BpfIsa.MODE_ATOMIC
                    ? atomic(word, opcode)
                    : memory(word, opcode, register(word, 8, 'r')) + " = " + register(word, 12, 'r');
            default -> ".word 0x" + Long.toHexString(word);
        };
    }

    private static String alu(final long word, final int opcode, final char kind) {
        final String dst = register(word, 8, kind);
        final int operation = opcode & BpfIsa.OPERATION_MASK;
        if (operation == BpfIsa.ALU_NEG) {
            return dst + " = -" + dst;
        }
        if (operation == BpfIsa.ALU_END) {
            return register(word, 8, 'r') + " = be" + (word >>> 32) + ' ' + register(word, 8, 'r');
        }
        for (final Alu alu : Alu.values()) {
            if (alu.code == operation) {
                return dst + ' ' + alu.sign + ' ' + operand(word, opcode, kind);
            }
        }
        return ".word 0x" + Long.toHexString(word);
    }

    private static String jump(final long word, final int opcode, final char kind, final String target) {
        final int operation = opcode & BpfIsa.OPERATION_MASK;
        switch (operation) {
            case BpfIsa.JMP_JA:
                return "goto " + target;
            case BpfIsa.JMP_CALL:
                return "call " + Helper.name((int) (word >>> 32));
            case BpfIsa.JMP_EXIT:
                return "exit";
            default:
                for (final Cond cond : Cond.values()) {
                    if (cond.code == operation) {
                        return "if " + register(word, 8, kind) + ' ' + cond.sign + ' ' + operand(word, opcode, kind)
                                + " goto " + target;
                    }
                }
                return ".word 0x" + Long.toHexString(word);
        }
    }

    private static String atomic(final long word, final int opcode) {
        final int code = (int) (word >>> 32);
        for (final Atomic atomic : Atomic.values()) {
            if (atomic.code == code) {
                return "lock " + atomic.name().toLowerCase(Locale.ROOT) + ' '
                        + memory(word, opcode, register(word, 8, 'r')) + ", " + register(word, 12, 'r');
            }
        }
        return ".word 0x" + Long.toHexString(word);
    }

    private static String operand(final long word, final int opcode, final char kind) {
        return (opcode & BpfIsa.SOURCE_REGISTER) != 0 ? register(word, 12, kind) : Integer.toString((int) (word >>> 32));
    }

    private static String memory(final long word, final int opcode, final String base) {
        final int offset = (short) (word >>> 16);
        return "*(u" + Width.of(opcode).bytes * 8 + " *)(" + base + (offset < 0 ? " " : " +") + offset + ')';
    }

    private static String register(final long word, final int shift, final char kind) {
        return kind + Integer.toString((int) (word >>> shift) & 0xF);
    }
}
