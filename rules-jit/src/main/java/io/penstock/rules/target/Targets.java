package io.penstock.rules.target;

import io.penstock.rules.api.TargetKind;
import java.util.List;

/** The kinds of targets but verdicts and jumps. */
public final class Targets {

    private static final List<TargetKind> ALL = List.of(
            RejectTarget.KIND4, RejectTarget.KIND6, LogTarget.KIND,
            NatTarget.SNAT, NatTarget.DNAT, NatTarget.MASQUERADE, NatTarget.REDIRECT, NetmapTarget.KIND,
            MarkTarget.KIND, ConnmarkTarget.KIND, CtTarget.KIND, CtTarget.NOTRACK,
            TcpmssTarget.KIND4, TcpmssTarget.KIND6, NflogTarget.KIND, NfqueueTarget.KIND, SetTarget.KIND,
            TtlTarget.TTL, TtlTarget.HL, DscpTarget.KIND, TosTarget.KIND, TproxyTarget.KIND, TraceTarget.KIND,
            ChecksumTarget.KIND, SynproxyTarget.KIND, ClassifyTarget.KIND, TeeTarget.KIND, TcpoptstripTarget.KIND,
            EcnTarget.KIND, HmarkTarget.KIND, NptTarget.SNPT, NptTarget.DNPT, RateestTarget.KIND, IdletimerTarget.KIND,
            AuditTarget.KIND, SecmarkTarget.KIND, ConnsecmarkTarget.KIND, LedTarget.KIND, ClusteripTarget.KIND, UlogTarget.KIND);

    /** Those that neither the kernel nor iptables has. */
    private static final List<TargetKind> ADDED = List.of(FullConeNat.KIND);

    private Targets() {
    }

    /** The kinds that are beyond iptables. */
    public static List<TargetKind> added() {
        return ADDED;
    }

    /** iptables' kinds. Two of the same name are of different families. */
    public static List<TargetKind> all() {
        return ALL;
    }
}
