package io.penstock.dataplane.program;

import static io.penstock.dataplane.program.Descs.BATCH;
import static io.penstock.dataplane.program.Descs.BATCH_VAR;
import static io.penstock.dataplane.program.Descs.FROM_VAR;
import static io.penstock.dataplane.program.Descs.FUNCTION;
import static io.penstock.dataplane.program.Descs.FUNCTIONS;
import static io.penstock.dataplane.program.Descs.INTS;
import static io.penstock.dataplane.program.Descs.LANE;
import static io.penstock.dataplane.program.Descs.LANE_VAR;
import static io.penstock.dataplane.program.Descs.LIST;
import static io.penstock.dataplane.program.Descs.OF_BATCH;
import static io.penstock.dataplane.program.Descs.PACKET;
import static io.penstock.dataplane.program.Descs.PACKET_VIEW;
import static io.penstock.dataplane.program.Descs.PIPELINE_HOOK;
import static io.penstock.dataplane.program.Descs.PREPARED;
import static io.penstock.dataplane.program.Descs.PROGRAM;
import static io.penstock.dataplane.program.Descs.SELF;
import static io.penstock.dataplane.program.Descs.SLOT_VAR;
import static io.penstock.dataplane.program.Descs.STATE;
import static io.penstock.dataplane.program.Descs.STATE_VIEW;
import static io.penstock.dataplane.program.Descs.THIS;
import static io.penstock.dataplane.program.Descs.VERDICTS;
import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_MethodHandles;
import static java.lang.constant.ConstantDescs.CD_MethodHandles_Lookup;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;
import static java.lang.constant.ConstantDescs.DEFAULT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.HookVerdicts;
import io.penstock.dataplane.hot.pipeline.PipelineHook;
import io.penstock.dataplane.hot.pipeline.PreparedHook;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Generates the methods that call a list's functions, and the constants that hold the functions.
 *
 * <p>A list's method takes the position of the first function to call, and returns {@link #ENDED}, {@link #ACCEPTED} or
 * {@link #STOPPED}. Functions are called one after another, {@value #FUNCTIONS_PER_METHOD} in a method; a longer list's method
 * calls one method for each so many:
 * <pre>
 * again:  verdict = function.hook(packet, state)          exception: HookVerdicts.threw
 *         ACCEPT:   a token taken and not used is void (the pipeline's own take none); next function
 *         others:   HookVerdicts.act -> next function, the end, or again
 * </pre>
 *
 * <p>Threads: control.
 */
final class ListMethods {

    /** The packet's way ended in a function. */
    static final int ENDED = 0;
    /** All functions accepted. */
    static final int ACCEPTED = 1;
    /** A function stopped the walk: accepted, and those that are left are skipped. */
    static final int STOPPED = 2;

    /**
     * Functions called from one generated method. Unit: functions. Each takes about 90 bytes of bytecode, so that 64 stay
     * well under what the JIT compiles; fewer would split small sets, more would come near the limit.
     */
    private static final int FUNCTIONS_PER_METHOD = 64;

    /**
     * Functions that are constants of the class. Unit: functions; 8 bytes of its initializer each, which may have 65,535. The
     * others, which nobody should have, are taken from an array. Fewer would make programs slow that need not be.
     */
    private static final int MAX_CONSTANTS = 4096;

    /** The field that holds the functions past the constants. */
    private static final String OTHERS = "OTHERS";

    private static final int PACKET_VAR = 5;
    private static final int STATE_VAR = 6;
    private static final int VERDICT_VAR = 7;
    private static final int REPEATS_VAR = 8;
    private static final int EXCEPTION_VAR = 9;

    private final ClassBuilder program;
    private final List<HookFunction> constants = new ArrayList<>();

    /** For a class that is being built. */
    ListMethods(final ClassBuilder program) {
        this.program = program;
    }

    /** The name of a list's method. */
    static String name(final HookList list) {
        return "hook_" + list.name();
    }

    /** What the class takes by {@code MethodHandles.classData}: the functions of all lists. */
    HookFunction[] classData() {
        return constants.toArray(HookFunction[]::new);
    }

    /** Adds a list's methods; it has at least one function. */
    void add(final HookList list, final List<HookSet.Entry> functions) {
        final int first = constants.size();
        functions.forEach(e -> constants.add(e.function()));
        if (functions.size() <= FUNCTIONS_PER_METHOD) {
            part(name(list), list, 0, functions, first);
            return;
        }
        final int parts = (functions.size() + FUNCTIONS_PER_METHOD - 1) / FUNCTIONS_PER_METHOD;
        for (int part = 0; part < parts; part++) {
            final int from = part * FUNCTIONS_PER_METHOD;
            final int to = Math.min(functions.size(), from + FUNCTIONS_PER_METHOD);
            part(name(list) + '_' + part, list, from, functions.subList(from, to), first + from);
        }
        whole(list, parts);
    }

    /** Adds the constants: a static final field for each function, for the JIT compiler to see through. After all lists. */
    void addConstants() {
        if (constants.isEmpty()) {
            return;
        }
        final int count = Math.min(constants.size(), MAX_CONSTANTS);
        final int flags = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_FINAL;
        for (int i = 0; i < count; i++) {
            program.withField(field(i), FUNCTION, flags);
        }
        if (constants.size() > count) {
            program.withField(OTHERS, FUNCTIONS, flags);
        }
        program.withMethodBody(CLASS_INIT_NAME, MTD_void, ClassFile.ACC_STATIC, code -> {
            code.invokestatic(CD_MethodHandles, "lookup", MethodTypeDesc.of(CD_MethodHandles_Lookup))
                    .loadConstant(DEFAULT_NAME).loadConstant(FUNCTIONS)
                    .invokestatic(CD_MethodHandles, "classData",
                            MethodTypeDesc.of(CD_Object, CD_MethodHandles_Lookup, CD_String, CD_Class))
                    .checkcast(FUNCTIONS).astore(0);
            for (int i = 0; i < count; i++) {
                code.aload(0).loadConstant(i).aaload().putstatic(SELF, field(i), FUNCTION);
            }
            if (constants.size() > count) {
                code.aload(0).putstatic(SELF, OTHERS, FUNCTIONS);
            }
            code.return_();
        });
    }

    /** Emits the calls of all functions that prepare for a batch, each once. */
    void callPrepared(final CodeBuilder code) {
        final Set<HookFunction> called = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int constant = 0; constant < constants.size(); constant++) {
            if (constants.get(constant) instanceof PreparedHook && called.add(constants.get(constant))) {
                function(code, constant);
                code.checkcast(PREPARED).aload(LANE_VAR).aload(BATCH_VAR).invokeinterface(PREPARED, "prepare", OF_BATCH);
            }
        }
    }

    private static String field(final int constant) {
        return "F" + constant;
    }

    private void whole(final HookList list, final int parts) {
        program.withMethodBody(name(list), LIST, ClassFile.ACC_PRIVATE, code -> {
            final Label ended = code.newLabel();
            final Label stopped = code.newLabel();
            for (int part = 0; part < parts; part++) {
                final Label next = code.newLabel();
                code.iload(FROM_VAR).loadConstant((part + 1) * FUNCTIONS_PER_METHOD).if_icmpge(next);
                code.aload(THIS).aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).iload(FROM_VAR)
                        .invokevirtual(SELF, name(list) + '_' + part, LIST);
                if (part == parts - 1) {
                    code.ireturn();
                } else {
                    code.dup().ifeq(ended).loadConstant(STOPPED).if_icmpeq(stopped);
                }
                code.labelBinding(next);
            }
            code.labelBinding(stopped).loadConstant(STOPPED).ireturn();
            code.labelBinding(ended).ireturn();
        });
    }

    /** A method that calls the functions from position {@code base}. */
    private void part(
            final String name,
            final HookList list,
            final int base,
            final List<HookSet.Entry> functions,
            final int firstConstant) {
        program.withMethodBody(name, LIST, ClassFile.ACC_PRIVATE, code -> {
            code.aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR)
                    .invokevirtual(LANE, "packet", MethodTypeDesc.of(PACKET_VIEW, BATCH, CD_int)).astore(PACKET_VAR);
            if (!functions.stream().allMatch(entry -> entry.function() instanceof PipelineHook)) {
                code.aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).loadConstant(list.ordinal())
                        .invokevirtual(LANE, "state", MethodTypeDesc.of(STATE_VIEW, BATCH, CD_int, CD_int)).astore(STATE_VAR);
            }
            final Exits exits = new Exits(code.newLabel(), code.newLabel(), code.newLabel(), code.newLabel());
            final List<Label> starts = new ArrayList<>();
            final List<SwitchCase> cases = new ArrayList<>();
            for (int i = 0; i < functions.size(); i++) {
                starts.add(code.newLabel());
                cases.add(SwitchCase.of(base + i, starts.get(i)));
            }
            if (functions.size() > 1) {
                // Whoever comes from the part before names a position of that one, and starts with the first here.
                code.iload(FROM_VAR).tableswitch(starts.getFirst(), cases.subList(1, cases.size()));
            }
            for (int i = 0; i < functions.size(); i++) {
                final Label next = i + 1 < functions.size() ? starts.get(i + 1) : exits.accepted;
                code.labelBinding(starts.get(i));
                final int port = functions.get(i).port();
                if (port != HookSet.EVERY_PORT) {
                    code.aload(BATCH_VAR).getfield(BATCH, list == HookList.EGRESS ? "outPort" : "inPort", INTS)
                            .iload(SLOT_VAR).iaload().loadConstant(port).if_icmpne(next);
                }
                call(code, list, base + i, firstConstant + i, next, exits);
            }
            code.labelBinding(exits.accepted).loadConstant(ACCEPTED).ireturn();
            code.labelBinding(exits.ended).loadConstant(ENDED).ireturn();
            code.labelBinding(exits.stopped).loadConstant(STOPPED).ireturn();
            code.labelBinding(exits.threw).astore(EXCEPTION_VAR);
            code.aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).aload(EXCEPTION_VAR)
                    .invokestatic(VERDICTS, "threw", MethodTypeDesc.of(CD_void, LANE, BATCH, CD_int, CD_Throwable))
                    .loadConstant(ENDED).ireturn();
        });
    }

    private void call(
            final CodeBuilder code,
            final HookList list,
            final int position,
            final int constant,
            final Label next,
            final Exits exits) {
        final Label again = code.newLabel();
        final Label otherwise = code.newLabel();
        final Label repeat = code.newLabel();
        code.loadConstant(0).istore(REPEATS_VAR);
        code.labelBinding(again);
        final Label start = code.newBoundLabel();
        function(code, constant);
        final boolean isOwn = constants.get(constant) instanceof PipelineHook;
        if (isOwn) {
            code.checkcast(PIPELINE_HOOK).aload(PACKET_VAR)
                    .invokeinterface(PIPELINE_HOOK, "judge", MethodTypeDesc.of(CD_int, PACKET_VIEW));
        } else {
            code.aload(PACKET_VAR).aload(STATE_VAR)
                    .invokeinterface(FUNCTION, "hook", MethodTypeDesc.of(CD_int, PACKET, STATE));
        }
        final Label end = code.newBoundLabel();
        code.exceptionCatchAll(start, end, exits.threw);
        code.istore(VERDICT_VAR);
        code.iload(VERDICT_VAR).loadConstant(Verdict.ACCEPT).if_icmpne(otherwise);
        if (!isOwn) {
            code.aload(PACKET_VAR).invokevirtual(PACKET_VIEW, "giveBack", MTD_void);
        }
        code.goto_(next);
        code.labelBinding(otherwise);
        code.aload(LANE_VAR).aload(THIS).aload(BATCH_VAR).iload(SLOT_VAR).loadConstant(list.ordinal())
                .loadConstant(position).iload(VERDICT_VAR).iload(REPEATS_VAR)
                .invokestatic(VERDICTS, "act",
                        MethodTypeDesc.of(CD_int, LANE, PROGRAM, BATCH, CD_int, CD_int, CD_int, CD_int, CD_int));
        code.tableswitch(exits.ended, List.of(
                SwitchCase.of(HookVerdicts.NEXT, next),
                SwitchCase.of(HookVerdicts.STOP, exits.stopped),
                SwitchCase.of(HookVerdicts.AGAIN, repeat)));
        code.labelBinding(repeat).iinc(REPEATS_VAR, 1).goto_(again);
    }

    private static void function(final CodeBuilder code, final int constant) {
        if (constant < MAX_CONSTANTS) {
            code.getstatic(SELF, field(constant), FUNCTION);
        } else {
            code.getstatic(SELF, OTHERS, FUNCTIONS).loadConstant(constant).aaload();
        }
    }

    private record Exits(Label accepted, Label ended, Label stopped, Label threw) {
    }
}
