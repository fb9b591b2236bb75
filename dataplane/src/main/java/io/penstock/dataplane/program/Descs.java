package io.penstock.dataplane.program;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.ForwardStep;
import io.penstock.dataplane.hot.pipeline.HookStateView;
import io.penstock.dataplane.hot.pipeline.HookVerdicts;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PacketProgram;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.ParseStep;
import io.penstock.dataplane.hot.pipeline.PipelineHook;
import io.penstock.dataplane.hot.pipeline.PreparedHook;
import io.penstock.dataplane.hot.pipeline.RouteStep;
import io.penstock.dataplane.hot.pipeline.TransmitStep;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** What generated programs call, as the class file knows it, and where their methods keep what they are given. */
final class Descs {

    static final ClassDesc LANE = Lane.class.describeConstable().orElseThrow();
    static final ClassDesc BATCH = Batch.class.describeConstable().orElseThrow();
    static final ClassDesc PROGRAM = PacketProgram.class.describeConstable().orElseThrow();
    static final ClassDesc FUNCTION = HookFunction.class.describeConstable().orElseThrow();
    static final ClassDesc PIPELINE_HOOK = PipelineHook.class.describeConstable().orElseThrow();
    static final ClassDesc PREPARED = PreparedHook.class.describeConstable().orElseThrow();
    static final ClassDesc PACKET = Packet.class.describeConstable().orElseThrow();
    static final ClassDesc STATE = HookState.class.describeConstable().orElseThrow();
    static final ClassDesc PACKET_VIEW = PacketView.class.describeConstable().orElseThrow();
    static final ClassDesc STATE_VIEW = HookStateView.class.describeConstable().orElseThrow();
    static final ClassDesc PARSE = ParseStep.class.describeConstable().orElseThrow();
    static final ClassDesc ROUTE = RouteStep.class.describeConstable().orElseThrow();
    static final ClassDesc FORWARD = ForwardStep.class.describeConstable().orElseThrow();
    static final ClassDesc TRANSMIT = TransmitStep.class.describeConstable().orElseThrow();
    static final ClassDesc VERDICTS = HookVerdicts.class.describeConstable().orElseThrow();
    static final ClassDesc FUNCTIONS = FUNCTION.arrayType();
    static final ClassDesc INTS = CD_int.arrayType();
    static final ClassDesc SELF = ClassDesc.of(ProgramCompiler.class.getPackageName() + ".HookProgram");

    static final MethodTypeDesc CONSTRUCTOR =
            MethodTypeDesc.of(CD_void, INTS.arrayType(), ClassDesc.ofDescriptor("[[J"));
    static final MethodTypeDesc OF_BATCH = MethodTypeDesc.of(CD_void, LANE, BATCH);
    static final MethodTypeDesc OF_SLOT = MethodTypeDesc.of(CD_void, LANE, BATCH, CD_int);
    static final MethodTypeDesc SLOT_TO_INT = MethodTypeDesc.of(CD_int, LANE, BATCH, CD_int);
    static final MethodTypeDesc SLOT_TO_BOOLEAN = MethodTypeDesc.of(CD_boolean, LANE, BATCH, CD_int);
    static final MethodTypeDesc LIST = MethodTypeDesc.of(CD_int, LANE, BATCH, CD_int, CD_int);
    static final MethodTypeDesc RESUME = MethodTypeDesc.of(CD_void, LANE, BATCH, CD_int, CD_int, CD_int);

    static final int THIS = 0;
    static final int LANE_VAR = 1;
    static final int BATCH_VAR = 2;
    static final int SLOT_VAR = 3;
    static final int FROM_VAR = 4;

    private Descs() {
    }
}
