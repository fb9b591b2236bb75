package io.penstock.rules.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.RulePacket;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** The packet's fields as local variables of a generated method {@code int chain_N(RulePacket packet, int from)}. */
final class PacketLocals {

    /** The packet. */
    static final int PACKET_VAR = 1;
    /** The number to begin with. */
    static final int FROM_VAR = 2;
    /** Where the network header is: a long. */
    static final int NETWORK_VAR = 3;
    /** The source: an int; of IPv6, its first half, a long. */
    static final int SOURCE_VAR = 5;
    /** The second half of an IPv6 source: a long. */
    static final int SOURCE_LOW_VAR = 7;
    /** The destination. */
    static final int DESTINATION_VAR = 9;
    /** The second half of an IPv6 destination: a long. */
    static final int DESTINATION_LOW_VAR = 11;
    /** The protocol: an int. */
    static final int PROTOCOL_VAR = 13;
    /** The source port, or -1. */
    static final int SOURCE_PORT_VAR = 14;
    /** The destination port, or -1. */
    static final int DESTINATION_PORT_VAR = 15;
    /** What a method may use. */
    static final int FREE_VAR = 16;

    private static final int NO_PORT = -1;

    private static final ClassDesc PACKET = desc(RulePacket.class);
    private static final ClassDesc IPV4 = desc(Ipv4Layout.class);
    private static final ClassDesc IPV6 = desc(Ipv6Layout.class);
    private static final ClassDesc TCP = desc(TcpLayout.class);
    private static final MethodTypeDesc INT_AT = MethodTypeDesc.of(CD_int, CD_long);
    private static final MethodTypeDesc LONG_AT = MethodTypeDesc.of(CD_long, CD_long);

    private PacketLocals() {
    }

    static ClassDesc desc(final Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    /** Loads them; the ports only where they count. */
    static void load(final CodeBuilder code, final IpFamily family, final boolean ports) {
        code.aload(PACKET_VAR).getfield(PACKET, "network", CD_long).lstore(NETWORK_VAR);
        if (family == IpFamily.IPV4) {
            code.lload(NETWORK_VAR).invokestatic(IPV4, "source", INT_AT).istore(SOURCE_VAR);
            code.lload(NETWORK_VAR).invokestatic(IPV4, "destination", INT_AT).istore(DESTINATION_VAR);
        } else {
            code.lload(NETWORK_VAR).invokestatic(IPV6, "sourceHigh", LONG_AT).lstore(SOURCE_VAR);
            code.lload(NETWORK_VAR).invokestatic(IPV6, "sourceLow", LONG_AT).lstore(SOURCE_LOW_VAR);
            code.lload(NETWORK_VAR).invokestatic(IPV6, "destinationHigh", LONG_AT).lstore(DESTINATION_VAR);
            code.lload(NETWORK_VAR).invokestatic(IPV6, "destinationLow", LONG_AT).lstore(DESTINATION_LOW_VAR);
        }
        code.aload(PACKET_VAR).getfield(PACKET, "protocol", CD_int).istore(PROTOCOL_VAR);
        if (ports) {
            loadPorts(code);
        }
    }

    /** No packet with a header that is cut off comes here: what has ports has them whole. */
    private static void loadPorts(final CodeBuilder code) {
        final Label ports = code.newLabel();
        final Label none = code.newLabel();
        final Label done = code.newLabel();
        code.aload(PACKET_VAR).getfield(PACKET, "fragmentOffset", CD_int).ifne(none);
        code.iload(PROTOCOL_VAR).loadConstant(IpProtocol.TCP).if_icmpeq(ports);
        code.iload(PROTOCOL_VAR).loadConstant(IpProtocol.UDP).if_icmpeq(ports);
        code.labelBinding(none).loadConstant(NO_PORT).dup().istore(SOURCE_PORT_VAR).istore(DESTINATION_PORT_VAR).goto_(done);
        code.labelBinding(ports);
        code.aload(PACKET_VAR).getfield(PACKET, "transport", CD_long).dup2();
        code.invokestatic(TCP, "sourcePort", INT_AT).istore(SOURCE_PORT_VAR);
        code.invokestatic(TCP, "destinationPort", INT_AT).istore(DESTINATION_PORT_VAR);
        code.labelBinding(done);
    }
}
