package io.penstock.rules.compile;

import static io.penstock.rules.compile.PacketLocals.DESTINATION_LOW_VAR;
import static io.penstock.rules.compile.PacketLocals.DESTINATION_PORT_VAR;
import static io.penstock.rules.compile.PacketLocals.DESTINATION_VAR;
import static io.penstock.rules.compile.PacketLocals.FREE_VAR;
import static io.penstock.rules.compile.PacketLocals.FROM_VAR;
import static io.penstock.rules.compile.PacketLocals.PACKET_VAR;
import static io.penstock.rules.compile.PacketLocals.PROTOCOL_VAR;
import static io.penstock.rules.compile.PacketLocals.SOURCE_LOW_VAR;
import static io.penstock.rules.compile.PacketLocals.SOURCE_PORT_VAR;
import static io.penstock.rules.compile.PacketLocals.SOURCE_VAR;
import static io.penstock.rules.compile.PacketLocals.desc;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.IndexLayout;
import io.penstock.rules.hot.SearchedTable4;
import io.penstock.rules.hot.SearchedTable6;
import io.penstock.rules.hot.RulePacket;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the method of one long chain: the search of {@link IndexLayout}, with the tuples' masks and places as constants.
 *
 * <pre>
 * int chain_N(RulePacket packet, int from)
 *     fields = the packet's
 *     do
 *         rounds of tuples, until none can be better than what was found:
 *             slot = block[place(fingerprint(fields and the masks))]     for each
 *             look at the slots that were hit
 *         what was found, or the end                                     when its other matches agree
 *     while they do not
 * </pre>
 *
 * <p>Threads: control.
 */
final class IndexMethod {

    /** Tuples that one method takes; a chain of more keeps to the generic search, because the JIT compiler takes no larger method. */
    static final int MAX_TUPLES = 32;

    private static final int ROUND = 8;
    private static final int FOUND_NONE = -2;
    private static final int SOURCE_PORT_SHIFT = 48;
    private static final int DESTINATION_PORT_SHIFT = 32;

    private static final int BLOCK_VAR = FREE_VAR;
    private static final int TRANSPORT_VAR = FREE_VAR + 2;
    private static final int IN_VAR = FREE_VAR + 4;
    private static final int OUT_VAR = FREE_VAR + 6;
    private static final int RULE_VAR = FREE_VAR + 8;
    private static final int BEST_VAR = FREE_VAR + 9;
    private static final int HITS_VAR = FREE_VAR + 10;
    private static final int FINGERPRINT_VAR = FREE_VAR + 11;
    private static final int SLOTS_VAR = FREE_VAR + 12;

    private static final ClassDesc PACKET = desc(RulePacket.class);
    private static final ClassDesc MEMORY = desc(Memory.class);
    private static final ClassDesc LAYOUT = desc(IndexLayout.class);
    private static final MethodTypeDesc LONG_AT = MethodTypeDesc.of(CD_long, CD_long);
    private static final MethodTypeDesc FINGERPRINT = MethodTypeDesc.of(CD_int, CD_long, CD_long, CD_long, CD_long, CD_long);
    private static final MethodTypeDesc FOLD = MethodTypeDesc.of(CD_long, CD_long, CD_long);
    private static final MethodTypeDesc IS_HIT = MethodTypeDesc.of(CD_int, CD_long, CD_int);
    private static final MethodTypeDesc SETTLE = MethodTypeDesc.of(CD_int, PACKET, CD_int);

    private final IpFamily family;
    private final ChainBlock chain;
    private final int index;
    private final int start;
    private final ClassDesc self;
    private final MethodTypeDesc look;

    /**
     * A chain's method.
     *
     * @param index the chain's
     * @param start its first number
     */
    IndexMethod(final IpFamily family, final ChainBlock chain, final int index, final int start, final ClassDesc self) {
        this.family = family;
        this.chain = chain;
        this.index = index;
        this.start = start;
        this.self = self;
        final List<ClassDesc> parameters = new ArrayList<>(List.of(CD_long, CD_long, CD_long, CD_int, CD_int));
        parameters.addAll(family == IpFamily.IPV4 ? List.of(CD_int, CD_int) : List.of(CD_long, CD_long, CD_long, CD_long));
        parameters.addAll(List.of(CD_int, CD_int, CD_int, CD_long, CD_long));
        this.look = MethodTypeDesc.of(CD_int, parameters.toArray(ClassDesc[]::new));
    }

    /** Writes the method's body. */
    void write(final CodeBuilder code) {
        final int rules = chain.rules().size();
        final Label again = code.newLabel();
        final Label searched = code.newLabel();
        final Label next = code.newLabel();
        final Label end = code.newLabel();
        code.iload(FROM_VAR).loadConstant(start).isub().istore(RULE_VAR);
        code.iload(RULE_VAR).loadConstant(rules).if_icmpeq(end);
        load(code);
        code.labelBinding(again);
        code.loadConstant(rules).istore(BEST_VAR);
        final List<ChainBlock.Place> tuples = chain.places();
        for (int first = 0; first < tuples.size(); first += ROUND) {
            code.iload(BEST_VAR).loadConstant(tuples.get(first).least()).if_icmple(searched);
            round(code, tuples.subList(first, Math.min(tuples.size(), first + ROUND)));
        }
        code.labelBinding(searched);
        code.iload(BEST_VAR).loadConstant(rules).if_icmpeq(end);
        // The number, a hotdrop, or that the rule's other matches do not agree.
        code.aload(0).aload(PACKET_VAR).iload(BEST_VAR).loadConstant(start).iadd().invokevirtual(self, "settle", SETTLE);
        code.dup().loadConstant(FOUND_NONE).if_icmpeq(next).ireturn();
        code.labelBinding(next).pop();
        code.iload(BEST_VAR).loadConstant(1).iadd().dup().istore(RULE_VAR);
        code.loadConstant(rules).if_icmplt(again);
        code.labelBinding(end).loadConstant(start + rules).ireturn();
    }

    private void load(final CodeBuilder code) {
        PacketLocals.load(code, family, true);
        code.aload(0).getfield(self, "blocks", CD_long.arrayType()).loadConstant(index).laload().lstore(BLOCK_VAR);
        code.iload(SOURCE_PORT_VAR).i2l().loadConstant(SOURCE_PORT_SHIFT).lshl();
        code.iload(DESTINATION_PORT_VAR).i2l().loadConstant(0xFFFFL).land().loadConstant(DESTINATION_PORT_SHIFT).lshl().lor();
        code.iload(PROTOCOL_VAR).i2l().lor().lstore(TRANSPORT_VAR);
        code.aload(PACKET_VAR).getfield(PACKET, "inName", CD_long).lstore(IN_VAR);
        code.aload(PACKET_VAR).getfield(PACKET, "outName", CD_long).lstore(OUT_VAR);
    }

    private void round(final CodeBuilder code, final List<ChainBlock.Place> tuples) {
        code.loadConstant(0).istore(HITS_VAR);
        for (int i = 0; i < tuples.size(); i++) {
            final ChainBlock.Place tuple = tuples.get(i);
            fingerprint(code, tuple.mask());
            code.dup().istore(FINGERPRINT_VAR).loadConstant(tuple.shift()).iushr().i2l().loadConstant(3).lshl();
            code.lload(BLOCK_VAR).ladd().loadConstant(tuple.slots()).ladd().invokestatic(MEMORY, "getLong", LONG_AT);
            code.dup2().lstore(SLOTS_VAR + 2 * i).iload(FINGERPRINT_VAR).invokestatic(LAYOUT, "isHit", IS_HIT);
            code.loadConstant(i).ishl().iload(HITS_VAR).ior().istore(HITS_VAR);
        }
        final Label done = code.newLabel();
        code.iload(HITS_VAR).ifeq(done);
        for (int i = 0; i < tuples.size(); i++) {
            final Label missed = code.newLabel();
            code.iload(HITS_VAR).loadConstant(1 << i).iand().ifeq(missed);
            look(code, SLOTS_VAR + 2 * i);
            code.labelBinding(missed);
        }
        code.labelBinding(done);
    }

    private void fingerprint(final CodeBuilder code, final FieldMask mask) {
        if (family == IpFamily.IPV4) {
            masked(code, SOURCE_VAR, TypeKind.INT, mask.source());
            masked(code, DESTINATION_VAR, TypeKind.INT, mask.destination());
        } else {
            masked(code, SOURCE_VAR, TypeKind.LONG, mask.sourceHigh());
            masked(code, SOURCE_LOW_VAR, TypeKind.LONG, mask.source());
            code.invokestatic(LAYOUT, "fold", FOLD);
            masked(code, DESTINATION_VAR, TypeKind.LONG, mask.destinationHigh());
            masked(code, DESTINATION_LOW_VAR, TypeKind.LONG, mask.destination());
            code.invokestatic(LAYOUT, "fold", FOLD);
        }
        masked(code, TRANSPORT_VAR, TypeKind.LONG, mask.transport());
        masked(code, IN_VAR, TypeKind.LONG, mask.in());
        masked(code, OUT_VAR, TypeKind.LONG, mask.out());
        code.invokestatic(LAYOUT, "fingerprint", FINGERPRINT);
    }

    private static void masked(final CodeBuilder code, final int variable, final TypeKind kind, final long mask) {
        if (mask == 0) {
            code.loadConstant(0L);
            return;
        }
        code.loadLocal(kind, variable);
        if (kind == TypeKind.INT) {
            code.i2l();
        }
        code.loadConstant(mask).land();
    }

    /** best = look(block, records, slot, from, best, fields) */
    private void look(final CodeBuilder code, final int slot) {
        code.lload(BLOCK_VAR).lload(BLOCK_VAR).loadConstant((long) IndexLayout.HEADER_BYTES).ladd().lload(slot);
        code.iload(RULE_VAR).iload(BEST_VAR);
        if (family == IpFamily.IPV4) {
            code.iload(SOURCE_VAR).iload(DESTINATION_VAR);
        } else {
            code.lload(SOURCE_VAR).lload(SOURCE_LOW_VAR).lload(DESTINATION_VAR).lload(DESTINATION_LOW_VAR);
        }
        code.iload(SOURCE_PORT_VAR).iload(DESTINATION_PORT_VAR).iload(PROTOCOL_VAR).lload(IN_VAR).lload(OUT_VAR);
        code.invokestatic(desc(family == IpFamily.IPV4 ? SearchedTable4.class : SearchedTable6.class), "look", look);
        code.istore(BEST_VAR);
    }
}
