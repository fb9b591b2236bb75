package io.penstock.os.bpf;

/** Kinds of maps. Source: enum bpf_map_type in linux/bpf.h. */
public enum BpfMapType {
    HASH(1), ARRAY(2), PERCPU_ARRAY(6), XSKMAP(17);

    final int number;

    BpfMapType(final int number) {
        this.number = number;
    }

    boolean perCpu() {
        return this == PERCPU_ARRAY;
    }
}
