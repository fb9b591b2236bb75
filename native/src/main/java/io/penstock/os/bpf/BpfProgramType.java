package io.penstock.os.bpf;

/** Kinds of programs. Source: enum bpf_prog_type in linux/bpf.h. */
public enum BpfProgramType {
    /** Traffic control, for TCX. */
    SCHED_CLS(3),
    XDP(6);

    final int number;

    BpfProgramType(final int number) {
        this.number = number;
    }
}
