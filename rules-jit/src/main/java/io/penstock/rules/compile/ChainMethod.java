package io.penstock.rules.compile;

import static io.penstock.rules.compile.PacketLocals.DESTINATION_LOW_VAR;
import static io.penstock.rules.compile.PacketLocals.DESTINATION_PORT_VAR;
import static io.penstock.rules.compile.PacketLocals.DESTINATION_VAR;
import static io.penstock.rules.compile.PacketLocals.FROM_VAR;
import static io.penstock.rules.compile.PacketLocals.PACKET_VAR;
import static io.penstock.rules.compile.PacketLocals.PROTOCOL_VAR;
import static io.penstock.rules.compile.PacketLocals.SOURCE_LOW_VAR;
import static io.penstock.rules.compile.PacketLocals.SOURCE_PORT_VAR;
import static io.penstock.rules.compile.PacketLocals.SOURCE_VAR;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.TableImage;
import io.penstock.rules.model.AddressTest;
import io.penstock.rules.model.DeviceTest;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Writes the method of one short chain: for each rule comparisons with constants, then the calls of the matches that are left.
 *
 * <pre>
 * int chain_N(RulePacket packet, int from)
 *     fields = the packet's
 *     switch (from):
 *     rule:   a field is not the constant   -> next rule
 *             a match is false              -> hotdrop, or next rule
 *             return the rule's number
 *     end:    return the end's number
 * </pre>
 *
 * <p>Threads: control.
 */
final class ChainMethod {

    private static final int HOTDROP = -1;

    private static final ClassDesc PACKET = desc(RulePacket.class);
    private static final ClassDesc MATCH = desc(HotMatch.class);
    private static final ClassDesc IMAGE = desc(TableImage.class);
    private static final ClassDesc ETHERNET = desc(EthernetLayout.class);
    private static final MethodTypeDesc LONG_AT = MethodTypeDesc.of(CD_long, CD_long);
    private static final MethodTypeDesc MATCHES = MethodTypeDesc.of(CD_boolean, PACKET);

    private final IpFamily family;
    private final List<RuleFields> rules;
    private final HotMatch[][] residues;
    private final int start;
    private final Function<HotMatch, String> constants;
    private final ClassDesc self;

    /**
     * A chain's method.
     *
     * @param residues  of the whole table
     * @param start     the chain's first number
     * @param constants gives the class's field that holds a match; null if it is not to be a constant
     */
    ChainMethod(
            final IpFamily family,
            final List<RuleFields> rules,
            final HotMatch[][] residues,
            final int start,
            final Function<HotMatch, String> constants,
            final ClassDesc self) {
        this.family = family;
        this.rules = rules;
        this.residues = residues;
        this.start = start;
        this.constants = constants;
        this.self = self;
    }

    private static ClassDesc desc(final Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    /** Writes the method's body. */
    void write(final CodeBuilder code) {
        PacketLocals.load(code, family, rules.stream().anyMatch(rule -> rule.portFlag() != 0));
        final List<Label> labels = new ArrayList<>();
        final List<SwitchCase> cases = new ArrayList<>();
        for (int rule = 0; rule <= rules.size(); rule++) {
            labels.add(code.newLabel());
            cases.add(SwitchCase.of(start + rule, labels.get(rule)));
        }
        code.iload(FROM_VAR).tableswitch(labels.getLast(), cases);
        for (int rule = 0; rule < rules.size(); rule++) {
            code.labelBinding(labels.get(rule));
            final Label next = labels.get(rule + 1);
            fields(code, rules.get(rule), next);
            residue(code, rule, next);
            code.loadConstant(start + rule).ireturn();
        }
        code.labelBinding(labels.getLast()).loadConstant(start + rules.size()).ireturn();
    }

    private void fields(final CodeBuilder code, final RuleFields rule, final Label next) {
        if (rule.protocol() != 0) {
            code.iload(PROTOCOL_VAR).loadConstant(rule.protocol()).if_icmpne(next);
        }
        address(code, rule.source(), SOURCE_VAR, SOURCE_LOW_VAR, next);
        address(code, rule.destination(), DESTINATION_VAR, DESTINATION_LOW_VAR, next);
        if (rule.portFlag() != 0) {
            ports(code, rule.sourceRange(), SOURCE_PORT_VAR, next);
            ports(code, rule.destinationRange(), DESTINATION_PORT_VAR, next);
        }
        device(code, rule.in(), "inName", next);
        device(code, rule.out(), "outName", next);
        if (rule.mac() != null) {
            code.aload(PACKET_VAR).getfield(PACKET, "frame", CD_long).dup2().lconst_0().lcmp();
            final Label frame = code.newLabel();
            code.ifne(frame).pop2().goto_(next);
            code.labelBinding(frame).invokestatic(ETHERNET, "source", LONG_AT).loadConstant(rule.mac().source()).lcmp().ifne(next);
        }
        if (rule.mark() != null && rule.mark().mask() != 0) {
            code.aload(PACKET_VAR).getfield(PACKET, "mark", CD_int);
            if (rule.mark().mask() != -1) {
                code.loadConstant(rule.mark().mask()).iand();
            }
            code.loadConstant(rule.mark().mark()).if_icmpne(next);
        }
    }

    private void address(final CodeBuilder code, final AddressTest test, final int variable, final int lowVariable, final Label next) {
        if (family == IpFamily.IPV4) {
            if (test.maskLow() != 0) {
                code.iload(variable);
                if ((int) test.maskLow() != -1) {
                    code.loadConstant((int) test.maskLow()).iand();
                }
                code.loadConstant((int) test.low()).if_icmpne(next);
            }
            return;
        }
        word(code, variable, test.maskHigh(), test.high(), next);
        word(code, lowVariable, test.maskLow(), test.low(), next);
    }

    private static void word(final CodeBuilder code, final int variable, final long mask, final long value, final Label next) {
        if (mask != 0) {
            code.lload(variable);
            masked(code, mask, value, next);
        }
    }

    /** Compares the long on the stack. */
    private static void masked(final CodeBuilder code, final long mask, final long value, final Label next) {
        if (mask != -1) {
            code.loadConstant(mask).land();
        }
        code.loadConstant(value & mask).lcmp().ifne(next);
    }

    private static void ports(final CodeBuilder code, final PortRange range, final int variable, final Label next) {
        code.iload(variable);
        if (range.isAll()) {
            code.iflt(next);
        } else if (range.first() == range.last()) {
            code.loadConstant(range.first()).if_icmpne(next);
        } else {
            code.loadConstant(range.first()).if_icmplt(next);
            code.iload(variable).loadConstant(range.last()).if_icmpgt(next);
        }
    }

    private static void device(final CodeBuilder code, final DeviceTest device, final String field, final Label next) {
        nameWord(code, device, 0, field, next);
        nameWord(code, device, Long.BYTES, field + "Rest", next);
    }

    private static void nameWord(final CodeBuilder code, final DeviceTest device, final int from, final String field, final Label next) {
        if (device.mask(from) != 0) {
            code.aload(PACKET_VAR).getfield(PACKET, field, CD_long);
            masked(code, device.mask(from), device.word(from), next);
        }
    }

    private void residue(final CodeBuilder code, final int rule, final Label next) {
        final HotMatch[] residue = residues[start + rule];
        if (residue == null) {
            return;
        }
        final Label no = code.newLabel();
        final Label yes = code.newLabel();
        for (int i = 0; i < residue.length; i++) {
            final String field = constants.apply(residue[i]);
            if (field != null) {
                code.getstatic(self, field, MATCH);
            } else {
                code.aload(0).getfield(self, "image", IMAGE).getfield(IMAGE, "residues", MATCH.arrayType().arrayType());
                code.loadConstant(start + rule).aaload().loadConstant(i).aaload();
            }
            code.aload(PACKET_VAR).invokeinterface(MATCH, "matches", MATCHES).ifeq(no);
        }
        code.goto_(yes);
        code.labelBinding(no);
        code.aload(PACKET_VAR).getfield(PACKET, "hotdrop", CD_boolean).ifeq(next);
        code.loadConstant(HOTDROP).ireturn();
        code.labelBinding(yes);
    }

    /** About how many bytes of bytecode the chain comes to. */
    static int bytes(final List<RuleFields> rules, final HotMatch[][] residues, final int start) {
        int bytes = 100;
        for (int rule = 0; rule < rules.size(); rule++) {
            final HotMatch[] residue = residues[start + rule];
            bytes += rules.get(rule).codeBytes() + (residue == null ? 0 : 25 * residue.length);
        }
        return bytes;
    }
}
