/**
 * eBPF without a C compiler and without libbpf: an assembler, maps, programs, links and test runs over bpf(2). Control,
 * except that mapped arrays ({@link io.penstock.os.bpf.BpfMap#address}) may be read and written from any thread.
 */
package io.penstock.os.bpf;
