package io.penstock.os.bpf;

/** Which traffic of a device a TCX program sees. Source: enum bpf_attach_type in linux/bpf.h. */
public enum TcxDirection {
    INGRESS(46), EGRESS(47);

    final int attachType;

    TcxDirection(final int attachType) {
        this.attachType = attachType;
    }
}
