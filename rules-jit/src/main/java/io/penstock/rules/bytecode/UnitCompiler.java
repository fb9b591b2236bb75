package io.penstock.rules.bytecode;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.util.function.Consumer;

/**
 * Compiles a match that is a program of its own into a hidden class, of which there is one object: jumps become jumps, constants are
 * constants, registers are the JVM's.
 *
 * <p>The shape of what is generated:
 * <pre>
 * matches(packet):  network = packet.network; length = packet.length
 *                   ... the program; each way ends at "true" or "false"
 * </pre>
 *
 * <p>Threads: control; what comes out is without state.
 */
public final class UnitCompiler {

    /** The packet: {@link RulePacket}. */
    static final int PACKET_VAR = 1;
    /** Where it begins: a long. */
    static final int NETWORK_VAR = 2;
    /** Its length: an int. */
    static final int LENGTH_VAR = 4;
    /** What the program may use. */
    static final int FREE_VAR = 5;

    static final ClassDesc PACKET = desc(RulePacket.class);

    private static final ClassDesc MEMORY = desc(Memory.class);
    private static final MethodTypeDesc MATCHES = MethodTypeDesc.of(CD_boolean, PACKET);
    private static final MethodTypeDesc INT_AT = MethodTypeDesc.of(CD_int, CD_long);
    private static final MethodTypeDesc BYTE_AT = MethodTypeDesc.of(CD_byte, CD_long);

    private UnitCompiler() {
    }

    /** Compiles what {@link io.penstock.rules.hot.match.HotU32} runs. */
    public static HotMatch compileU32(final int[] program, final boolean inverted) {
        return instantiate("U32", new U32Unit(program), inverted);
    }

    /** Compiles what {@link io.penstock.rules.hot.match.HotBpf} runs: a program that was verified. */
    public static HotMatch compileBpf(final long[] program) {
        return instantiate("Bpf", new BpfUnit(program), false);
    }

    /** A program that writes itself down. */
    interface Unit {

        /** Writes it; each way through it ends at one of the labels. */
        void write(CodeBuilder code, Label yes, Label no);
    }

    /** Loads bytes in network order, unsigned, from the address on the stack. */
    static void load(final CodeBuilder code, final int bytes) {
        switch (bytes) {
            case 1 -> code.invokestatic(MEMORY, "getByte", BYTE_AT).loadConstant(0xFF).iand();
            case 2 -> code.invokestatic(MEMORY, "getUnsignedShortBE", INT_AT);
            default -> code.invokestatic(MEMORY, "getIntBE", INT_AT);
        }
    }

    static ClassDesc desc(final Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    private static HotMatch instantiate(final String name, final Unit unit, final boolean inverted) {
        final byte[] bytes = generate(name, unit, inverted);
        try {
            return (HotMatch) HiddenClasses.define(MethodHandles.lookup(), bytes, unit)
                    .lookupClass().getConstructor().newInstance();
        } catch (final InstantiationException | IllegalAccessException | NoSuchMethodException
                | InvocationTargetException e) {
            throw new IllegalStateException("a generated match cannot be instantiated", e);
        }
    }

    private static byte[] generate(final String name, final Unit unit, final boolean inverted) {
        final ClassDesc self = ClassDesc.of(UnitCompiler.class.getPackageName(), name);
        final Consumer<CodeBuilder> body = code -> {
            final Label yes = code.newLabel();
            final Label no = code.newLabel();
            code.aload(PACKET_VAR).getfield(PACKET, "network", CD_long).lstore(NETWORK_VAR);
            code.aload(PACKET_VAR).getfield(PACKET, "length", CD_int).istore(LENGTH_VAR);
            unit.write(code, yes, no);
            code.labelBinding(yes).loadConstant(inverted ? 0 : 1).ireturn();
            code.labelBinding(no).loadConstant(inverted ? 1 : 0).ireturn();
        };
        return ClassFile.of().build(self, c -> c
                .withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL)
                .withInterfaceSymbols(desc(HotMatch.class))
                .withMethodBody(INIT_NAME, MTD_void, ClassFile.ACC_PUBLIC, code ->
                        code.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_())
                .withMethodBody("matches", MATCHES, ClassFile.ACC_PUBLIC, body));
    }
}
