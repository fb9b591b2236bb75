package io.penstock.perf.bench.measure;

/**
 * A line of {@code /proc/PID/stat}, of a process or a thread. Source: proc_pid_stat(5).
 *
 * @param user         CPU time in its own code. Unit of times: ticks of 10 ms
 * @param kernel       CPU time in the kernel for it
 * @param childrenUser as {@code user}, of its children that have ended, and theirs
 */
public record ProcStat(long user, long kernel, long childrenUser) {

    /** Of a second. */
    public static final double TICKS = 100;
    /** Fields behind the name. */
    private static final int USER = 11;
    private static final int KERNEL = 12;
    private static final int CHILDREN_USER = 13;

    /** Of the text of that file. */
    public static ProcStat of(final String text) {
        // The name in the second field may hold anything, parentheses, too.
        final String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        return new ProcStat(Long.parseLong(fields[USER]), Long.parseLong(fields[KERNEL]), Long.parseLong(fields[CHILDREN_USER]));
    }
}
