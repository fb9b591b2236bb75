package io.penstock.dataplane.program;

import static io.penstock.dataplane.program.Descs.BATCH;
import static io.penstock.dataplane.program.Descs.BATCH_VAR;
import static io.penstock.dataplane.program.Descs.CONSTRUCTOR;
import static io.penstock.dataplane.program.Descs.FORWARD;
import static io.penstock.dataplane.program.Descs.INTS;
import static io.penstock.dataplane.program.Descs.LANE_VAR;
import static io.penstock.dataplane.program.Descs.LIST;
import static io.penstock.dataplane.program.Descs.OF_BATCH;
import static io.penstock.dataplane.program.Descs.OF_SLOT;
import static io.penstock.dataplane.program.Descs.PARSE;
import static io.penstock.dataplane.program.Descs.PROGRAM;
import static io.penstock.dataplane.program.Descs.RESUME;
import static io.penstock.dataplane.program.Descs.ROUTE;
import static io.penstock.dataplane.program.Descs.SELF;
import static io.penstock.dataplane.program.Descs.SLOT_TO_BOOLEAN;
import static io.penstock.dataplane.program.Descs.SLOT_TO_INT;
import static io.penstock.dataplane.program.Descs.SLOT_VAR;
import static io.penstock.dataplane.program.Descs.THIS;
import static io.penstock.dataplane.program.Descs.TRANSMIT;
import static io.penstock.dataplane.program.Descs.VERDICTS;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.PacketProgram;
import io.penstock.dataplane.hot.pipeline.ParseStep;
import io.penstock.dataplane.hot.pipeline.RouteStep;
import io.penstock.rules.bytecode.HiddenClasses;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
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
 *             functions that prepare for a batch do
 *             for each packet: received
 * received:   PRE_ROUTING's functions; ipv4Route
 * ipv4Route:  decide -> forward: time to live, FORWARD's functions; ipv4Out
 *                       local:   LOCAL_IN's functions; deliver
 *                       else:    ipv4Slow, as forward with all that is rare
 * ipv4Out:    POST_ROUTING's functions; transmit
 * transmit:   neighbour; EGRESS's functions; send
 * </pre>
 *
 * <p>With INGRESS functions, parsing is per packet too, because they may write what it reads. {@link ListMethods} generates the
 * calls of the functions.
 *
 * <p>Threads: control.
 */
public final class ProgramCompiler {

    private final HookSet set;
    private HookFunction[] classData;

    private ProgramCompiler(final HookSet set) {
        this.set = set;
    }

    /** Compiles, defines and instantiates. */
    public static PacketProgram compile(final HookSet set) {
        final ProgramCompiler compiler = new ProgramCompiler(set);
        final byte[] bytes = compiler.generate();
        final MethodHandles.Lookup defined =
                HiddenClasses.define(MethodHandles.lookup(), bytes, compiler.classData);
        try {
            return (PacketProgram) defined.lookupClass()
                    .getConstructor(int[][].class, long[][].class)
                    .newInstance(priorities(set), sequences(set));
        } catch (final InstantiationException | IllegalAccessException | NoSuchMethodException
                | InvocationTargetException e) {
            throw new IllegalStateException("a generated program cannot be instantiated", e);
        }
    }

    /** By list and position. */
    static int[][] priorities(final HookSet set) {
        final int[][] priorities = new int[HookList.count()][];
        for (final HookList list : HookList.values()) {
            priorities[list.ordinal()] = set.functions(list).stream().mapToInt(HookSet.Entry::priority).toArray();
        }
        return priorities;
    }

    /** By list and position. */
    static long[][] sequences(final HookSet set) {
        final long[][] sequences = new long[HookList.count()][];
        for (final HookList list : HookList.values()) {
            sequences[list.ordinal()] = set.functions(list).stream().mapToLong(HookSet.Entry::sequence).toArray();
        }
        return sequences;
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
            final ListMethods lists = new ListMethods(c);
            for (final HookList list : HookList.values()) {
                if (!set.isEmpty(list)) {
                    lists.add(list, set.functions(list));
                }
            }
            lists.addConstants();
            classData = lists.classData();
            run(c, lists);
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

    private void run(final ClassBuilder c, final ListMethods lists) {
        c.withMethodBody("run", OF_BATCH, ClassFile.ACC_PUBLIC, code -> {
            if (stagesParsing()) {
                code.aload(LANE_VAR).aload(BATCH_VAR).invokestatic(PARSE, "batch", OF_BATCH);
            }
            if (stagesLookup()) {
                code.aload(LANE_VAR).aload(BATCH_VAR).invokestatic(ROUTE, "lookupBatch", OF_BATCH);
            }
            if (stagesParsing()) {
                lists.callPrepared(code);
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
            code.aload(LANE_VAR).aload(BATCH_VAR).invokestatic(PARSE, "hostBatch", OF_BATCH);
            forEach(code, () -> switchFamily(code, () -> self(code, "ipv4Output"), () -> self(code, "ipv6Output"),
                    () -> callList(code, HookList.ARP_OUT, () -> after(code, HookList.ARP_OUT))));
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
            slot(code).invokestatic(ROUTE, name, SLOT_TO_INT);
            final Label done = code.newLabel();
            final Label onward = code.newLabel();
            final Label local = code.newLabel();
            final Label slow = code.newLabel();
            code.tableswitch(done, List.of(SwitchCase.of(RouteStep.FORWARD, onward),
                    SwitchCase.of(RouteStep.LOCAL, local), SwitchCase.of(RouteStep.FORWARD_SLOW, slow)));
            code.labelBinding(slow);
            self(code, name + "Slow");
            code.return_();
            code.labelBinding(onward);
            slot(code).invokestatic(FORWARD, name, SLOT_TO_BOOLEAN).ifeq(done);
            callList(code, forward, () -> self(code, name + "Out"));
            code.return_();
            code.labelBinding(local);
            callList(code, localIn, () -> slot(code).invokestatic(TRANSMIT, "deliver", OF_SLOT));
            code.labelBinding(done).return_();
        });
        c.withMethodBody(name + "Slow", OF_SLOT, ClassFile.ACC_PRIVATE, code -> {
            final Label done = code.newLabel();
            slot(code).invokestatic(FORWARD, name + "Slow", SLOT_TO_BOOLEAN).ifeq(done);
            callList(code, forward, () -> after(code, forward));
            code.labelBinding(done).return_();
        });
        c.withMethodBody(name + "Output", OF_SLOT, ClassFile.ACC_PRIVATE, code -> {
            final Label done = code.newLabel();
            slot(code).invokestatic(ROUTE, "output", SLOT_TO_BOOLEAN).ifeq(done);
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
        c.withMethodBody("egress", OF_SLOT, ClassFile.ACC_PRIVATE, code -> {
            callList(code, HookList.EGRESS, () -> slot(code).invokestatic(TRANSMIT, "send", OF_SLOT));
            code.return_();
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
                            .invokevirtual(SELF, ListMethods.name(list), LIST).ifeq(done);
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
            case IPV4_FORWARD -> {
                slot(code).invokestatic(FORWARD, "finish", OF_SLOT);
                self(code, "ipv4Out");
            }
            case IPV4_LOCAL_OUT -> self(code, "ipv4Out");
            case IPV6_FORWARD, IPV6_LOCAL_OUT -> self(code, "ipv6Out");
            case IPV4_POST_ROUTING, IPV6_POST_ROUTING -> self(code, "transmit");
            case ARP_OUT -> self(code, "egress");
        }
    }

    /** Emits the functions of a list from its start, then what follows when all accept; nothing more for an empty list. */
    private void callList(final CodeBuilder code, final HookList list, final Runnable then) {
        if (set.isEmpty(list)) {
            then.run();
            return;
        }
        final Label done = code.newLabel();
        code.aload(THIS).aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).iconst_0()
                .invokevirtual(SELF, ListMethods.name(list), LIST).ifeq(done);
        then.run();
        code.labelBinding(done);
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
        final Label refused = code.newLabel();
        final List<SwitchCase> cases = new ArrayList<>();
        cases.add(SwitchCase.of(ParseStep.REFUSED, refused));
        cases.add(SwitchCase.of(Family.IPV4.number(), four));
        cases.add(SwitchCase.of(Family.ARP.number(), three));
        cases.add(SwitchCase.of(Family.IPV6.number(), six));
        code.aload(BATCH_VAR).getfield(BATCH, "family", INTS).iload(SLOT_VAR).iaload().lookupswitch(end, cases);
        code.labelBinding(four);
        ipv4.run();
        code.goto_(end);
        code.labelBinding(six);
        ipv6.run();
        code.goto_(end);
        code.labelBinding(three);
        arp.run();
        code.goto_(end);
        code.labelBinding(refused);
        slot(code).invokestatic(PARSE, "refuse", OF_SLOT);
        code.labelBinding(end);
    }

    private static CodeBuilder slot(final CodeBuilder code) {
        return code.aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR);
    }

    private static void self(final CodeBuilder code, final String method) {
        code.aload(THIS).aload(LANE_VAR).aload(BATCH_VAR).iload(SLOT_VAR).invokevirtual(SELF, method, OF_SLOT);
    }
}
