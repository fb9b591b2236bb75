package io.penstock.perf.bench.profile;

import io.penstock.os.hot.packet.Checksum;

/** A program with a thread that is called like a worker and is busy until its input ends. */
public final class BusyWorker {

    private static volatile int sum;

    private BusyWorker() {
    }

    public static void main(final String[] args) throws Exception {
        Thread.ofPlatform().name("worker-0").daemon().start(() -> {
            for (long i = 0; ; i++) {
                sum += Checksum.fold(i);
            }
        });
        System.out.println("busy");
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
    }
}
