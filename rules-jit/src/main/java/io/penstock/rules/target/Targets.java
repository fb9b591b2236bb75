package io.penstock.rules.target;

import io.penstock.rules.api.TargetKind;
import java.util.List;

/** All kinds of targets but verdicts and jumps. */
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

    private Targets() {
    }

    /** The kinds. Two of the same name are of different families. */
    public static List<TargetKind> all() {
        return ALL;
    }
}
