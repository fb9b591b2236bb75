package io.penstock.rules.bytecode;

import static io.penstock.rules.bytecode.UnitCompiler.FREE_VAR;
import static io.penstock.rules.bytecode.UnitCompiler.LENGTH_VAR;
import static io.penstock.rules.bytecode.UnitCompiler.NETWORK_VAR;
import static io.penstock.rules.bytecode.UnitCompiler.PACKET;
import static io.penstock.rules.bytecode.UnitCompiler.PACKET_VAR;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.penstock.rules.hot.match.BpfCode;
import io.penstock.rules.hot.match.BpfPacket;
import io.penstock.rules.hot.match.HotBpf;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** Writes a verified program of {@link HotBpf} as bytecode: its memory are the JVM's local variables. */
final class BpfUnit implements UnitCompiler.Unit {

    /** The accumulator: an int. */
    private static final int A_VAR = FREE_VAR;
    /** The index register: an int. */
    private static final int X_VAR = FREE_VAR + 1;
    /** Where a load goes to: a long. */
    private static final int PLACE_VAR = FREE_VAR + 2;
    /** The first word of memory: an int. */
    private static final int MEMORY_VAR = FREE_VAR + 4;

    private static final ClassDesc VIEW = UnitCompiler.desc(BpfPacket.class);
    private static final ClassDesc INTEGER = UnitCompiler.desc(Integer.class);
    private static final MethodTypeDesc PLACE = MethodTypeDesc.of(CD_long, PACKET, CD_int, CD_int);
    private static final MethodTypeDesc HAS = MethodTypeDesc.of(CD_boolean, PACKET, CD_int);
    private static final MethodTypeDesc ABOUT = MethodTypeDesc.of(CD_int, PACKET, CD_int);
    private static final MethodTypeDesc TWO_INTS = MethodTypeDesc.of(CD_int, CD_int, CD_int);

    private final long[] program;

    BpfUnit(final long[] program) {
        this.program = program;
    }

    @Override
    public void write(final CodeBuilder code, final Label yes, final Label no) {
        final Label[] labels = new Label[program.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = code.newLabel();
        }
        // The JVM's verifier does not follow what was written on which way.
        for (int local = A_VAR; local < MEMORY_VAR + BpfCode.MEMORY_WORDS; local++) {
            if (local < PLACE_VAR || local >= MEMORY_VAR) {
                code.iconst_0().istore(local);
            }
        }
        for (int i = 0; i < program.length; i++) {
            code.labelBinding(labels[i]);
            one(code, i, labels, yes, no);
        }
    }

    private void one(final CodeBuilder code, final int at, final Label[] labels, final Label yes, final Label no) {
        final long instruction = program[at];
        final int name = HotBpf.code(instruction);
        final int k = (int) instruction;
        switch (name) {
            case BpfCode.LD_W_ABS, BpfCode.LD_H_ABS, BpfCode.LD_B_ABS -> absolute(code, k, BpfCode.bytes(name), no);
            case BpfCode.LD_W_IND, BpfCode.LD_H_IND, BpfCode.LD_B_IND -> {
                code.aload(PACKET_VAR).iload(X_VAR).loadConstant(k).iadd();
                far(code, BpfCode.bytes(name), no);
                code.istore(A_VAR);
            }
            case BpfCode.LDX_MSH -> {
                packet(code, k, 1, no);
                code.loadConstant(0xF).iand().iconst_2().ishl().istore(X_VAR);
            }
            case BpfCode.LD_IMM -> code.loadConstant(k).istore(A_VAR);
            case BpfCode.LD_MEM -> code.iload(MEMORY_VAR + k).istore(A_VAR);
            case BpfCode.LD_LEN -> code.iload(LENGTH_VAR).istore(A_VAR);
            case BpfCode.LDX_IMM -> code.loadConstant(k).istore(X_VAR);
            case BpfCode.LDX_MEM -> code.iload(MEMORY_VAR + k).istore(X_VAR);
            case BpfCode.LDX_LEN -> code.iload(LENGTH_VAR).istore(X_VAR);
            case BpfCode.ST -> code.iload(A_VAR).istore(MEMORY_VAR + k);
            case BpfCode.STX -> code.iload(X_VAR).istore(MEMORY_VAR + k);
            case BpfCode.TAX -> code.iload(A_VAR).istore(X_VAR);
            case BpfCode.TXA -> code.iload(X_VAR).istore(A_VAR);
            case BpfCode.RET -> code.goto_(k != 0 ? yes : no);
            case BpfCode.RET_A -> code.iload(A_VAR).ifne(yes).goto_(no);
            case BpfCode.JA -> code.goto_(labels[at + 1 + k]);
            default -> {
                if (BpfCode.instructionClass(name) == BpfCode.JMP) {
                    jump(code, name, k, labels[at + 1 + HotBpf.jumpTrue(instruction)]);
                    code.goto_(labels[at + 1 + HotBpf.jumpFalse(instruction)]);
                } else {
                    compute(code, name, k, no);
                }
            }
        }
    }

    private static void absolute(final CodeBuilder code, final int k, final int bytes, final Label no) {
        if (k == BpfCode.XOR_X) {
            code.iload(A_VAR).iload(X_VAR).ixor().istore(A_VAR);
        } else if (BpfCode.isAncillary(k)) {
            code.aload(PACKET_VAR).loadConstant(k).invokestatic(VIEW, "has", HAS).ifeq(no);
            code.aload(PACKET_VAR).loadConstant(k).invokestatic(VIEW, "about", ABOUT).istore(A_VAR);
        } else {
            packet(code, k, bytes, no);
            code.istore(A_VAR);
        }
    }

    /** Loads from a place that is a constant. */
    private static void packet(final CodeBuilder code, final int k, final int bytes, final Label no) {
        if (k >= 0 && k <= Integer.MAX_VALUE - bytes) {
            code.iload(LENGTH_VAR).loadConstant(k + bytes).if_icmplt(no);
            code.lload(NETWORK_VAR).loadConstant((long) k).ladd();
            UnitCompiler.load(code, bytes);
        } else {
            code.aload(PACKET_VAR).loadConstant(k);
            far(code, bytes, no);
        }
    }

    /** Loads from where packet and offset on the stack say. */
    private static void far(final CodeBuilder code, final int bytes, final Label no) {
        code.loadConstant(bytes).invokestatic(VIEW, "place", PLACE).lstore(PLACE_VAR);
        code.lload(PLACE_VAR).loadConstant(BpfPacket.NOWHERE).lcmp().ifeq(no);
        code.lload(PLACE_VAR);
        UnitCompiler.load(code, bytes);
    }

    private static void jump(final CodeBuilder code, final int name, final int k, final Label taken) {
        code.iload(A_VAR);
        operand(code, name, k);
        switch (BpfCode.withConstant(name)) {
            case BpfCode.JEQ_K -> code.if_icmpeq(taken);
            case BpfCode.JGT_K -> code.invokestatic(INTEGER, "compareUnsigned", TWO_INTS).ifgt(taken);
            case BpfCode.JGE_K -> code.invokestatic(INTEGER, "compareUnsigned", TWO_INTS).ifge(taken);
            default -> code.iand().ifne(taken);
        }
    }

    private static void compute(final CodeBuilder code, final int name, final int k, final Label no) {
        final int operation = BpfCode.withConstant(name);
        if (operation == BpfCode.NEG) {
            code.iload(A_VAR).ineg().istore(A_VAR);
            return;
        }
        final boolean divides = operation == BpfCode.DIV_K || operation == BpfCode.MOD_K;
        if (divides && name != operation) {
            code.iload(X_VAR).ifeq(no);
        }
        code.iload(A_VAR);
        operand(code, name, k);
        switch (operation) {
            case BpfCode.ADD_K -> code.iadd();
            case BpfCode.SUB_K -> code.isub();
            case BpfCode.MUL_K -> code.imul();
            case BpfCode.DIV_K -> code.invokestatic(INTEGER, "divideUnsigned", TWO_INTS);
            case BpfCode.MOD_K -> code.invokestatic(INTEGER, "remainderUnsigned", TWO_INTS);
            case BpfCode.OR_K -> code.ior();
            case BpfCode.AND_K -> code.iand();
            case BpfCode.XOR_K -> code.ixor();
            case BpfCode.LSH_K -> code.ishl();
            default -> code.iushr();
        }
        code.istore(A_VAR);
    }

    private static void operand(final CodeBuilder code, final int name, final int k) {
        if ((name & BpfCode.X) == 0) {
            code.loadConstant(k);
        } else {
            code.iload(X_VAR);
        }
    }
}
