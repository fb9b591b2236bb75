package io.penstock.dataplane.program;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.ForwardStep;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.HookVerdicts;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PacketProgram;
import io.penstock.dataplane.hot.pipeline.ParseStep;
import io.penstock.dataplane.hot.pipeline.RouteStep;
import io.penstock.dataplane.hot.pipeline.TransmitStep;
import io.penstock.rules.bytecode.HiddenClasses;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles a {@link HookSet} into a {@link PacketProgram}: one hidden class whose methods are the packet's way, with a
 * direct call of each hook function (a constant of the class) where one is registered and nothing where none is.
 *
 * <p>The shape of what is generated, for IPv4:
 * <pre>
 * run:        parse all; look all routes up        (look-up only when PRE_ROUTING is empty)
 *             for each packet: ipv4Received
 * ipv4Received: PRE_ROUTING's functions; ipv4Route
 * ipv4Route:  decide -> forward: time to live, FORWARD's functions; ipv4Out
 *                       local:   LOCAL_IN's functions; deliver
 * ipv4Out:    POST_ROUTING's functions; transmit
 * transmit:   neighbour; EGRESS's functions; send
 * </pre>
 *
 * <p>With INGRESS functions, parsing is per packet too, because they may write what it reads.
 *
 * <p>Threads: control.
 */
public final class ProgramCompiler {

    /**
     * Functions called from one generated method. Unit: functions. Each takes about 60 bytes of bytecode, so that 64 stay
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

    private static final ClassDesc LANE = Lane.class.describeConstable().orElseThrow();
    private static final ClassDesc BATCH = Batch.class.describeConstable().orElseThrow();
    private static final ClassDesc PROGRAM = PacketProgram.class.describeConstable().orElseThrow();
    private static final ClassDesc FUNCTION = HookFunction.class.describeConstable().orElseThrow();
    private static final ClassDesc PACKET = ClassDesc.of("io.penstock.dataplane.api.Packet");
    private static final ClassDesc STATE = ClassDesc.of("io.penstock.dataplane.api.HookState");
    private static final ClassDesc PACKET_VIEW = ClassDesc.of("io.penstock.dataplane.hot.pipeline.PacketView");
    private static final ClassDesc STATE_VIEW = ClassDesc.of("io.penstock.dataplane.hot.pipeline.HookStateView");
    private static final ClassDesc PARSE = ParseStep.class.describeConstable().orElseThrow();
    private static final ClassDesc ROUTE = RouteStep.class.describeConstable().orElseThrow();
    private static final ClassDesc FORWARD = ForwardStep.class.describeConstable().orElseThrow();
    private static final ClassDesc TRANSMIT = TransmitStep.class.describeConstable().orElseThrow();
    private static final ClassDesc VERDICTS = HookVerdicts.class.describeConstable().orElseThrow();
    private static final ClassDesc FUNCTIONS = FUNCTION.arrayType();
    private static final ClassDesc INTS = CD_int.arrayType();
    private static final ClassDesc THROWABLE = ClassDesc.of("java.lang.Throwable");
    private static final ClassDesc HANDLES = ClassDesc.of("java.lang.invoke.MethodHandles");
    private static final ClassDesc LOOKUP = ClassDesc.of("java.lang.invoke.MethodHandles$Lookup");
    private static final ClassDesc SELF = ClassDesc.of(ProgramCompiler.class.getPackageName() + ".HookProgram");

    private static final MethodTypeDesc CONSTRUCTOR =
            MethodTypeDesc.of(CD_void, INTS.arrayType(), ClassDesc.ofDescriptor("[[J"));
    private static final MethodTypeDesc OF_BATCH = MethodTypeDesc.of(CD_void, LANE, BATCH);
    private static final MethodTypeDesc OF_SLOT = MethodTypeDesc.of(CD_void, LANE, BATCH, CD_int);
    private static final MethodTypeDesc SLOT_TO_INT = MethodTypeDesc.of(CD_int, LANE, BATCH, CD_int);
    private static final MethodTypeDesc SLOT_TO_BOOLEAN = MethodTypeDesc.of(CD_boolean, LANE, BATCH, CD_int);
    private static final MethodTypeDesc LIST = MethodTypeDesc.of(CD_int, LANE, BATCH, CD_int, CD_int);
    private static final MethodTypeDesc RESUME = MethodTypeDesc.of(CD_void, LANE, BATCH, CD_int, CD_int, CD_int);

    private static final int THIS = 0;
    private static final int LANE_VAR = 1;
    private static final int BATCH_VAR = 2;
    private static final int SLOT_VAR = 3;
    private static final int FROM_VAR = 4;

    private final HookSet set;
    private final List<HookFunction> constants = new ArrayList<>();

    private ProgramCompiler(final HookSet set) {
        this.set = set;
    }

    /** Compiles, defines and instantiates. */
    public static PacketProgram compile(final HookSet set) {
        final ProgramCompiler compiler = new ProgramCompiler(set);
        final byte[] bytes = compiler.generate();
        final MethodHandles.Lookup defined =
                HiddenClasses.define(
                MethodHandles.lookup(), bytes, compiler.constants.toArray(HookFunction[]::new));
        final int[][] priorities = new int[HookList.count()][];
        final long[][] sequences = new long[HookList.count()][];
        for (final HookList list : HookList.values()) {
            final List<HookSet.Entry> functions = set.functions(list);
            priorities[list.ordinal()] = functions.stream().mapToInt(HookSet.Entry::priority).toArray();
            sequences[list.ordinal()] = functions.stream().mapToLong(HookSet.Entry::sequence).toArray();
        }
        try {
            return (PacketProgram) defined.lookupClass()
                    .getConstructor(int[][].class, long[][].class)
                    .newInstance(priorities, sequences);
        } catch (final InstantiationException | IllegalAccessException | NoSuchMethodException
                | InvocationTargetException e) {
            throw new IllegalStateException("a generated program cannot be instantiated", e);
        }
    }

    /** The bytes of the class, for golden files. */
    static byte[] bytes(final HookSet set) {
        return new ProgramCompiler(set).generate();
    }

    private byte[] generate() {
        return ClassFile.of().build(SELF, c -> {
            c.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL).withSuperclass(PROGRAM);
            c.withMethodBody(INIT_NAME, CONSTRUCTOR, ClassFile.ACC_PUBLIC, code ->
                code.aload(0).aload(1).aload(2).invokespecial(PROGRAM, INIT_NAME, CONSTRUCTOR).return_());
            for (final HookList list : HookList.values()) {
                if (!set.isEmpty(list)) {
                    list(c, list);
                }
            }
            constants(c);
            run(c);
            output(c);
            received(c);
            protocol(c, "ipv4", HookList.IPV4_PRE_ROUTING);
            protocol(c, "ipv6", HookList.IPV6_PRE_ROUTING);
            transmit(c);
            resume(c);
        });
    }

    private static HookList sibling(final HookList preRouting, final int offset) {
        return HookList.of(preRouting.ordinal() + offset);
    }

    private boolean stagesParsing() {
        return set.isEmpty(HookList.INGRESS);
    }

    private boolean stagesLookup() {
        return stagesParsing() && set.isEmpty(HookList.IPV4_PRE_ROUTING) && set.isEmpty(HookList.IPV6_PRE_ROUTING);
    }

    private void run(final ClassBuilder c) {
        c.withMethodBody("run", OF_BATCH, ClassFile.ACC_PUBLIC, code -> {
            if (stagesParsing()) {
                code.aload(LANE_VAR).aload(BATCH_VAR).invokestatic(PARSE, "batch", OF_BATCH);
            }
            if (stagesLookup()) {
                code.aload(LANE_VAR).aload(BATCH_VAR).invokestatic(ROUTE, "lookupBatch", OF_BATCH);
            }
            forEach(code, () -> {
                if (!stagesParsing()) {
                    code.aload(BATCH_VAR).iload(SLOT_VAR)
                            .invokestatic(PARSE, "arrive", MethodTypeDesc.of(CD_void, BATCH, CD_int));
                    callList(code, HookList.INGRESS, () -> {
                        slot(code).invokestatic(PARSE, "one", OF_SLOT);
                        self(code, "received");
                    });
                } else {
                    self(code, "received");
                }
            });
            code.return_();
        });
    }

    private void output(final ClassBuilder c) {
        c.withMethodBody("output", OF_BATCH, ClassFile.ACC_PUBLIC, code -> {
            code.aload(LANE_VAR).aload(BATCH_VAR).invokestatic(PARSE, "batch", OF_BATCH);
            forEach(code, () -> switchFamily(code, () -> self(code, "ipv4Output"), () -> self(code, "ipv6Output"), null));
            code.return_();
        });
    }

    /** After parsing: to the family's way. */
    private void received(final ClassBuilder c) {
        c.withMethodBody("received", OF_SLOT, ClassFile.ACC_PRIVATE, code -> {
            switchFamily(code,
                    () -> callList(code, HookList.IPV4_PRE_ROUTING, () -> enterRoute(code, "ipv4Route")),
                    () -> callList(code, HookList.IPV6_PRE_ROUTING, () -> enterRoute(code, "ipv6Route")),
                    () -> callList(code, HookList.ARP_IN, () -> slot(code).invokestatic(TRANSMIT, "deliver", OF_SLOT)));
            code.return_();
        });
    }

    private void enterRoute(final CodeBuilder code, final String method) {
        if (!stagesLookup()) {
            slot(code).invokestatic(ROUTE, "lookup", OF_SLOT);
        }
        self(code, method);
    }

    private void protocol(final ClassBuilder c, final String name, final HookList preRouting) {
        final HookList localIn = sibling(preRouting, 1);
        final HookList forward = sibling(preRouting, 2);
        final HookList localOut = sibling(preRouting, 3);
        final HookList postRouting = sibling(preRouting, 4);
        c.withMethodBody(name + "Route", OF_SLOT, ClassFile.ACC_PRIVATE, code -> {
            slot(code).invokestatic(ROUTE, "decide", SLOT_TO_INT);
            final Label done = code.newLabel();
            final Label onward = code.newLabel();
            final Label local = code.newLabel();
            code.tableswitch(done, List.of(
                    SwitchCase.of(RouteStep.FORWARD, onward), SwitchCase.of(RouteStep.LOCAL, local)));
            code.labelBinding(onward);
            slot(code).invokestatic(FORWARD, name, SLOT_TO_BOOLEAN).ifeq(done);
            callList(code, forward, () -> self(code, name + "Out"));
            code.return_();
            code.labelBinding(local);
            callList(code, localIn, () -> slot(code).invokestatic(TRANSMIT, "deliver", OF_SLOT));
            code.labelBinding(done).return_();
        });
        c.withMethodBody(name + "Output", OF_SLOT, ClassFile.ACC_PRIVATE, code -> {
            final Label done = code.newLabel();
            slot(code).invokestatic(ROUTE, "lookup", OF_SLOT);
            slot(code).invokestatic(ROUTE, "decideOutput", SLOT_TO_BOOLEAN).ifeq(done);
            callList(code, localOut, () -> self(code, name + "Out"));
            code.labelBinding(done).return_();
        });
        c.withMethodBody(name + "Out", OF_SLOT, ClassFile.ACC_PRIVATE, code -> {
            if (!set.isEmpty(postRouting)) {
                final Label skip = code.newLabel();
                code.aload(BATCH_VAR).iload(SLOT_VAR)
                        .invokestatic(VERDICTS, "entersPostRouting", MethodTypeDesc.of(CD_boolean, BATCH, CD_int))
                        .ifeq(skip);
                callList(code, postRouting, () -> self(code, "transmit"));
                code.return_();
                code.labelBinding(skip);
            }
            self(code, "transmit");
            code.return_();
        });
    }

    private void transmit(final ClassBuilder c) {
        c.withMethodBody("transmit", OF_SLOT, ClassFile.ACC_PRIVATE, code -> {
            final Label done = code.newLabel();
            slot(code).invokestatic(TRANSMIT, "resolve", SLOT_TO_BOOLEAN).ifeq(done);
            callList(code, HookList.EGRESS, () -> slot(code).invokestatic(TRANSMIT, "send", OF_SLOT));
            code.labelBinding(done).return_();
        });
    }

    private void resume(final ClassBuilder c) {
        c.withMethodBody("resume", RESUME, ClassFile.ACC_PUBLIC, code -> {
            final int listVar = 4;
            final int positionVar = 5;
            final Label unknown = code.newLabel();
            final List<SwitchCase> cases = new ArrayList<>();
            for (final HookList list : HookList.values()) {
                cases.add(SwitchCase.of(list.ordinal(), code.newLabel()));
            }
            code.iload(listVar).tableswitch(unknown, cases);
            for (final HookList list : HookList.values()) {
                code.labelBinding(cases.get(list.ordinal()).target());
                if (set.isEmpty(list)) {
                    after(code, list);
                } else {
                    final Label done = code.newLabel();
                    final Label past = code.newLabel();
                    code.iload(positionVar).loadConstant(set.functions(list).size()).if_icmpge(past);
                    code.aload(THIS).aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).iload(positionVar)
                            .invokevirtual(SELF, methodOf(list), LIST).ifeq(done);
                    code.labelBinding(past);
                    after(code, list);
                    code.labelBinding(done);
                }
                code.return_();
            }
            code.labelBinding(unknown).return_();
        });
    }

    /** What follows when all functions of a list have accepted. */
    private void after(final CodeBuilder code, final HookList list) {
        switch (list) {
            case INGRESS -> {
                slot(code).invokestatic(PARSE, "one", OF_SLOT);
                if (stagesLookup()) {
                    slot(code).invokestatic(ROUTE, "lookup", OF_SLOT);
                }
                self(code, "received");
            }
            case EGRESS -> slot(code).invokestatic(TRANSMIT, "send", OF_SLOT);
            case IPV4_PRE_ROUTING, IPV6_PRE_ROUTING -> {
                slot(code).invokestatic(ROUTE, "lookup", OF_SLOT);
                self(code, list == HookList.IPV4_PRE_ROUTING ? "ipv4Route" : "ipv6Route");
            }
            case IPV4_LOCAL_IN, IPV6_LOCAL_IN, ARP_IN -> slot(code).invokestatic(TRANSMIT, "deliver", OF_SLOT);
            case IPV4_FORWARD, IPV4_LOCAL_OUT -> self(code, "ipv4Out");
            case IPV6_FORWARD, IPV6_LOCAL_OUT -> self(code, "ipv6Out");
            case IPV4_POST_ROUTING, IPV6_POST_ROUTING -> self(code, "transmit");
        }
    }

    private static String methodOf(final HookList list) {
        return "hook_" + list.name();
    }

    /** Emits the functions of a list from its start, then what follows when all accept; nothing more for an empty list. */
    private void callList(final CodeBuilder code, final HookList list, final Runnable then) {
        if (set.isEmpty(list)) {
            then.run();
            return;
        }
        final Label done = code.newLabel();
        code.aload(THIS).aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).iconst_0()
                .invokevirtual(SELF, methodOf(list), LIST).ifeq(done);
        then.run();
        code.labelBinding(done);
    }

    private void list(final ClassBuilder c, final HookList list) {
        final List<HookSet.Entry> functions = set.functions(list);
        final int first = constants.size();
        functions.forEach(e -> constants.add(e.function()));
        final int parts = (functions.size() + FUNCTIONS_PER_METHOD - 1) / FUNCTIONS_PER_METHOD;
        for (int part = 0; part < parts; part++) {
            final int from = part * FUNCTIONS_PER_METHOD;
            final int to = Math.min(functions.size(), from + FUNCTIONS_PER_METHOD);
            part(c, list, part, from, functions.subList(from, to), first + from);
        }
        c.withMethodBody(methodOf(list), LIST, ClassFile.ACC_PRIVATE, code -> {
            final Label done = code.newLabel();
            final Label stopped = code.newLabel();
            for (int part = 0; part < parts; part++) {
                final Label next = code.newLabel();
                code.iload(FROM_VAR).loadConstant((part + 1) * FUNCTIONS_PER_METHOD).if_icmpge(next);
                code.aload(THIS).aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).iload(FROM_VAR)
                        .invokevirtual(SELF, methodOf(list) + '_' + part, LIST);
                if (part == parts - 1) {
                    code.ireturn();
                } else {
                    code.dup().ifeq(done).loadConstant(HookVerdicts.STOP).if_icmpeq(stopped);
                }
                code.labelBinding(next);
            }
            code.labelBinding(stopped).iconst_1().ireturn();
            if (parts > 1) {
                code.labelBinding(done).ireturn();
            } else {
                code.labelBinding(done).iconst_0().ireturn();
            }
        });
    }

    /** One method of at most {@link #FUNCTIONS_PER_METHOD} calls: 0 done, 1 all accepted, 2 stop. */
    private void part(
            final ClassBuilder c,
            final HookList list,
            final int part,
            final int base,
            final List<HookSet.Entry> functions,
            final int firstConstant) {
        final int packetVar = 5;
        final int stateVar = 6;
        final int verdictVar = 7;
        final int repeatsVar = 8;
        c.withMethodBody(methodOf(list) + '_' + part, LIST, ClassFile.ACC_PRIVATE, code -> {
            code.aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR)
                    .invokevirtual(LANE, "packet", MethodTypeDesc.of(PACKET_VIEW, BATCH, CD_int)).astore(packetVar);
            code.aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).loadConstant(list.ordinal())
                    .invokevirtual(LANE, "state", MethodTypeDesc.of(STATE_VIEW, BATCH, CD_int, CD_int)).astore(stateVar);
            code.iconst_0().istore(repeatsVar);
            final List<Label> starts = new ArrayList<>();
            functions.forEach(f -> starts.add(code.newLabel()));
            final Label accepted = code.newLabel();
            final Label ended = code.newLabel();
            final Label stop = code.newLabel();
            final Label threw = code.newLabel();
            if (functions.size() > 1) {
                final List<SwitchCase> cases = new ArrayList<>();
                for (int i = 1; i < functions.size(); i++) {
                    cases.add(SwitchCase.of(base + i, starts.get(i)));
                }
                code.iload(FROM_VAR).tableswitch(starts.get(0), cases);
            }
            for (int i = 0; i < functions.size(); i++) {
                final Label next = i + 1 < functions.size() ? starts.get(i + 1) : accepted;
                final Label again = code.newLabel();
                final Label otherwise = code.newLabel();
                code.labelBinding(starts.get(i));
                if (functions.get(i).port() != HookSet.EVERY_PORT) {
                    code.aload(BATCH_VAR).getfield(BATCH, list == HookList.EGRESS ? "outPort" : "inPort", INTS)
                            .iload(SLOT_VAR).iaload().loadConstant(functions.get(i).port()).if_icmpne(next);
                }
                code.iconst_0().istore(repeatsVar);
                code.labelBinding(again);
                final Label start = code.newBoundLabel();
                function(code, firstConstant + i);
                code.aload(packetVar).aload(stateVar)
                        .invokeinterface(FUNCTION, "hook", MethodTypeDesc.of(CD_int, PACKET, STATE));
                final Label end = code.newBoundLabel();
                code.exceptionCatchAll(start, end, threw);
                code.istore(verdictVar);
                code.iload(verdictVar).loadConstant(Verdict.ACCEPT).if_icmpne(otherwise);
                code.aload(packetVar).invokevirtual(PACKET_VIEW, "giveBack", MTD_void).goto_(next);
                code.labelBinding(otherwise);
                code.aload(LANE_VAR).aload(THIS).aload(BATCH_VAR).iload(SLOT_VAR).loadConstant(list.ordinal())
                        .loadConstant(base + i).iload(verdictVar).iload(repeatsVar)
                        .invokestatic(VERDICTS, "act", MethodTypeDesc.of(
                                CD_int, LANE, PROGRAM, BATCH, CD_int, CD_int, CD_int, CD_int, CD_int));
                final Label repeat = code.newLabel();
                code.tableswitch(ended, List.of(
                        SwitchCase.of(HookVerdicts.NEXT, next),
                        SwitchCase.of(HookVerdicts.STOP, stop),
                        SwitchCase.of(HookVerdicts.AGAIN, repeat)));
                code.labelBinding(repeat).iinc(repeatsVar, 1).goto_(again);
            }
            code.labelBinding(accepted).iconst_1().ireturn();
            code.labelBinding(ended).iconst_0().ireturn();
            code.labelBinding(stop).iconst_2().ireturn();
            code.labelBinding(threw).astore(verdictVar + 2);
            code.aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).aload(verdictVar + 2)
                    .invokestatic(VERDICTS, "threw", MethodTypeDesc.of(CD_void, LANE, BATCH, CD_int, THROWABLE))
                    .iconst_0().ireturn();
        });
    }

    /** A static final per hook function, taken from the class data: constants to the JIT compiler. */
    private void constants(final ClassBuilder c) {
        if (constants.isEmpty()) {
            return;
        }
        final int count = Math.min(constants.size(), MAX_CONSTANTS);
        final int flags = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_FINAL;
        for (int i = 0; i < count; i++) {
            c.withField("F" + i, FUNCTION, flags);
        }
        if (constants.size() > count) {
            c.withField(OTHERS, FUNCTIONS, flags);
        }
        c.withMethodBody(CLASS_INIT_NAME, MTD_void, ClassFile.ACC_STATIC, code -> {
            code.invokestatic(HANDLES, "lookup", MethodTypeDesc.of(LOOKUP)).loadConstant("_").loadConstant(FUNCTIONS)
                    .invokestatic(HANDLES, "classData",
                            MethodTypeDesc.of(CD_Object, LOOKUP, CD_String, ClassDesc.of("java.lang.Class")))
                    .checkcast(FUNCTIONS).astore(0);
            for (int i = 0; i < count; i++) {
                code.aload(0).loadConstant(i).aaload().putstatic(SELF, "F" + i, FUNCTION);
            }
            if (constants.size() > count) {
                code.aload(0).putstatic(SELF, OTHERS, FUNCTIONS);
            }
            code.return_();
        });
    }

    private static void function(final CodeBuilder code, final int number) {
        if (number < MAX_CONSTANTS) {
            code.getstatic(SELF, "F" + number, FUNCTION);
        } else {
            code.getstatic(SELF, OTHERS, FUNCTIONS).loadConstant(number).aaload();
        }
    }

    private static void forEach(final CodeBuilder code, final Runnable body) {
        final Label test = code.newLabel();
        final Label end = code.newLabel();
        code.iconst_0().istore(SLOT_VAR);
        code.labelBinding(test);
        code.iload(SLOT_VAR).aload(BATCH_VAR).getfield(BATCH, "count", CD_int).if_icmpge(end);
        body.run();
        code.iinc(SLOT_VAR, 1).goto_(test);
        code.labelBinding(end);
    }

    private static void switchFamily(
            final CodeBuilder code, final Runnable ipv4, final Runnable ipv6, final Runnable arp) {
        final Label end = code.newLabel();
        final Label four = code.newLabel();
        final Label six = code.newLabel();
        final Label three = code.newLabel();
        final List<SwitchCase> cases = new ArrayList<>();
        cases.add(SwitchCase.of(Family.IPV4.number(), four));
        cases.add(SwitchCase.of(Family.ARP.number(), arp == null ? end : three));
        cases.add(SwitchCase.of(Family.IPV6.number(), six));
        code.aload(BATCH_VAR).getfield(BATCH, "family", INTS).iload(SLOT_VAR).iaload().lookupswitch(end, cases);
        code.labelBinding(four);
        ipv4.run();
        code.goto_(end);
        code.labelBinding(six);
        ipv6.run();
        code.goto_(end);
        code.labelBinding(three);
        if (arp != null) {
            arp.run();
        }
        code.labelBinding(end);
    }

    private static CodeBuilder slot(final CodeBuilder code) {
        return code.aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR);
    }

    private static void self(final CodeBuilder code, final String method) {
        code.aload(THIS).aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).invokevirtual(SELF, method, OF_SLOT);
    }
}
