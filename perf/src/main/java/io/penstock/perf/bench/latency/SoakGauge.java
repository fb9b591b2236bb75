package io.penstock.perf.bench.latency;

import io.penstock.perf.bench.measure.ResidentMemory;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** What this process takes of the machine. Threads: one. */
final class SoakGauge {

    private static final Path STATM = Path.of("/proc/self/statm");
    private static final long PAGE_KIB = 4;
    private static final long KIB = 1024;
    /** Total: reserved=3500KB, committed=500KB; - Java Heap (reserved=2000KB, committed=128KB) */
    private static final Pattern TOTAL = Pattern.compile("Total: reserved=\\d+KB, committed=(\\d+)KB");
    private static final Pattern HEAP = Pattern.compile("Java Heap \\(reserved=\\d+KB, committed=(\\d+)KB");

    /** Of what fills the heap: small enough for the usual way of allocating. */
    private static final int FILLING_BYTES = 1 << 16;
    /** 256 MiB of them; a larger young part of the heap is filled in the course of the measurement. */
    private static final int MAX_FILLINGS = 1 << 12;

    private final long collectionsBefore = collections();
    private byte[] filling = {};

    /** Fills the young part of the heap once, until it is collected: what it takes then is there from the beginning, and no drift. */
    void fillHeap() {
        final long before = collections();
        for (int i = 0; i < MAX_FILLINGS && collections() == before; i++) {
            filling = new byte[FILLING_BYTES];
        }
        filling = new byte[0];
    }

    long rssKib() {
        return ResidentMemory.bytes() / KIB;
    }

    /** In use after the last collection of each part of the heap. */
    long heapKib() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage).filter(usage -> usage != null).mapToLong(MemoryUsage::getUsed).sum() / KIB;
    }

    long mappedKib() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ")[0]) * PAGE_KIB;
        } catch (final IOException e) {
            return 0;
        }
    }

    /** Outside of the heap, or -1 where the JVM does not track it. */
    long nativeKib() {
        final String said;
        try {
            said = String.valueOf(ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "vmNativeMemory", new Object[] {new String[] {"summary"}},
                    new String[] {String[].class.getName()}));
        } catch (final JMException e) {
            return -1;
        }
        return nativeKib(said);
    }

    static long nativeKib(final String said) {
        final Matcher total = TOTAL.matcher(said);
        final Matcher heap = HEAP.matcher(said);
        return total.find() && heap.find() ? Long.parseLong(total.group(1)) - Long.parseLong(heap.group(1)) : -1;
    }

    long gcCount() {
        return collections() - collectionsBefore;
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
    }
}
