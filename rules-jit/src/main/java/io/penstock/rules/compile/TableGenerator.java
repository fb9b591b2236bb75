package io.penstock.rules.compile;

import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_MethodHandles;
import static java.lang.constant.ConstantDescs.CD_MethodHandles_Lookup;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;
import static java.lang.constant.ConstantDescs.DEFAULT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.bytecode.HiddenClasses;
import io.penstock.rules.hot.BatchSearch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.SearchedTable4;
import io.penstock.rules.hot.SearchedTable6;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.TableImage;
import io.penstock.rules.hot.TableProgram;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Generates the class of one table: short chains become comparisons with constants, one rule after the other ({@link ChainMethod}), whose
 * other matches are constants too, so that the JIT compiler sees through the calls. Long chains are searched as in the generic program.
 *
 * <p>The class extends {@link SearchedTable4} or {@link SearchedTable6}:
 * <pre>
 * next(packet, chain, from):   chain -> chain_N(packet, from), or as the index has it
 * </pre>
 *
 * <p>A match that keeps state is asked by way of the image, so that the class can be warmed on an image whose state does not matter.
 *
 * <p>Threads: control.
 */
final class TableGenerator {

    /**
     * Bytecode of one chain's method, about. Unit: bytes. A chain that comes to more keeps to its records; the JIT compiler takes up to
     * {@link HiddenClasses#MAX_METHOD_BYTES}, and takes long over those near it.
     */
    private static final int CHAIN_BYTES = 6000;

    /** Rules of a chain that are compared one after the other. Unit: rules. More of them are found faster by the index. */
    private static final int MAX_RULES = BatchSearch.LEAST_RULES - 1;

    /**
     * Chains in one class. Unit: chains. Each is a method that the JIT compiler has to compile, twice, when packets come to it: 500 services' chains kept a
     * worker interpreting, and waiting for the compilers, for seconds after each restore. Those that packets come to seldom keep to their records, whose
     * code is always hot.
     */
    private static final int MAX_CHAINS = 32;

    /** Of a hook's packets, those that may come to a chain that gets a method, at the least. */
    private static final double LEAST_SHARE = 1.0 / 64;

    /** Matches that are constants of the class. Unit: matches; each takes 8 bytes of its initializer, which may have 65,535. */
    private static final int MAX_CONSTANTS = 4000;

    private static final ClassDesc SELF = ClassDesc.of(TableGenerator.class.getPackageName(), "GeneratedTable");
    private static final ClassDesc PACKET = desc(RulePacket.class);
    private static final ClassDesc MATCH = desc(HotMatch.class);
    private static final ClassDesc IMAGE = desc(TableImage.class);
    private static final MethodTypeDesc CONSTRUCTOR = MethodTypeDesc.of(CD_void, IMAGE, CD_long, CD_long.arrayType());
    private static final MethodTypeDesc NEXT = MethodTypeDesc.of(CD_int, PACKET, CD_int, CD_int);
    private static final MethodTypeDesc CHAIN = MethodTypeDesc.of(CD_int, PACKET, CD_int);
    private static final int PRIVATE_CONSTANT = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_FINAL;

    private final IpFamily family;
    private final TableImage image;
    private final List<ChainBlock> chains;
    private final ClassDesc parent;
    private final Map<HotMatch, Integer> constants = new IdentityHashMap<>();
    private final List<HotMatch> constantList = new ArrayList<>();
    private final List<Integer> special = new ArrayList<>();

    private TableGenerator(final IpFamily family, final TableImage image, final List<ChainBlock> chains) {
        this.family = family;
        this.image = image;
        this.chains = chains;
        this.parent = desc(family == IpFamily.IPV4 ? SearchedTable4.class : SearchedTable6.class);
    }

    /** How programs of a table are made that was generated; null if none of those that packets may often come to is short enough. */
    static Specialized generate(final IpFamily family, final TableImage image, final List<ChainBlock> chains) {
        final TableGenerator generator = new TableGenerator(family, image, chains);
        generator.choose();
        return generator.special.isEmpty() ? null : generator.define();
    }

    /** Makes programs of a generated class. */
    @FunctionalInterface
    interface Specialized {

        /** A program; see {@link SearchedTable4}. */
        TableProgram of(TableImage image, long counters, long[] blocks);
    }

    private static ClassDesc desc(final Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    private void choose() {
        for (final int chain : ChainShares.likely(image, LEAST_SHARE)) {
            final ChainBlock block = chains.get(chain);
            if (special.size() < MAX_CHAINS && !block.rules().isEmpty() && block.rules().size() <= MAX_RULES
                    && ChainMethod.bytes(block.rules(), image.residues, image.starts[chain]) <= CHAIN_BYTES) {
                special.add(chain);
            }
        }
        Collections.sort(special);
    }

    private Specialized define() {
        final byte[] bytes = ClassFile.of().build(SELF, builder -> {
            builder.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL).withSuperclass(parent);
            builder.withMethodBody(INIT_NAME, CONSTRUCTOR, ClassFile.ACC_PUBLIC, code ->
                    code.aload(0).aload(1).lload(2).aload(4).invokespecial(parent, INIT_NAME, CONSTRUCTOR).return_());
            for (final int chain : special) {
                final ChainBlock block = chains.get(chain);
                builder.withMethodBody("chain_" + chain, CHAIN, ClassFile.ACC_PRIVATE,
                        new ChainMethod(family, block.rules(), image.residues, image.starts[chain], this::constant, SELF)::write);
            }
            builder.withMethodBody("next", NEXT, ClassFile.ACC_PROTECTED, this::next);
            addConstants(builder);
        });
        final MethodHandles.Lookup lookup =
                HiddenClasses.define(MethodHandles.lookup(), bytes, constantList.toArray(HotMatch[]::new));
        try {
            final var constructor = lookup.findConstructor(lookup.lookupClass(),
                    MethodType.methodType(void.class, TableImage.class, long.class, long[].class))
                    .asType(MethodType.methodType(TableProgram.class, TableImage.class, long.class, long[].class));
            return (itsImage, counters, blocks) -> {
                try {
                    return (TableProgram) constructor.invokeExact(itsImage, counters, blocks);
                } catch (final Throwable e) {
                    throw new IllegalStateException("a generated table cannot be instantiated", e);
                }
            };
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("a generated table has no constructor", e);
        }
    }

    private void next(final CodeBuilder code) {
        final Label other = code.newLabel();
        final List<SwitchCase> cases = new ArrayList<>();
        for (final int chain : special) {
            cases.add(SwitchCase.of(chain, code.newLabel()));
        }
        code.iload(2).lookupswitch(other, cases);
        for (final SwitchCase each : cases) {
            code.labelBinding(each.target()).aload(0).aload(1).iload(3)
                    .invokevirtual(SELF, "chain_" + each.caseValue(), CHAIN).ireturn();
        }
        code.labelBinding(other).aload(0).aload(1).iload(2).iload(3).invokespecial(parent, "next", NEXT).ireturn();
    }

    /** The field of a match that keeps no state. */
    private String constant(final HotMatch match) {
        if (Statefulness.mayKeepState(match) || constants.size() >= MAX_CONSTANTS && !constants.containsKey(match)) {
            return null;
        }
        return field(constants.computeIfAbsent(match, added -> {
            constantList.add(added);
            return constantList.size() - 1;
        }));
    }

    private static String field(final int number) {
        return "MATCH_" + number;
    }

    /** A static final field for each constant, set from the class's data. */
    private void addConstants(final ClassBuilder builder) {
        for (int i = 0; i < constantList.size(); i++) {
            builder.withField(field(i), MATCH, PRIVATE_CONSTANT);
        }
        final ClassDesc array = MATCH.arrayType();
        builder.withMethodBody(CLASS_INIT_NAME, MTD_void, ClassFile.ACC_STATIC, code -> {
            code.invokestatic(CD_MethodHandles, "lookup", MethodTypeDesc.of(CD_MethodHandles_Lookup))
                    .loadConstant(DEFAULT_NAME).loadConstant(array)
                    .invokestatic(CD_MethodHandles, "classData",
                            MethodTypeDesc.of(CD_Object, CD_MethodHandles_Lookup, CD_String, CD_Class))
                    .checkcast(array).astore(0);
            for (int i = 0; i < constantList.size(); i++) {
                code.aload(0).loadConstant(i).aaload().putstatic(SELF, field(i), MATCH);
            }
            code.return_();
        });
    }
}
